import SeloCrypto
import SeloMesh
import SeloTestKit
import SeloVM
import SeloWire
import Testing

@testable import SeloPeer

/// A world of which one peer gives away other bytes than it has.
struct Slander: World {
  /// Set while the peer is stepped that lies.
  nonisolated(unsafe) static var lies = false
  var count: UInt32 = 0

  struct Message: Replicated, Sendable {
    func write(to sink: inout some ReplicaSink) {}
    init(from reader: inout ReplicaReader) throws {}
  }

  mutating func receive(_ message: Message, _ turn: inout Turn<Slander>) throws { count &+= 1 }

  init() {}
  func write(to sink: inout some ReplicaSink) { sink.uint32(Self.lies ? count &+ 1 : count) }
  init(from reader: inout ReplicaReader) throws { count = try reader.uint32() }
}

/// Whole peers come in: what they load, from whom, and whose word they have for it (PROTOCOL section 8).
@Suite struct JoiningTests {
  private typealias House = Neighbourhood<Ballast>.House

  private func village<W: World>(
    _ names: [String], policy: Policy = .available, of world: W.Type = Ballast.self
  ) -> Neighbourhood<W> {
    let village = Neighbourhood<W>(
      sessionName: "ballast", password: Secret(Array(repeating: 5, count: 32)))
    for name in names {
      let house = village.settle(village.houses.isEmpty ? .found : .join, name: name, policy: policy)
      let came = village.run(until: .seconds(10)) { Self.isVoter(house.peer.status) }
      #expect(came, "\(name) came in")
    }
    return village
  }

  private static func isVoter(_ status: PeerStatus) -> Bool {
    status.members.contains { $0.isMe && $0.standing == .voter } && status.phase == .member
  }

  @Test func aQuorumVouchesForWhatWasLoaded() {
    let village = village(["ada", "bo", "cy"])
    let all = village.run(until: .seconds(2)) { village.houses.allSatisfy { $0.peer.status.isVouched } }
    #expect(all)
    let dee = village.settle(.join, name: "dee")
    let came = village.run(until: .seconds(5)) { dee.events.contains(.vouched) }
    #expect(came && dee.peer.status.isVouched)
    #expect(!dee.rejections.contains { $0.description.hasPrefix("statement") })
    // What it loaded is what everybody has.
    let roots = village.houses.map { $0.peer.markBytes.map { Hashing.hash("test", $0) } }
    #expect(Set(roots).count == 1)
  }

  @Test func withoutAQuorumItSaysSoAndAsksOn() {
    let village = village(["ada", "bo", "cy"], policy: .majority)
    let dee = village.settle(.join, name: "dee", policy: .majority)
    // Two of three voters fall silent as soon as the snapshot is installed.
    let installed = village.run(until: .seconds(5)) { dee.peer.membership != nil }
    #expect(installed)
    for house in village.houses[1...2] { village.stop(house) }
    let told = village.run(until: .seconds(7)) { dee.events.contains(.unvouched) }
    #expect(told && !dee.peer.status.isVouched)
    #expect(!dee.events.contains(.vouched))
    for house in village.stopped { village.goOn(house) }
    let vouched = village.run(until: .seconds(20)) { dee.peer.status.isVouched }
    #expect(vouched)
  }

  /// The peer at the door gives another world than the session's: a quorum says so, and the joiner loads anew.
  @Test func aQuorumThatContradictsIsBelieved() {
    let village = village(["ada", "bo", "cy"], of: Slander.self)
    let ada = village.houses[0]
    // The mark that the others came in by is too old for another joiner: there will be one that nobody has loaded yet.
    _ = village.run(until: .seconds(25))
    let dee = village.settle(.join, name: "dee")
    village.isStepping = { house in
      // Only what it gives away is false; of its own world it says the truth.
      guard house === ada, case .entering(let entering) = dee.peer.phase else { return Slander.lies = false }
      Slander.lies = entering.member != nil
    }
    defer { Slander.lies = false }
    let noticed = village.run(until: .seconds(5)) {
      dee.events.contains { if case .contradicted = $0 { true } else { false } }
    }
    #expect(noticed)
    #expect(dee.rejections.contains(.statement("contradicting")))
    // It goes on lying to whoever comes, but another door is tried first.
    let came = village.run(until: .seconds(20)) { dee.peer.status.isVouched && Self.isVoter(dee.peer.status) }
    #expect(came)
  }

