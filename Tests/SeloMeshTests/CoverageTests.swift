import SeloMesh
import SeloTestKit
import SeloWire
import Testing

/// What the transcripts and directed tests show: every refusal, and every arrow of the state diagram.
@Suite struct CoverageTests {
  /// The stories, and schedules for what only trouble provokes.
  private static let harnesses: [MeshHarness] = {
    let session = MeshHarness.session(of: 3)
    return Scenario.all.map { $0.play() }
      + ([7, 5_003, 5_011, 10_007, 10_019] as [UInt64]).map { seed in
        var schedule = MeshSchedule(seed: seed, in: session)
        _ = schedule.run()
        return schedule.harness
      }
  }()

  @Test func everyRejectionIsShown() {
    let shown = Self.harnesses.flatMap(\.rejections)
    let elsewhere: [Rejection] = [
      // FrameLogTests tries each frame that does not follow; an honest reflector stamps none.
      .badTime, .fallingAgreement, .badReign, .badAuthorSequence, .notAuthor, .badRoster,
      // RefusalTests speaks as a liar and as one who is far ahead.
      .badPromise, .unprovenTerm, .tooFarAhead,
      // PoorPeerTests asks for repair without end; OutboxTests fills queue and outbox.
      .tooOften, .envelopeTooFarAhead, .queueFull,
      // DecidingTests: a host that wants itself out.
      .kickOfOneself,
    ]
    let missing = Rejection.allCases.filter { !shown.contains($0) && !elsewhere.contains($0) }
    #expect(missing == [])
  }

  /// The diagram in `Mesh.swift` and PROTOCOL section 6. Detached is reached from everywhere and left by nobody.
  @Test func everyArrowIsTaken() {
    var taken: Set<String> = []
    for harness in Self.harnesses { taken.formUnion(harness.arrows) }
    let drawn: Set = [
      "following>suspecting", "suspecting>following", "suspecting>joining", "following>joining",
      "joining>reflecting", "joining>staging", "following>staging", "staging>following",
      "joining>following", "suspecting>reflecting", "following>reflecting", "reflecting>following",
      "reflecting>joining", "following>detached", "joining>detached", "suspecting>detached",
    ]
    #expect(drawn.subtracting(taken) == [])
    // What is taken besides must be known. A staging that has nothing to fetch begins and ends in one step; that one
    // ends in a promise, or begins from a suspicion with something to fetch, happens in few schedules.
    let passing: Set = [
      "suspecting>staging", "staging>joining",
      "reflecting>staging", "staging>suspecting", "staging>reflecting", "suspecting>suspecting",
      "reflecting>detached", "staging>detached",
    ]
    #expect(taken.subtracting(drawn).subtracting(passing) == [])
  }
}

/// Refusals that no honest session provokes.
@Suite struct RefusalTests {
  @Test func promisesOfOthersAndUnsignedOnesAreRefused() {
    var session = MeshHarness.session(of: 3)
    let mesh = session.peers[1].mesh
    let next = Reign(
      lineage: mesh.promise.lineage, term: Term(number: 9, elected: session.peers[1].member, handover: 0))
    func promise(of index: Int, signedBy signer: Int) -> SignedJoinTerm {
      SignedJoinTerm(
        JoinTerm(
          next: next, lastNormal: mesh.promise, received: mesh.log.received, chain: mesh.log.head.chain,
          agreed: mesh.agreed, final: mesh.final, member: session.peers[index].member),
        session: session.session, notary: session.peers[signer].notary)
    }
    session.step(0, .packet(.joinTerm(promise(of: 2, signedBy: 1)), from: session.peers[1].member))
    #expect(session.rejections == [.badPromise])
    session.step(0, .packet(.joinTerm(promise(of: 1, signedBy: 2)), from: session.peers[1].member))
    #expect(session.peers[0].mesh.isReflector)
  }

  @Test func aTermWithoutPromisesIsNotObeyed() {
    var session = MeshHarness.session(of: 3)
    let start = session.falseTerm(session.nextReign(by: 1, number: 9), by: 1)
    session.step(2, .packet(.term(start), from: session.peers[1].member))
    #expect(session.rejections.contains(.unprovenTerm))
    session.run(for: .milliseconds(100))
    #expect(session.peers[2].mesh.promise.term.number == 1)
    #expect(session.laws.violations == [])
  }

  @Test func aHandOverThatNobodySignedIsNotObeyed() {
    var session = MeshHarness.session(of: 3)
    let mesh = session.peers[1].mesh
    // b writes a hand-over in a's name, and a term on top of it.
    let handover = SignedFrame(
      Frame(
        reign: mesh.promise, sequence: mesh.log.received + 1, time: mesh.log.head.time, agreed: mesh.agreed,
        final: mesh.final, previous: mesh.log.head.chain, body: .handover(successor: session.peers[1].member)),
      session: session.session, notary: session.peers[1].notary)
    let reign = Reign(lineage: mesh.promise.lineage, term: mesh.promise.term.handedOver)
    let first = SignedFrame(
      Frame(
        reign: reign, sequence: handover.sequence + 1, time: mesh.log.head.time, agreed: mesh.agreed,
        final: mesh.final, previous: handover.hash, body: .term(successors: [])),
      session: session.session, notary: session.peers[1].notary)
    let start = TermStart(
      frame: first, history: mesh.log.head.history + [ReignStart(reign: reign, first: first.sequence)], promises: [])
    session.weather.cut = [Weather.Link(2, 1)]
    session.step(2, .packet(.term(start), from: session.peers[1].member))
    session.step(2, .packet(.staged(next: reign, [handover]), from: session.peers[1].member))
    #expect(session.rejections.contains(.unprovenTerm))
    session.weather.cut = []
    session.run(for: .milliseconds(200))
    #expect(session.peers[2].mesh.promise.term.handover == 0)
    #expect(session.laws.violations == [])
  }

  @Test func framesFarAheadAreNotKept() {
    var session = MeshHarness.session(of: 2)
    let mesh = session.peers[0].mesh
    let frame = SignedFrame(
      Frame(
        reign: mesh.promise, sequence: mesh.log.received + 5_000, time: mesh.log.head.time, agreed: mesh.agreed,
        final: mesh.final, previous: .zero, body: .idle),
      session: session.session, notary: session.peers[0].notary)
    session.step(1, .frames(mesh.promise, [Proven(checked: frame)], from: session.peers[0].member))
    #expect(session.rejections.contains(.tooFarAhead))
  }

  /// A directed schedule of the design: one whom the others' newest roster does not name keeps raising the number.
  @Test func anIneligibleCandidateDoesNotKeepTheOthersFromElecting() {
    var session = MeshHarness.session(of: 4, policy: .majority)
    // d is dropped by a change that b and c hold and d does not.
    session.weather.cut = [0, 1, 2].flatMap { [Weather.Link($0, 3), Weather.Link(3, $0)] }
    let dropped = session.run(atMost: .seconds(12)) { $0.peers[1].mesh.log.head.roster.entries.count == 3 }
    #expect(dropped)
    session.crash(0)
    session.weather.cut = []
    let elected = session.run(atMost: .seconds(2)) { harness in
      harness.peers[1].mesh.isNormal && harness.peers[2].mesh.reflector == harness.peers[1].mesh.reflector
        && harness.peers[1].mesh.promise.term.number > 1
    }
    #expect(elected)
    #expect(session.peers[3].mesh.isReflector == false)
    #expect(session.laws.violations == [])
  }
}
