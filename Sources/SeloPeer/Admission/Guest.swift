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
  ) {
    let nonce = Bytes16(entropy.bytes(16))
    guard
      let own = Introduction.passwordExchange(.responder, password, exchange.hello, data: nonce.bytes, &entropy),
      let key = own.key(with: exchange.share)
    else { return nil }
    let exchanged = Exchanged(
      handle: handle, initiatorNonce: exchange.hello.nonce, responderNonce: nonce, share: own.share)
    guard
      let handshake = try? HandshakeState(
        .xxPsk0, .responder, prologue: Introduction.prologue(exchange, exchanged), ownStatic: credential.staticKey,
        psks: [Introduction.psk(key, exchange.hello, exchanged)])
    else { return nil }
    self.endpoint = endpoint
    self.exchange = exchange
    self.exchanged = exchanged
    self.expiry = expiry
    phase = .exchanged(handshake)
  }

  /// Noise 2 once more when `first` is the Noise 1 that it answered; nil before Noise 1.
  func answer(again first: [UInt8]) throws(DoorRejection) -> [UInt8]? {
    switch phase {
    case .exchanged: return nil
    case .answered(let answered, let second, _, _):
      guard answered == first else { throw .notAuthentic }
      return second
    }
  }

  /// Reads Noise 1 and writes Noise 2: IDENT, charter, head. Nil when the tag does not fit: a wrong guess.
  mutating func answer(
    _ datagram: [UInt8], _ message: [UInt8], showing charter: Charter, _ head: [UInt8], _ ident: IdentBytes,
    _ entropy: inout Entropy
  ) -> [UInt8]? {
    guard case .exchanged(var handshake) = phase, let payload = try? handshake.read(message) else { return nil }
    var reader = ByteReader(payload)
    guard let remoteHandle = try? reader.uint32(), reader.remaining == 0 else { return nil }
    var writer = ByteWriter(reserving: Limits.datagramBytes)
    ident.write(to: &writer)
    charter.write(to: &writer)
    writer.data(head)
    guard let answer = try? handshake.write(writer.bytes, &entropy) else { return nil }
    let second = NoiseDatagram(handle: remoteHandle, message: answer).datagram(.noise2)
    assert(second.count <= Limits.datagramBytes)
    phase = .answered(first: datagram, second: second, handshake, remoteHandle: remoteHandle)
    return second
  }

  /// Reads Noise 3: IDENT and wish. Throws `.notAuthentic` when the message is not the initiator's: the join goes on.
  func arrival(_ message: [UInt8], _ session: SessionID) throws(DoorRejection) -> Arrival {
    guard case .answered(_, _, var handshake, let remoteHandle) = phase,
      let payload = try? handshake.read(message),
      let channel = Channel(handshake, localIndex: exchanged.handle, remoteIndex: remoteHandle)
    else { throw .notAuthentic }
    guard let (ident, wish) = try? Self.parsed(payload), ident.staticKey == handshake.remoteStatic,
      ident.isGenuine(in: session)
    else { throw .badIdent }
    return Arrival(channel: channel, endpoint: endpoint, ident: ident, wish: wish)
  }
  private static func parsed(_ payload: [UInt8]) throws(DecodeError) -> (IdentBytes, Wish) {
    var reader = ByteReader(payload)
    let ident = try IdentBytes(reading: &reader)
    let wish = try Wish(reading: &reader)
    try reader.finish()
    return (ident, wish)
  }
}