  @Test func whatWasLoadedIsGoneOnWithAtAnotherDoor() {
    let village = village(["ada", "bo", "cy"])
    let dee = village.settle(.join, name: "dee")
    // The reflector lets it in; half of the snapshot later it is dead.
    let half = village.run(until: .seconds(5)) { Self.loaded(dee) > 150 }
    #expect(half)
    let before = village.capture.count
    village.kill(village.houses[0])
    let came = village.run(until: .seconds(20)) { dee.peer.status.isVouched }
    #expect(came)
    let resumed = dee.events.compactMap { event in
      if case .snapshotResumed(let held, let all) = event { (held: held, all: all) } else { nil }
    }
    #expect(resumed.count == 1)
    let rest = resumed.first.map { $0.all - $0.held } ?? 0
    #expect(rest > 0 && resumed.first.map { $0.held > 100 } ?? false)
    // A chunk with its headers, padded and sealed: nothing is loaded twice.
    let sizes = village.capture[before...].filter { $0.target == dee.endpoint }.map(\.bytes.count)
    let chunks = sizes.count { $0 == Self.chunkSize }
    // But the last chunk, which is shorter.
    #expect(chunks == rest - 1, "\(chunks) chunks for \(rest): \(sizes)")
    let digests = village.houses.map { $0.peer.status.agreedDigest }
    #expect(village.houses.count == 3 && digests.allSatisfy { $0 != nil })
  }

  private static var chunkSize: Int {
    let packet = Packet.chunk(sequence: 1, index: 1, Array(repeating: 0, count: Limits.chunkBytes)).encoded
    let padded = (packet.count + 4 + 31) / 32 * 32
    return 14 + padded + 16
  }

  private static func loaded(_ house: House) -> Int {
    guard case .entering(let entering) = house.peer.phase else { return 0 }
    return entering.fetch?.progress.held ?? 0
  }

  /// A third joiner waits until one of two is done; nobody is turned away.
  @Test func threeLoadAtOnce() {
    let village = village(["ada"])
    let joiners = ["bo", "cy", "dee"].map { village.settle(.join, name: $0) }
    let came = village.run(until: .seconds(20)) { joiners.allSatisfy { $0.peer.status.isVouched } }
    #expect(came)
  }

  /// Statements that say nothing: unasked, about another mark, in another's name, signed by nobody.
  @Test func falseStatementsAreRefused() {
    let village = village(["ada", "bo", "cy"], policy: .majority)
    let (ada, bo) = (village.houses[0], village.houses[1])
    let dee = village.settle(.join, name: "dee", policy: .majority)
    _ = village.run(until: .seconds(5)) { dee.peer.membership != nil }
    for house in village.houses[1...2] { village.stop(house) }
    let unvouched = village.run(until: .seconds(7)) { dee.events.contains(.unvouched) }
    #expect(unvouched)
    guard let nonce = dee.peer.membership?.vouching.nonce, let facts = ada.peer.mesh?.facts,
      let mark = dee.peer.newestMark, let reign = mark.reign, let other = bo.peer.mesh?.facts.me
    else { return #expect(Bool(false), "nobody is there") }
    func statement(_ nonce: Bytes16, _ member: Member, by house: House) -> SignedStatement {
      SignedStatement(
        Statement(
          reign: reign, sequence: mark.sequence, chain: mark.chain, state: .zero, digest: .zero, nonce: nonce,
          member: member),
        session: facts.session, notary: house.notary)
    }
    func refusals(_ statement: SignedStatement) -> [PeerRejection] {
      dee.rejections = []
      village.say(.statement(statement), by: ada, to: dee)
      _ = village.run(until: .milliseconds(5))
      return dee.rejections.filter { if case .statement = $0 { true } else { false } }
    }
    #expect(refusals(statement(.zero, facts.me, by: ada)) == [.statement("unasked")])
    // It has answered already.
    #expect(refusals(statement(nonce, facts.me, by: ada)) == [.statement("unasked")])
    dee.peer.membership?.vouching.forgetAll(at: village.now)
    #expect(refusals(statement(nonce, other, by: ada)) == [.statement("unsigned")])
    #expect(refusals(statement(nonce, facts.me, by: bo)) == [.statement("unsigned")])
    #expect(refusals(statement(nonce, facts.me, by: ada)) == [.statement("contradicting")])
    // One voice of three is no quorum.
    #expect(!dee.events.contains { if case .contradicted = $0 { true } else { false } })
  }

  @Test func whoAsksForStatementsWithoutEndIsNotAnswered() {
    let village = village(["ada", "bo"])
    let (ada, bo) = (village.houses[0], village.houses[1])
    let newest = ada.peer.newestMark?.sequence
    guard let mark = newest else { return #expect(newest != nil) }
    _ = village.run(until: .milliseconds(200))
    ada.rejections = []
    for number in 0..<10 {
      village.say(.statementWanted(sequence: mark, nonce: Bytes16([UInt8(number)])), by: bo, to: ada)
    }
    _ = village.run(until: .milliseconds(50))
    #expect(ada.rejections.count { $0 == .mesh(.tooOften) } == 9)
    // Of a mark that nobody knows there is nothing to say.
    _ = village.run(until: .milliseconds(200))
    let before = village.capture.count { $0.source == ada.endpoint }
    village.say(.statementWanted(sequence: .max, nonce: .zero), by: bo, to: ada)
    _ = village.run(until: .microseconds(300))
    let after = village.capture.count { $0.source == ada.endpoint }
    #expect(after <= before + 1)
  }
}

extension Vouching {
  /// As if nobody had answered yet.
  fileprivate mutating func forgetAll(at now: Instant) {
    let mark = mark
    ask(about: 0, at: now)
    ask(about: mark, at: now)
  }
}
