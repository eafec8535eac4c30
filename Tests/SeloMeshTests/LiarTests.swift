import SeloMesh
import SeloTestKit
import SeloWire
import Testing

/// What one member that lies can do to bare meshes and what it cannot: docs/SECURITY.md names the claim behind each
/// test. It signs with its own key and speaks on its own channels; its mesh goes on as ever.
@Suite struct LiarTests {
  private static let liar = 2

  /// Three peers; the third one lies.
  private var session: MeshHarness { MeshHarness.session(of: 3) }

  private func promise(
    _ session: MeshHarness, to next: Reign, by index: Int, as member: Member? = nil
  ) -> SignedJoinTerm {
    let peer = session.peers[index]
    let word = JoinTerm(
      next: next, lastNormal: peer.mesh.lastNormal, received: peer.mesh.log.received, chain: peer.mesh.log.head.chain,
      agreed: peer.mesh.agreed, final: peer.mesh.final, member: member ?? peer.member)
    return SignedJoinTerm(word, session: session.session, notary: peer.notary)
  }

  /// Its own promise is all that it can show.
  private func falseTerm(_ session: MeshHarness) -> TermStart {
    let reign = session.nextReign(by: Self.liar)
    return session.falseTerm(reign, by: Self.liar, promises: [promise(session, to: reign, by: Self.liar)])
  }

  /// Whether a reflects, b follows it, and neither has heard of any other term than the first.
  private func isCalm(_ session: MeshHarness) -> Bool {
    session.peers[0].mesh.isReflector && session.peers[1].mesh.reflector == session.peers[0].member
      && session.peers[0].mesh.promise.term.number == 1
      && session.peers[0].mesh.agreed + 3 > session.peers[0].mesh.log.received
  }

  @Test func aTermWithoutPromisesDeposesNobody() {
    var session = session
    var longest: UInt64 = 0
    for _ in 0..<20 {
      let before = session.peers[1].mesh.log.received
      session.utter(.term(falseTerm(session)), from: Self.liar, to: [0, 1])
      session.run(for: .milliseconds(45))
      #expect(session.peers[1].mesh.log.received >= before + 2)
      longest = max(longest, session.peers[1].mesh.log.received - before)
    }
    #expect(isCalm(session))
    #expect(longest <= 4)
    #expect(session.rejections.contains(.unprovenTerm))
    #expect(session.laws.violations == [])
  }

  @Test func noWordBringsTermNumbersToTheirEnd() {
    var session = session
    let highest = session.nextReign(by: Self.liar, number: Limits.termNumber)
    session.utter(.fenced(highest), from: Self.liar, to: [0, 1])
    session.utter(.joinTerm(promise(session, to: highest, by: Self.liar)), from: Self.liar, to: [0, 1])
    session.run(for: .milliseconds(50))
    #expect(session.rejections.contains(.badPromise))
    session.crash(0)
    session.run(for: .seconds(1))
    #expect(session.laws.violations == [])
    #expect(session.peers[1].mesh.isReflector)
    #expect(session.peers[1].mesh.promise.term.number <= 2 + Limits.termAdvance)
  }

  @Test func whoHearsItsReflectorIsNotTalkedOut() {
    var session = session
    let lineage = session.peers[0].mesh.promise.lineage
    session.utter(.removed(lineage, sequence: 100_000), from: Self.liar, to: [0, 1])
    session.utter(.suspect(session.peers[0].mesh.currentReign, received: 1, .silence), from: Self.liar, to: [0, 1])
    session.run(for: .milliseconds(100))
    #expect(session.peers.allSatisfy { $0.detachment == nil })
    #expect(isCalm(session))
  }

  /// Without a reflector to hear nobody knows better at once; one member's word still puts nobody out.
  @Test func whoHearsNoReflectorIsNotTalkedOutByOne() {
    var session = MeshHarness.session(of: 5)
    let lineage = session.peers[0].mesh.promise.lineage
    session.crash(0)
    for _ in 0..<40 {
      session.utter(.removed(lineage, sequence: 100_000), from: 1, to: [2, 3, 4])
      session.run(for: .milliseconds(5))
    }
    #expect(session.peers.allSatisfy { $0.detachment == nil })
    #expect(session.peers.count { $0.isAlive && $0.mesh.isReflector } == 1)
    #expect(session.laws.violations == [])
  }

