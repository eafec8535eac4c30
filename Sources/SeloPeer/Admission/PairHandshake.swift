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

  static func code(_ datagram: [UInt8], _ key: Secret) -> [UInt8] {
    Sodium.blake2b(Array(datagram.prefix(codedBytes)), key: key, count: 16)
  }
}

/// The initiator: asks until it is answered.
package struct PairKnock: Equatable, Sendable {
  package let endpoint: Endpoint
  /// The static key of the member that is asked.
  package let remoteStatic: Bytes32
  package let localIndex: UInt32
  private var handshake: HandshakeState
  private var retry: Retry?

  /// Begins at once. `timestamp` is larger than in every earlier handshake of this static key with this member.
  package init(
    at endpoint: Endpoint, session: SessionID, ownStatic: KeyPair, remoteStatic: Bytes32, localIndex: UInt32,
    timestamp: UInt64, now: Instant, _ entropy: inout Entropy, into effects: inout [PairEffect]
  ) throws(NoiseError) {
    self.endpoint = endpoint
    self.remoteStatic = remoteStatic
    self.localIndex = localIndex
    let header = PairOpening.header(
      tag: PairOpening.tag(session, ownStatic.publicKey), index: localIndex, timestamp: timestamp)
    handshake = try HandshakeState(
      .kk, .initiator, prologue: PairOpening.prologue(session, header), ownStatic: ownStatic,
      remoteStatic: remoteStatic)
    let coded = header + (try handshake.write([], &entropy))
    let datagram = coded + PairOpening.code(coded, PairOpening.codeKey(session, remoteStatic))
    retry = Retry(datagram, at: now)
    effects.append(.send(datagram, endpoint))
  }

  package var deadline: Instant? { retry?.deadline }
  package var hasEnded: Bool { retry == nil }

  package mutating func wake(at now: Instant, into effects: inout [PairEffect]) {
    switch retry?.due(at: now) {
    case .again(let request): effects.append(.send(request, endpoint))
    case .never:
      retry = nil
      effects.append(.failed)
    case .later, nil: break
    }
  }

  /// Takes a datagram of kind pair2: kind, version, our index u32, Noise 2 with the responder's index.
  package mutating func step(_ datagram: [UInt8], from source: Endpoint, into effects: inout [PairEffect]) {
    guard let received = try? NoiseDatagram(datagram: datagram, .pair2) else {
      return effects.append(.rejected(.malformed))
    }
    guard retry != nil, received.handle == localIndex, source == endpoint else {
      return effects.append(.rejected(.unexpected))
    }
    var finished = handshake
    guard let payload = try? finished.read(received.message), let index = Self.index(payload),
      let channel = Channel(finished, localIndex: localIndex, remoteIndex: index)
    else { return effects.append(.rejected(.notAuthentic)) }
    handshake = finished
    retry = nil
    effects.append(.opened(channel, with: remoteStatic, endpoint))
  }

  private static func index(_ payload: [UInt8]) -> UInt32? {
    var reader = ByteReader(payload)
    guard let index = try? reader.uint32(), reader.remaining == 0 else { return nil }
    return index
  }
}

/// The responder of all pair handshakes of one incarnation: knows the static keys on the roster, answers each timestamp
/// once with group operations and any number of times from its cache.
package struct PairDoor: Equatable, Sendable {
  private struct Neighbour: Equatable, Sendable {
    let tag: UInt64
    let staticKey: Bytes32
    var newest: UInt64?
    /// The newest first message and its answer: a repetition is answered alike.
    var opening: [UInt8] = []
    var answer: [UInt8] = []
  }

  private let session: SessionID
  private let ownStatic: KeyPair
  private let codeKey: Secret
  private var neighbours: [Neighbour] = []
  private var rate = TokenBucket()
  /// How many first messages cost group operations.
  package private(set) var handshakesComputed: UInt64 = 0

  package init(session: SessionID, ownStatic: KeyPair) {
    self.session = session
    self.ownStatic = ownStatic
    codeKey = PairOpening.codeKey(session, ownStatic.publicKey)
  }

  /// The static keys of the other members, after each change of the roster. What is known of those who stay is kept.
  package mutating func setRoster(_ staticKeys: [Bytes32]) {
    neighbours = staticKeys.filter { $0 != ownStatic.publicKey }.map { key in
      neighbours.first { $0.staticKey == key } ?? Neighbour(tag: PairOpening.tag(session, key), staticKey: key)
    }
  }

  /// Takes a datagram of kind pair1; `localIndex` is unused among the peer's channels.
  package mutating func step(
    _ datagram: [UInt8], from source: Endpoint, at now: Instant, localIndex: UInt32, _ entropy: inout Entropy,
    into effects: inout [PairEffect]
  ) {
    guard let opening = try? PairOpening(datagram: datagram) else { return effects.append(.rejected(.malformed)) }
    guard Sodium.areEqual(PairOpening.code(datagram, codeKey), Array(datagram[PairOpening.codedBytes...])) else {
      return effects.append(.rejected(.badCode))
    }
    guard let place = neighbours.firstIndex(where: { $0.tag == opening.tag }) else {
      return effects.append(.rejected(.unknownMember))
    }
    if let newest = neighbours[place].newest, opening.timestamp <= newest {
      guard neighbours[place].opening == datagram else { return effects.append(.rejected(.old)) }
      return effects.append(.send(neighbours[place].answer, source))
    }
    guard rate.take(.perSecond(Limits.pairHandshakesPerSecond), at: now) else {
      return effects.append(.rejected(.tooMany))
    }
    handshakesComputed += 1
    let remoteStatic = neighbours[place].staticKey
    guard let (channel, answer) = try? answer(opening, datagram, remoteStatic, localIndex, &entropy) else {
      return effects.append(.rejected(.notAuthentic))
    }
    neighbours[place].newest = opening.timestamp
    neighbours[place].opening = datagram
    neighbours[place].answer = answer
    effects.append(.send(answer, source))
    effects.append(.opened(channel, with: remoteStatic, source))
  }

  private func answer(
    _ opening: PairOpening, _ datagram: [UInt8], _ remoteStatic: Bytes32, _ localIndex: UInt32,
    _ entropy: inout Entropy
  ) throws -> (Channel, [UInt8])? {
    var handshake = try HandshakeState(
      .kk, .responder, prologue: PairOpening.prologue(session, datagram.prefix(PairOpening.headerBytes)),
      ownStatic: ownStatic, remoteStatic: remoteStatic)
    guard try handshake.read(opening.message).isEmpty else { return nil }
    var writer = ByteWriter(reserving: 4)
    writer.uint32(localIndex)
    let message = try handshake.write(writer.bytes, &entropy)
    guard let channel = Channel(handshake, localIndex: localIndex, remoteIndex: opening.index) else { return nil }
    return (channel, NoiseDatagram(handle: opening.index, message: message).datagram(.pair2))
  }
}
