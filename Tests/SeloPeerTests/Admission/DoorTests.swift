import SeloCrypto
import SeloPeer
import SeloWire
import Testing

/// Joining with a passphrase: both sides, the real cryptography, no network.
@Suite struct DoorTests {
  @Test func whoHoldsThePassphraseComesIn() throws {
    var step = Doorstep()
    var visitor = Visitor(step.charter.session, now: step.now)
    step.meet(&visitor)
    #expect(visitor.sent.compactMap { DatagramKind(of: $0) } == [.hello, .exchange, .noise1, .noise3])
    let arrival = try #require(step.arrivals.first)
    let entry = try #require(visitor.entry)
    #expect(step.rejections == [] && visitor.rejections == [] && visitor.failure == nil)
    #expect(arrival.ident.author == Author(identity: visitor.keys.identity, incarnation: Incarnation(9)))
    #expect(arrival.wish == Wish(role: .member, name: "bob"))
    #expect(arrival.endpoint == Doorstep.endpoint(2))
    #expect(entry.ident.author.identity == step.founder.identity)
    #expect(entry.charter == step.charter)
    #expect(entry.head == Doorstep.head)
    var (outside, inside) = (entry.channel, arrival.channel)
    #expect(try inside.open(outside.seal([1, 2])[0]) == [1, 2])
    #expect(try outside.open(inside.seal([3, 4])[0]) == [3, 4])
    #expect(step.door.pending == 0 && step.door.failedGuesses == 0)
    #expect(visitor.knock.deadline != nil)
    visitor.knock.confirm()
    #expect(visitor.knock.hasEnded && visitor.knock.deadline == nil)
  }

  @Test func noRequestIsShorterThanItsAnswerBeforeTheCookieReturned() throws {
    var step = Doorstep()
    var visitor = Visitor(step.charter.session, now: step.now)
    let hello = visitor.outgoing[0]
    let cookie = step.ask(hello)[0]
    #expect(cookie.count <= hello.count)
    visitor.hear(cookie, at: step.now)
    let exchange = try #require(visitor.outgoing.last)
    #expect(step.ask(exchange)[0].count <= exchange.count)
  }

  @Test func aWrongPassphraseMeetsSilenceAndIsCounted() {
    var step = Doorstep()
    var visitor = Visitor(step.charter.session, password: Secret(Array(repeating: 0x51, count: 32)), now: step.now)
    step.meet(&visitor)
    #expect(step.rejections == [.wrongPassphrase])
    #expect(step.door.failedGuesses == 1 && step.door.pending == 0)
    #expect(visitor.entry == nil && visitor.failure == nil)
    while let deadline = visitor.knock.deadline {
      step.now = deadline
      visitor.wake(at: deadline)
      step.meet(&visitor)
    }
    #expect(visitor.failure == .noAnswerToNoise1)
    // Repetitions of the guess find nobody: one guess a handshake.
    #expect(step.door.failedGuesses == 1)
    #expect(step.rejections == [.wrongPassphrase] + Array(repeating: .unknownHandle, count: 4))
  }

  @Test func nobodyThereIsSilence() {
    var visitor = Visitor(Doorstep().charter.session, now: .zero)
    var instants: [UInt64] = []
    while let deadline = visitor.knock.deadline {
      instants.append(deadline.nanoseconds / 1_000_000)
      visitor.wake(at: deadline)
    }
    #expect(visitor.failure == .silence)
    #expect(instants == [250, 750, 1_750, 3_750, 5_750])
    #expect(Set(visitor.sent).count == 1 && visitor.sent.count == 5)
  }

  @Test func everyLossIsMadeGoodByRepetition() throws {
    for lost in 0..<6 {
      var step = Doorstep()
      var visitor = Visitor(step.charter.session, now: step.now)
      var count = 0
      func meet(_ step: inout Doorstep, _ visitor: inout Visitor) {
        step.meet(&visitor) { datagram in
          count += 1
          return count - 1 == lost ? nil : datagram
        }
      }
      meet(&step, &visitor)
      while step.arrivals.isEmpty, let deadline = visitor.knock.deadline {
        step.now = deadline
        visitor.wake(at: deadline)
        meet(&step, &visitor)
      }
      #expect(step.arrivals.count == 1 && visitor.entry != nil, "lost \(lost)")
      #expect(step.door.exchangesComputed == 1, "lost \(lost)")
    }
  }