  @Test func nobodyPromisesInAnothersName() {
    var session = session
    let reign = session.nextReign(by: Self.liar)
    let forged = promise(session, to: reign, by: Self.liar, as: session.peers[1].member)
    session.utter(.joinTerm(forged), from: Self.liar, to: [0, 1])
    // Its own promise is one voter's suspicion, and no quorum's.
    session.utter(.joinTerm(promise(session, to: reign, by: Self.liar)), from: Self.liar, to: [0, 1])
    session.run(for: .milliseconds(100))
    #expect(session.rejections.contains(.badPromise))
    #expect(isCalm(session))
  }

  @Test func framesOfOthersAreNobodysFrames() {
    var session = session
    let reign = session.peers[0].mesh.currentReign
    let own = session.frame(in: reign, .idle, by: Self.liar)
    let other = session.frame(in: reign, .handover(successor: session.peers[Self.liar].member), by: Self.liar)
    session.utter(.frames(reign, [own]), from: Self.liar, to: [0, 1])
    session.utter(.frames(reign, [other]), from: Self.liar, to: [0, 1])
    session.utter(.evidence(own, other), from: Self.liar, to: [0, 1])
    session.run(for: .milliseconds(100))
    #expect(session.evidence.isEmpty)
    #expect(isCalm(session))
    #expect(session.laws.violations == [])
  }

  @Test func requestsWithoutEndAreRefused() {
    var session = session
    let repair = Packet.repair(session.peers[0].mesh.currentReign, first: 1, count: 64)
    for _ in 0..<200 { session.utter(repair, from: Self.liar, to: [0, 1]) }
    session.run(for: .milliseconds(100))
    #expect(session.rejections.contains(.tooOften))
    #expect(isCalm(session))

    session.rejections = []
    let reign = session.peers[0].mesh.currentReign
    for count in [64, 65] {
      session.run(for: .milliseconds(200))
      for _ in 0..<count {
        session.utter(.fetch(next: reign, first: 1, through: 64), from: Self.liar, to: [0, 1])
      }
      session.run(for: .milliseconds(100))
      #expect(session.rejections.contains(.tooOften) == (count > 64))
    }
    #expect(isCalm(session))
  }

  /// A candidate that stands on no roster may call as often as it likes: the others elect one of theirs.
  @Test func anIneligibleCandidateHoldsNothingUp() {
    var session = MeshHarness.session(of: 5)
    session.crash(0)
    for round in 1...40 as ClosedRange<UInt32> {
      let reign = session.nextReign(by: 4, number: 10 + round, elected: .fixture(99))
      session.utter(.joinTerm(promise(session, to: reign, by: 4)), from: 4, to: [1, 2, 3])
      session.run(for: .milliseconds(10))
    }
    #expect(session.peers[1].mesh.isReflector)
    #expect(session.peers[3].mesh.reflector == session.peers[1].member)
    #expect(session.laws.violations == [])
  }

  // What one member can do

  /// A voter that stands, and raises the number for as long as it speaks, keeps an election from ending. It ends when
  /// the voter does, and nothing is lost.
  @Test func aVoterThatKeepsRaisingTheNumberHoldsAnElectionUp() {
    var session = MeshHarness.session(of: 5)
    session.publish("said before", by: 3)
    session.run(for: .milliseconds(100))
    session.crash(0)
    // Its process says nothing but this.
    session.crash(4)
    for round in 1...60 as ClosedRange<UInt32> {
      let reign = session.nextReign(by: 4, number: 10 + round)
      session.utter(.joinTerm(promise(session, to: reign, by: 4)), from: 4, to: [1, 2, 3])
      session.run(for: .milliseconds(10))
    }
    #expect(!session.peers[1...3].contains { $0.mesh.isReflector })
    session.run(for: .seconds(3))
    #expect(session.peers[1...3].count { $0.mesh.isReflector } == 1)
    #expect(session.laws.violations == [])
  }

  /// A voter that acknowledges what it does not hold makes its reflector call agreed what no quorum holds. Nobody is
  /// lied to by the reflector, and nothing shows it: when the reflector dies, the frame may be gone.
  @Test func aFalseAckMakesAgreedWhatNoQuorumHolds() {
    var session = session
    session.weather.cut = [Weather.Link(0, 1), Weather.Link(0, 2)]
    session.publish("held by one", by: 0)
    session.run(for: .milliseconds(1))
    let place = session.peers[0].mesh.log.received
    session.utter(
      .ack(session.peers[0].mesh.currentReign, received: place, digest: nil), from: Self.liar, to: [0])
    session.run(for: .milliseconds(2))
    #expect(session.peers[0].mesh.agreed == place)
    #expect(session.laws.violations.contains { $0.contains("law 7") })
  }
}
