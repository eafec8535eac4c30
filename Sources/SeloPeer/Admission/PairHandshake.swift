package import SeloCrypto
package import SeloWire

/// What a pair handshake asks of its peer.
package enum PairEffect: Equatable, Sendable {
  case send([UInt8], Endpoint)
  /// A channel to the member with this static key. The responder seals nothing on it before something opened on it:
  /// only then the initiator is known to be there now.
  case opened(Channel, with: Bytes32, Endpoint)
  /// Five tries went unanswered.
  case failed
  case rejected(PairRejection)
}

package enum PairRejection: Equatable, Sendable, CaseIterable {
  case malformed
  /// The keyed code does not fit: from somebody who is no member, or for somebody else. Costs one hash.
  case badCode
  /// Nobody on the roster has this tag.
  case unknownMember
  /// Older than the newest message of this member, or different under the same timestamp. Costs one hash.
  case old
  case tooMany
  /// A tag of Noise does not fit, or a key of low order.
  case notAuthentic
  /// Not the answer that is waited for.
  case unexpected
}

/// The first message of a pair handshake (SECURITY section 4, Noise KK).
///
/// | offset | size | name | meaning |
/// |---|---|---|---|
/// | 0 | 2 | kind 0x0A, version | |
/// | 2 | 8 | tag | H("pair/tag", session ‖ the sender's static)[0..<8] |
/// | 10 | 4 | index | the initiator's name for the channel |
/// | 14 | 8 | timestamp | grows with each message of one static key |
/// | 22 | 48 | Noise 1 | prologue: session ‖ bytes 0..<22 |
/// | 70 | 16 | code | keyed with the receiver's static key, over bytes 0..<70 |
struct PairOpening: Equatable, Sendable {
  static let bytes = 86
  static let headerBytes = 22
  static let codedBytes = 70

  let tag: UInt64
  let index: UInt32
  let timestamp: UInt64
  let message: [UInt8]

  init(datagram: [UInt8]) throws(DecodeError) {
    var reader = try ByteReader(datagram, opening: .pair1)
    guard datagram.count == Self.bytes else { throw .invalid("length") }
    tag = try reader.uint64()
    index = try reader.uint32()
    timestamp = try reader.uint64()
    message = try reader.raw(Self.codedBytes - Self.headerBytes)
  }

  static func header(tag: UInt64, index: UInt32, timestamp: UInt64) -> [UInt8] {
    var writer = ByteWriter(opening: .pair1, reserving: bytes)
    writer.uint64(tag)
    writer.uint32(index)
    writer.uint64(timestamp)
    return writer.bytes
  }

  static func prologue(_ session: SessionID, _ header: some Collection<UInt8>) -> [UInt8] {
    session.bytes.bytes + header
  }

  /// Who sends, to who knows the roster; to others eight bytes of chance.
  static func tag(_ session: SessionID, _ staticKey: Bytes32) -> UInt64 {
    Hashing.hash("pair/tag", session.bytes.bytes + staticKey.bytes).bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// The key of codes for one receiver. Static keys are known to members only: that is what keeps outsiders out.
  static func codeKey(_ session: SessionID, _ staticKey: Bytes32) -> Secret {
    Hashing.derive(Secret(staticKey.bytes), "pair/code", session.bytes.bytes)
  }

  /// The message with its code (checked by ``Sodium/endsWithCode(_:key:)``).
  static func coded(_ bytes: [UInt8], _ key: Secret) -> [UInt8] { bytes + Sodium.blake2b(bytes, key: key, count: 16) }
}
