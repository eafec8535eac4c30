import SeloCrypto
import SeloPeer
import SeloWire
import Testing

@Suite struct PairHandshakeTests {
  /// Two members of one roster.
  private struct Pair {
    static let session = SessionID(Bytes16([8]))
    var entropy = Entropy(seed: Secret([1]))
    let ada: KeyPair
    let bob: KeyPair
    var door: PairDoor
    var now = Instant.zero + .seconds(10)

    init() {
      ada = KeyPair(from: &entropy)
      bob = KeyPair(from: &entropy)
      door = PairDoor(session: Self.session, ownStatic: bob)
      door.setRoster([ada.publicKey, bob.publicKey])
    }

    mutating func knock(
      as own: KeyPair? = nil, to remote: Bytes32? = nil, timestamp: UInt64 = 1, session: SessionID = session
    ) throws -> (PairKnock, [UInt8]) {
      var effects: [PairEffect] = []
      let knock = try PairKnock(
        at: Doorstep.endpoint(1), session: session, ownStatic: own ?? ada, remoteStatic: remote ?? bob.publicKey,
        localIndex: 5, timestamp: timestamp, now: now, &entropy, into: &effects)
      guard case .send(let datagram, _) = effects[0] else { return (knock, []) }
      return (knock, datagram)
    }

    mutating func ask(_ datagram: [UInt8]) -> [PairEffect] {
      var effects: [PairEffect] = []
      door.step(datagram, from: Doorstep.endpoint(2), at: now, localIndex: 6, &entropy, into: &effects)
      return effects
    }
  }

  @Test func membersOpenAChannelInOneRoundTrip() throws {
    var pair = Pair()
    var (knock, request) = try pair.knock()
    let effects = pair.ask(request)
    guard case .send(let answer, Doorstep.endpoint(2)) = effects[0],
      case .opened(var inside, pair.ada.publicKey, _) = effects[1]
    else {
      Issue.record("\(effects)")
      return
    }
    #expect(answer.count < request.count)
    var outcome: [PairEffect] = []
    knock.step(answer, from: Doorstep.endpoint(1), into: &outcome)
    guard case .opened(var outside, pair.bob.publicKey, _) = outcome[0] else {
      Issue.record("\(outcome)")
      return
    }
    #expect(knock.hasEnded)
    #expect(try inside.open(outside.seal([1])[0]) == [1])
    #expect(try outside.open(inside.seal([2])[0]) == [2])
    #expect(outside.localIndex == 5 && inside.localIndex == 6 && outside.remoteIndex == 6)
  }

  @Test func aReplayCostsNoGroupOperation() throws {
    var pair = Pair()
    let (_, request) = try pair.knock()
    let first = pair.ask(request)
    for _ in 0..<10_000 { #expect(pair.ask(request) == [first[0]]) }
    #expect(pair.door.handshakesComputed == 1)
    let (_, newer) = try pair.knock(timestamp: 2)
    #expect(pair.ask(newer).count == 2)
    #expect(pair.ask(request) == [.rejected(.old)])
    let (_, equal) = try pair.knock(timestamp: 2)
    #expect(pair.ask(equal) == [.rejected(.old)])
    #expect(pair.door.handshakesComputed == 2)
  }

  @Test func outsidersAndTheFormerAreRefusedByOneHash() throws {
    var pair = Pair()
    let eve = KeyPair(from: &pair.entropy)
    let (_, stranger) = try pair.knock(as: eve)
    #expect(pair.ask(stranger) == [.rejected(.unknownMember)])
    let (_, forAnother) = try pair.knock(to: eve.publicKey)
    #expect(pair.ask(forAnother) == [.rejected(.badCode)])
    let (_, elsewhere) = try pair.knock(session: SessionID(.zero))
    #expect(pair.ask(elsewhere) == [.rejected(.badCode)])
    let (_, request) = try pair.knock()
    pair.door.setRoster([eve.publicKey])
    #expect(pair.ask(request) == [.rejected(.unknownMember)])
    #expect(pair.door.handshakesComputed == 0)
  }

  @Test func everyFlippedBitIsRefusedBeforeGroupOperations() throws {
    var pair = Pair()
    let (knock, request) = try pair.knock()
    for bit in 0..<(request.count * 8) {
      var altered = request
      altered[bit / 8] ^= 1 << (bit % 8)
      #expect(pair.ask(altered) == [.rejected(bit < 16 ? .malformed : .badCode)])
    }
    for length in 0..<request.count { #expect(pair.ask(Array(request.prefix(length))) == [.rejected(.malformed)]) }
    #expect(pair.door.handshakesComputed == 0)
    guard case .send(let answer, _) = pair.ask(request)[0] else { return }
    for bit in 0..<(answer.count * 8) {
      var altered = answer
      altered[bit / 8] ^= 1 << (bit % 8)
      var copy = knock
      var effects: [PairEffect] = []
      copy.step(altered, from: Doorstep.endpoint(1), into: &effects)
      guard case .rejected = effects[0] else {
        Issue.record("bit \(bit)")
        return
      }
      #expect(copy == knock)
    }
  }

  /// A member knows every code key, so it can write any first message; it cannot be another, nor move its timestamp.
  @Test func amemberCannotSpeakAsAnotherNorWithLowOrderKeys() throws {
    var pair = Pair()
    let eve = KeyPair(from: &pair.entropy)
    pair.door.setRoster([pair.ada.publicKey, eve.publicKey])
    let (_, genuine) = try pair.knock(timestamp: 3)
    let (_, own) = try pair.knock(as: eve, timestamp: 900)
    let key = Hashing.derive(Secret(pair.bob.publicKey.bytes), "pair/code", Pair.session.bytes.bytes)
    func coded(_ bytes: [UInt8]) -> [UInt8] { bytes + Sodium.blake2b(bytes, key: key, count: 16) }
    #expect(coded(Array(own.prefix(70))) == own)
    // Eve's message under Ada's tag; Ada's message under a later timestamp; a key of low order.
    let forged = [
      Array(own[..<2] + genuine[2..<10] + own[10..<70]),
      Array(genuine[..<14]) + [255, 255, 255, 255, 255, 255, 255, 255] + Array(genuine[22..<70]),
      Array(genuine[..<22]) + Array(repeating: 0, count: 48),
    ]
    for bytes in forged { #expect(pair.ask(coded(bytes)) == [.rejected(.notAuthentic)]) }
    #expect(pair.ask(genuine).count == 2)
  }

  @Test func silenceIsGivenUpAfterFiveEqualTries() throws {
    var pair = Pair()
    var (knock, request) = try pair.knock()
    var effects: [PairEffect] = []
    while let deadline = knock.deadline { knock.wake(at: deadline, into: &effects) }
    #expect(effects == Array(repeating: .send(request, Doorstep.endpoint(1)), count: 4) + [.failed])
    #expect(knock.hasEnded)
  }
}
