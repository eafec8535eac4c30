import SeloCrypto
import SeloWire

/// One join in progress at the door: from the returned cookie to Noise 3, or until its patience ends.
struct Guest: Equatable, Sendable {
  private enum Phase: Equatable, Sendable {
    case exchanged(HandshakeState)
    case answered(first: [UInt8], second: [UInt8], HandshakeState, remoteHandle: UInt32)
  }

  let endpoint: Endpoint
  let exchange: Exchange
  /// B: the same for every repetition of A.
  let exchanged: Exchanged
  let expiry: Instant
  private var phase: Phase

  /// The responder's half of CPace; nil when the initiator's share is refused.
  init?(
    _ exchange: Exchange, _ endpoint: Endpoint, handle: UInt32, _ password: Secret, _ credential: Credential,
    expiry: Instant, _ entropy: inout Entropy
  ) throws {
    let nonce = Bytes16(entropy.bytes(16))
    guard
      let own = Introduction.passwordExchange(.responder, password, exchange.hello, data: nonce.bytes, &entropy),
      let key = own.key(with: exchange.share)
    else { return nil }
    self.endpoint = endpoint
    self.exchange = exchange
    self.expiry = expiry
    exchanged = Exchanged(
      handle: handle, initiatorNonce: exchange.hello.nonce, responderNonce: nonce, share: own.share)
    phase = .exchanged(
      try HandshakeState(
        .xxPsk0, .responder, prologue: Introduction.prologue(exchange, exchanged), ownStatic: credential.staticKey,
        psks: [Introduction.psk(key, exchange.hello, exchanged)]))
  }

  /// Noise 2 once more when `first` is the Noise 1 that it answered; nil before Noise 1.
  func answer(again first: [UInt8]) throws -> [UInt8]? {
    switch phase {
    case .exchanged: return nil
    case .answered(let answered, let second, _, _):
      guard answered == first else { throw DoorStop.rejected(.notAuthentic) }
      return second
    }
  }

  /// Reads Noise 1 and writes Noise 2: IDENT, charter, head.
  mutating func answer(
    _ datagram: [UInt8], _ message: [UInt8], showing charter: Charter, _ head: [UInt8], _ ident: IdentBytes,
    _ entropy: inout Entropy
  ) throws -> [UInt8] {
    guard case .exchanged(var handshake) = phase else { throw DoorStop.rejected(.notAuthentic) }
    var reader = ByteReader(try handshake.read(message))
    let remoteHandle = try reader.uint32()
    try reader.finish()
    var writer = ByteWriter(reserving: Limits.datagramBytes)
    ident.write(to: &writer)
    charter.write(to: &writer)
    writer.data(head)
    let second = NoiseDatagram(handle: remoteHandle, message: try handshake.write(writer.bytes, &entropy))
      .datagram(.noise2)
    assert(second.count <= Limits.datagramBytes)
    phase = .answered(first: datagram, second: second, handshake, remoteHandle: remoteHandle)
    return second
  }

  /// Reads Noise 3: IDENT and wish. Throws `.notAuthentic` when the message is not the initiator's: the join goes on.
  func arrival(_ message: [UInt8], _ session: SessionID) throws -> Arrival {
    guard case .answered(_, _, var handshake, let remoteHandle) = phase,
      let payload = try? handshake.read(message),
      let channel = Channel(handshake, localIndex: exchanged.handle, remoteIndex: remoteHandle)
    else { throw DoorStop.rejected(.notAuthentic) }
    var reader = ByteReader(payload)
    let ident = try IdentBytes(reading: &reader)
    let wish = try Wish(reading: &reader)
    try reader.finish()
    guard ident.staticKey == handshake.remoteStatic, ident.isGenuine(in: session) else {
      throw DoorStop.rejected(.badIdent)
    }
    return Arrival(channel: channel, endpoint: endpoint, ident: ident, wish: wish)
  }
}
