import SeloSimulator
import SeloTestKit
import SeloWire
import Testing

@testable import SeloMesh

/// Honest peers that a liar led astray come back, however little the network carries.
@Suite struct DeceivedTests {
  /// d held a second frame of its reflector a as agreed, for `progress` names no hash. Then a died, before anybody
  /// compared. d staged the term of the others above that frame, where nothing of theirs fits, for ever.
  @Test func whoAgreedToASecondFrameGivesItsIDUp() {
    var session = MeshHarness.session(of: 5)
    session.filters = [Filter("evidence", count: 1_000)]
    session.equivocate(0, towards: 3)
    let place = session.peers[0].mesh.log.received
    #expect(session.run(atMost: .milliseconds(20)) { $0.peers[3].mesh.agreed >= place })
    session.crash(0)
    session.run(for: .seconds(2))
    #expect(session.evidence.isEmpty)
    #expect(session.peers[3].detachment == .outvoted)
    #expect(session.peers[1].mesh.isReflector)
    #expect(session.laws.violations == [])
  }

  /// d holds a second frame that is not agreed yet: histories name the same reign, the logs are two. It goes back to
  /// what is agreed, and stays who it is.
  @Test func whoOnlyReceivedASecondFrameGoesBack() {
    var session = MeshHarness.session(of: 5)
    session.filters = [Filter("evidence", count: 1_000), Filter(from: 0, to: 3, "progress", count: 1_000)]
    session.equivocate(0, towards: 3)
    session.run(for: .milliseconds(2))
    let place = session.peers[3].mesh.log.received
    #expect(session.peers[3].mesh.log[place]?.hash != session.peers[1].mesh.log[place]?.hash)
    session.crash(0)
    session.run(for: .seconds(1))
    #expect(session.peers[3].detachment == nil)
    #expect(session.peers[3].mesh.log[place]?.hash == session.peers[1].mesh.log[place]?.hash)
    #expect(session.laws.violations == [])
  }

  /// A liar serves a log that is none: what does not lead to the signed first frame of the term moves nobody.
  @Test func falseStagedFramesOutvoteNobody() throws {
    var session = MeshHarness.session(of: 5)
    session.weather.cut = [0, 1, 2, 4].map { Weather.Link($0, 3) }
    session.run(for: .milliseconds(50))
    session.crash(0)
    #expect(session.run(atMost: .seconds(1)) { $0.peers[1].mesh.isReflector })
    let proof = session.peers[1].mesh.proof
    let start = try #require(proof)
    // It is shown the term by nobody but the liar c, which makes the rest up.
    session.step(3, .packet(.term(start), from: session.peers[2].member))
    #expect(session.peers[3].mesh.phase.word == "staging")
    let first = session.peers[3].mesh.log.received + 1
    for sequence in first..<start.frame.sequence {
      let held = session.peers[1].mesh.log[sequence]
      let frame = try #require(held)
      let other = Frame(
        reign: frame.frame.reign, sequence: sequence, time: frame.frame.time, agreed: frame.frame.agreed,
        final: frame.frame.final, previous: Bytes32.zero, body: .idle)
      let signed = SignedFrame(other, session: session.session, notary: session.peers[2].notary)
      session.step(3, .packet(.staged(next: start.reign, [signed]), from: session.peers[2].member))
    }
    session.weather.cut = []
    session.run(for: .seconds(1))
    #expect(session.peers[3].detachment == nil)
    #expect(session.peers[3].mesh.reflector == session.peers[1].member)
    #expect(session.laws.violations == [])
  }

  /// One voter's suspicion moves nobody, and evidence was shown once: where it got lost, who had seen both frames
  /// waited for ever.
  @Test func evidenceIsShownUntilItIsUnderstood() {
    var session = MeshHarness.session(of: 5)
    session.filters = [Filter(from: 3, "evidence", count: 8), Filter(from: 0, to: 3, "progress", count: 2)]
    session.equivocate(0, towards: 3)
    session.run(for: .milliseconds(60))
    #expect(session.evidence.count == 1)
    session.run(for: .seconds(1))
    #expect(session.evidence.count >= 3)
    #expect(session.peers[1...4].count { $0.mesh.isReflector } == 1)
    #expect(session.laws.violations == [])
  }

  /// Five voters, of which a and e are gone, and d was away while e made b and c count in strides: their promises were
  /// to numbers that d did not believe, so it never knew that they held the term for over.
  @Test func numbersThatALiarDroveApartComeTogether() {
    var session = MeshHarness.session(of: 5)
    driveApart(&session)
    session.crash(4)
    #expect(session.peers[1].mesh.promise.term.number > 1 + Limits.termAdvance)
    session.run(for: .seconds(4))
    #expect(session.rejections.contains(.badPromise))
    #expect(session.peers[1...3].count { $0.mesh.isReflector } == 1)
    #expect(Set(session.peers[1...3].map(\.mesh.promise)).count == 1)
    #expect(session.laws.violations == [])
  }

  /// The reflector a is dead and d away; the liar e suspects along, keeps its promises to itself, and names the highest
  /// number there is.
  private func driveApart(_ session: inout MeshHarness) {
    session.pause(3, for: .milliseconds(1_000))
    session.filters = [Filter(from: 4, "joinTerm", count: 100_000)]
    session.crash(0)
    for _ in 0..<80 {
      let number = Term(number: Limits.termNumber, elected: session.peers[4].member, handover: 0)
      let highest = Reign(lineage: session.peers[1].mesh.promise.lineage, term: number)
      session.utter(.fenced(highest), from: 4, to: [1, 2])
      session.run(for: .milliseconds(10))
    }
  }

  /// Having taken up a term of such a number, d counted on from the highest number that it had believed, below its own
  /// promise, and trapped.
  @Test func aTermIsTakenUpHoweverHighItsNumber() throws {
    var session = MeshHarness.session(of: 5)
    driveApart(&session)
    session.filters = []
    session.run(for: .seconds(3))
    #expect(session.peers[3].mesh.promise.term.number > 2 * Limits.termAdvance)
    let reflector = try #require(session.peers.firstIndex { $0.isAlive && $0.mesh.isReflector })
    session.crash(reflector)
    session.run(for: .seconds(2))
    #expect(session.peers.count { $0.isAlive && $0.mesh.isReflector } == 1)
    #expect(session.laws.violations == [])
  }

  /// A long staging is no flood.
  @Test func whoWasAwayStagesWithoutBeingRefused() {
    var session = MeshHarness.session(of: 5, policy: .majority)
    session.weather.cut = [0, 1, 2, 4].flatMap { [Weather.Link($0, 3), Weather.Link(3, $0)] }
    session.run(for: .seconds(6))
    session.crash(0)
    #expect(session.run(atMost: .seconds(1)) { $0.peers[1].mesh.isReflector })
    let behind = session.peers[1].mesh.log.received - session.peers[3].mesh.log.received
    #expect(behind > 200)
    session.weather.cut = []
    #expect(session.run(atMost: .milliseconds(200)) { $0.peers[3].mesh.reflector == $0.peers[1].member })
    #expect(!session.rejections.contains(.tooOften))
    #expect(session.laws.violations == [])
  }
}