  @Test func everyDatagramMayComeTwice() throws {
    var step = Doorstep()
    var visitor = Visitor(step.charter.session, now: step.now)
    while !visitor.outgoing.isEmpty {
      let request = visitor.outgoing.removeFirst()
      let answers = step.ask(request)
      let repeated = step.ask(request)
      if DatagramKind(of: request) != .noise3 { #expect(answers == repeated && answers.count == 1) }
      for answer in answers + repeated { visitor.hear(answer, at: step.now) }
    }
    #expect(step.arrivals.count == 1 && step.door.exchangesComputed == 1)
    #expect(step.rejections == [.unknownHandle])
    #expect(visitor.rejections.allSatisfy { $0 == .unexpected })
  }

  /// A capture, replayed whole from the same address into the same door, later: nothing comes of it.
  @Test func aReplayedCaptureOpensNothing() throws {
    var step = Doorstep()
    var visitor = Visitor(step.charter.session, now: step.now)
    step.meet(&visitor)
    for datagram in visitor.sent { _ = step.ask(datagram) }
    #expect(step.arrivals.count == 1)
    step.now = step.now + .seconds(200)
    step.rejections = []
    for datagram in visitor.sent { _ = step.ask(datagram) }
    #expect(step.arrivals.count == 1)
    #expect(step.rejections == [.badCookie, .unknownHandle, .unknownHandle])
    // Into another session with the same passphrase.
    var other = Doorstep(seed: 5, charter: 2)
    for datagram in visitor.sent { #expect(other.ask(datagram).isEmpty) }
    #expect(other.rejections == [.otherSession, .otherSession, .unknownHandle, .unknownHandle])
  }

  @Test func everyFlippedBitIsRefused() throws {
    for kind in [DatagramKind.hello, .exchange, .noise1, .noise3] {
      var step = Doorstep()
      var visitor = Visitor(step.charter.session, now: step.now)
      let genuine = step.meet(&visitor, until: kind)
      for bit in 0..<(genuine.count * 8) {
        var altered = genuine
        altered[bit / 8] ^= 1 << (bit % 8)
        var copy = step
        let answers = copy.ask(altered)
        #expect(copy.arrivals.isEmpty)
        // Altered nonces give another stranger's cookie; altered shares another exchange. Neither leads inside.
        if kind == .hello || kind == .exchange {
          for answer in answers { #expect(answer.count <= altered.count) }
        } else {
          #expect(answers.isEmpty, "\(kind) bit \(bit)")
          #expect(!copy.rejections.isEmpty)
        }
      }
      #expect(step.ask(genuine).count == (kind == .noise3 ? 0 : 1))
      if kind == .noise3 { #expect(step.arrivals.count == 1) }
    }
  }

  @Test func everyFlippedBitOfAnAnswerIsRefused() throws {
    for kind in [DatagramKind.hello, .exchange, .noise1] {
      var step = Doorstep()
      var visitor = Visitor(step.charter.session, now: step.now)
      let answer = step.ask(step.meet(&visitor, until: kind))[0]
      visitor.outgoing = []
      for bit in stride(from: 0, to: answer.count * 8, by: kind == .noise1 ? 7 : 1) {
        var altered = answer
        altered[bit / 8] ^= 1 << (bit % 8)
        var (copy, door) = (visitor, step)
        copy.hear(altered, at: step.now)
        door.meet(&copy)
        #expect(copy.entry == nil && door.arrivals.isEmpty, "\(kind) bit \(bit)")
        if kind == .noise1 { #expect(copy.knock == visitor.knock) }
      }
      for length in 0..<answer.count {
        var copy = visitor
        copy.hear(Array(answer.prefix(length)), at: step.now)
        #expect(copy.knock == visitor.knock && copy.rejections.count == 1)
      }
    }
  }

  @Test func cookiesAreGoodForOneAddressPortNonceAndTwoMinutes() throws {
    var step = Doorstep()
    var visitor = Visitor(step.charter.session, now: step.now)
    let exchange = step.meet(&visitor, until: .exchange)
    func refused(_ datagram: [UInt8], _ source: Endpoint = Doorstep.endpoint(2), after seconds: UInt64 = 0) -> Bool {
      var copy = step
      copy.now = copy.now + .seconds(seconds)
      return copy.ask(datagram, from: source).isEmpty && copy.rejections == [.badCookie]
    }
    #expect(refused(exchange, Doorstep.endpoint(3)))
    #expect(refused(exchange, Doorstep.endpoint(2, port: 4_712)))
    #expect(refused(exchange, after: 120))
    #expect(!refused(exchange, after: 59))
    var otherNonce = exchange
    otherNonce[20] ^= 1
    #expect(refused(otherNonce))
    var otherCookie = exchange
    otherCookie[36] ^= 1
    #expect(refused(otherCookie))
    #expect(!refused(exchange))
    #expect(step.door.exchangesComputed == 0)
  }

  @Test func aFloodOfHellosCostsNoState() {
    var step = Doorstep()
    let before = step.door.pending
    var answered = 0
    for number in 0..<20_000 {
      let hello = Hello(mode: .passphrase, session: step.charter.session, nonce: Bytes16([UInt8(number % 251)]))
      let source = Endpoint(
        family: .v4, address: Bytes16([10, 1, UInt8(number % 256), UInt8(number / 256)]), port: UInt16(number % 60_000))
      answered += step.ask(hello.datagram, from: source).count
    }
    #expect(step.door.pending == before && step.door.deadline == nil)
    #expect(answered == Limits.hellosPerSecond)
    #expect(step.rejections.allSatisfy { $0 == .tooManyHellos })
    step.now = step.now + .seconds(1)
    var visitor = Visitor(step.charter.session, now: step.now)
    step.meet(&visitor)
    #expect(step.arrivals.count == 1)
  }

  @Test func oneAddressHasItsShareOfExchangesAndJoins() {
    var step = Doorstep()
    step.meetOnlyExchanges(count: 5, from: { _ in Doorstep.endpoint(2) }, advancing: .zero)
    #expect(step.door.pending == Limits.exchangesPerSecondPerAddress)
    #expect(step.rejections == Array(repeating: .tooManyExchanges, count: 3))
    step = Doorstep()
    step.meetOnlyExchanges(count: 6, from: { _ in Doorstep.endpoint(2) }, advancing: .milliseconds(600))
    #expect(step.door.pending == Limits.joinsPendingPerAddress)
    #expect(step.rejections == [.tooManyPending, .tooManyPending])
    step = Doorstep()
    step.meetOnlyExchanges(count: 40, from: { Doorstep.endpoint(UInt8(2 + $0)) }, advancing: .milliseconds(60))
    #expect(step.door.pending == Limits.joinsPending)
    step.now = step.now + Limits.joinPatience
    step.door.wake(at: step.now)
    #expect(step.door.pending == 0 && step.door.deadline == nil)
  }

  @Test func theEleventhGuessInAMinuteIsNotProcessed() {
    var step = Doorstep()
    for number in 0..<12 {
      var visitor = Visitor(
        step.charter.session, password: Secret(Array(repeating: 1, count: 32)), seed: UInt8(10 + number), now: step.now)
      step.meet(&visitor, from: Doorstep.endpoint(UInt8(2 + number)))
      step.now = step.now + .milliseconds(60)
    }
    #expect(step.door.failedGuesses == 10)
    #expect(step.rejections.suffix(2) == [.tooManyGuesses, .tooManyGuesses])
    // One address: three.
    step = Doorstep()
    for number in 0..<6 {
      var visitor = Visitor(
        step.charter.session, password: Secret(Array(repeating: 1, count: 32)), seed: UInt8(10 + number), now: step.now)
      step.meet(&visitor)
      step.now = step.now + .milliseconds(600)
    }
    #expect(step.door.failedGuesses == 3)
  }

  @Test func successesAreNotGuesses() {
    var step = Doorstep()
    for number in 0..<30 {
      var visitor = Visitor(step.charter.session, seed: UInt8(10 + number), now: step.now)
      step.meet(&visitor)
    }
    #expect(step.arrivals.count == 20 && step.door.failedGuesses == 0)
    #expect(step.rejections == Array(repeating: .tooManyHellos, count: 10))
  }

  @Test func invalidSharesAreRefusedOnBothSides() throws {
    let invalid = try #require(Self.invalidShares)
    var step = Doorstep()
    var visitor = Visitor(step.charter.session, now: step.now)
    let exchange = step.meet(&visitor, until: .exchange)
    for share in invalid {
      var copy = step
      #expect(copy.ask(Array(exchange.dropLast(32)) + share).isEmpty)
      #expect(copy.rejections == [.badPoint] && copy.door.pending == 0)
    }
    let answer = step.ask(exchange)[0]
    for share in invalid + [Array(exchange.suffix(32))] {
      var copy = visitor
      copy.hear(Array(answer.dropLast(32)) + share, at: step.now)
      #expect(copy.rejections == [.badPoint] && copy.knock == visitor.knock)
    }
  }

  /// Zero, no encoding of an element, and all ones.
  private static let invalidShares: [[UInt8]]? = [
    Array(repeating: 0, count: 32), [0x2B] + Array(repeating: 0x3C, count: 31), Array(repeating: 0xFF, count: 32),
  ]

  /// A responder that does not hold the passphrase reads nothing of Noise 1 and never sees Noise 3.
  @Test func aFalseResponderLearnsNoIdentity() {
    var step = Doorstep()
    step.door.password = Secret(Array(repeating: 9, count: 32))
    var visitor = Visitor(step.charter.session, now: step.now)
    step.meet(&visitor)
    let secrets = [visitor.keys.identity.key.bytes, Array("bob".utf8)]
    for datagram in visitor.sent {
      for secret in secrets { #expect(!datagram.indices.contains { datagram[$0...].starts(with: secret) }) }
    }
    #expect(!visitor.sent.contains { DatagramKind(of: $0) == .noise3 })
  }

  @Test func closedDoorsAndForeignModesAreSilent() {
    var step = Doorstep()
    step.door.password = nil
    var visitor = Visitor(step.charter.session, now: step.now)
    step.meet(&visitor)
    let invite = Hello(mode: .invite, session: step.charter.session, nonce: .zero)
    #expect(step.ask(invite.datagram).isEmpty)
    #expect(step.rejections == [.closed, .closed])
    for bytes: [UInt8] in [[], [3], [3, 1], Array(repeating: 3, count: 64), Array(repeating: 0xFF, count: 1_500)] {
      #expect(step.ask(bytes).isEmpty)
    }
    #expect(step.rejections.suffix(5).allSatisfy { $0 == .malformed })
  }

  /// IDENTs that are genuine: one of another session, one of this session but for another static key.
  @Test func visitorsWithAnothersIdentAreForgotten() {
    for session in [Doorstep(seed: 6, charter: 2).charter.session, Doorstep().charter.session] {
      var step = Doorstep()
      var entropy = Entropy(seed: Secret([4]))
      let ident = IdentBytes(
        keys: IdentityKeys(from: &entropy), staticKey: KeyPair(from: &entropy).publicKey, incarnation: Incarnation(1),
        session: session)
      var visitor = Visitor(step.charter.session, now: step.now)
      var effects: [KnockEffect] = []
      visitor.knock = Knock(
        at: Visitor.door, session: step.charter.session,
        credential: Credential(staticKey: KeyPair(from: &entropy), ident: ident), password: Doorstep.password,
        wish: Wish(role: .host, name: "eve"), localIndex: 1, now: step.now, &entropy, into: &effects)
      visitor.outgoing = effects.compactMap { effect in
        if case .send(let datagram, _) = effect { datagram } else { nil }
      }
      step.meet(&visitor)
      #expect(step.arrivals.isEmpty && step.rejections == [.badIdent] && step.door.pending == 0)
    }
  }

  @Test func datagramsFromElsewhereAreIgnored() {
    var step = Doorstep()
    var visitor = Visitor(step.charter.session, now: step.now)
    let cookie = step.ask(visitor.outgoing[0])[0]
    visitor.hear(cookie, from: Doorstep.endpoint(9), at: step.now)
    #expect(visitor.rejections == [.otherSource])
    #expect(visitor.sent.count == 1)
  }
}

extension Doorstep {
  /// Knocks that go no further than A.
  mutating func meetOnlyExchanges(count: Int, from source: (Int) -> Endpoint, advancing pause: Delay) {
    for number in 0..<count {
      var visitor = Visitor(charter.session, seed: UInt8(100 + number), now: now)
      _ = ask(meet(&visitor, until: .exchange, from: source(number)), from: source(number))
      now = now + pause
    }
  }
}
