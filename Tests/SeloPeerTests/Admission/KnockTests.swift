import SeloCrypto
import SeloPeer
import SeloWire
import Testing

/// A responder written from SECURITY section 3 by hand: it holds the passphrase and shows whatever a test wants.
private struct Impostor {
  var entropy = Entropy(seed: Secret([0x66]))
  var handshake: HandshakeState?

  mutating func answer(
    _ datagram: [UInt8], _ session: SessionID, _ staticKey: KeyPair, showing payload: [UInt8]
  )
    throws -> [UInt8]
  {
    switch DatagramKind(of: datagram) {
    case .hello: return Cookie(nonce: try Hello(datagram: datagram).nonce, cookie: .zero).datagram
    case .exchange:
      let exchange = try Exchange(datagram: datagram)
      let (id, nonce) = (session.bytes.bytes, exchange.hello.nonce.bytes)
      let ours = entropy.bytes(16)
      guard
        let own = PasswordExchange(
          .responder, password: Doorstep.password, channel: id, session: nonce, data: ours, &entropy),
        let key = own.key(with: exchange.share)
      else { return [] }
      let answer = Exchanged(
        handle: 6, initiatorNonce: exchange.hello.nonce, responderNonce: Bytes16(ours), share: own.share
      ).datagram
      handshake = try HandshakeState(
        .xxPsk0, .responder,
        prologue: Hashing.hash("prologue", exchange.hello.datagram + datagram + answer).bytes, ownStatic: staticKey,
        psks: [Hashing.derive(key, "psk/passphrase", id + nonce + ours)])
      return answer
    default:
      let first = try handshake?.read(Array(datagram[6...])) ?? []
      let second = try handshake?.write(payload, &entropy) ?? []
      return [0x08, 1] + first + second
    }
  }
}

@Suite struct KnockTests {
  private static let session = Doorstep().charter.session

  /// What a visitor makes of a responder with the passphrase that shows `ident`, `charter` and `head`.
  private func visit(
    _ ident: IdentBytes, _ staticKey: KeyPair, _ charter: Charter, head: [UInt8] = [], extra: [UInt8] = []
  ) throws -> Visitor {
    var writer = ByteWriter()
    ident.write(to: &writer)
    charter.write(to: &writer)
    writer.data(head)
    writer.raw(extra)
    var visitor = Visitor(Self.session, now: .zero)
    var impostor = Impostor()
    for _ in 0..<3 {
      let request = visitor.outgoing.removeFirst()
      visitor.hear(try impostor.answer(request, Self.session, staticKey, showing: writer.bytes), at: .zero)
    }
    return visitor
  }

  @Test func whatTheResponderShowsIsChecked() throws {
    var entropy = Entropy(seed: Secret([1]))
    let keys = IdentityKeys(from: &entropy)
    let (own, other) = (KeyPair(from: &entropy), KeyPair(from: &entropy))
    let charter = Doorstep().charter
    func ident(_ pair: KeyPair, _ session: SessionID = Self.session) -> IdentBytes {
      IdentBytes(keys: keys, staticKey: pair.publicKey, incarnation: Incarnation(3), session: session)
    }
    let good = try visit(ident(own), own, charter, head: [1, 2])
    #expect(good.entry?.head == [1, 2] && good.failure == nil)
    let refused: [(Visitor, KnockFailure)] = [
      (try visit(ident(other), own, charter), .badIdent),
      (try visit(ident(own, SessionID(.zero)), own, charter), .badIdent),
      (try visit(ident(own), own, charter, extra: [0]), .badIdent),
      (try visit(ident(own), own, charter, head: Array(repeating: 0, count: Limits.headBytes + 1)), .badIdent),
      (try visit(ident(own), own, Doorstep(charter: 2).charter), .otherCharter),
    ]
    for (visitor, failure) in refused {
      #expect(visitor.failure == failure && visitor.entry == nil && visitor.knock.hasEnded)
      #expect(visitor.outgoing.isEmpty)
    }
  }

  @Test func everyPhaseGivesUpForItsOwnReason() {
    let reasons: [(DatagramKind, KnockFailure)] = [
      (.hello, .silence), (.exchange, .noAnswerToExchange), (.noise1, .noAnswerToNoise1), (.noise3, .noWelcome),
    ]
    for (kind, failure) in reasons {
      var step = Doorstep()
      var visitor = Visitor(step.charter.session, now: step.now)
      let request = step.meet(&visitor, until: kind)
      visitor.outgoing = []
      while let deadline = visitor.knock.deadline { visitor.wake(at: deadline) }
      #expect(visitor.failure == failure)
      #expect(visitor.outgoing == Array(repeating: request, count: Limits.tries - 1))
    }
  }
}
