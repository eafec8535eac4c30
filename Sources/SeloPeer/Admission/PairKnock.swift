package import SeloCrypto
package import SeloWire

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
    let datagram = PairOpening.coded(
      header + (try handshake.write([], &entropy)), PairOpening.codeKey(session, remoteStatic))
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
