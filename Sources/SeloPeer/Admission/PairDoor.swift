package import SeloCrypto
package import SeloWire

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
    guard datagram.count == PairOpening.bytes, DatagramKind(of: datagram) == .pair1 else {
      return effects.append(.rejected(.malformed))
    }
    guard Sodium.endsWithCode(datagram, key: codeKey) else { return effects.append(.rejected(.badCode)) }
    guard let opening = try? PairOpening(datagram: datagram) else { return effects.append(.rejected(.malformed)) }
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
