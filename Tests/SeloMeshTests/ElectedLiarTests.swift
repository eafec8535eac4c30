import SeloTestKit
import SeloWire
import Testing

@testable import SeloMesh

/// Honest voters elect one that lies: it begins its term on a log that it made up.
@Suite struct ElectedLiarTests {
  private static let liar = 1

  /// The reflector a died, and b has the promises of c, d and e. Nobody hears the term that its mesh began.
  private func elected() -> MeshHarness {
    var session = MeshHarness.session(of: 5)
    session.filters = ["term", "staged", "frames"].map { Filter(from: Self.liar, $0, count: 100_000) }
    session.crash(0)
    let begins = session.run(atMost: .milliseconds(200)) { $0.peers[Self.liar].mesh.isReflector }
    precondition(begins, "b is not elected")
    return session
  }

  /// Frames that nobody ordered, above frame `last` of the old reign, and the first frame of the term they lead to.
  private func invention(
    _ session: MeshHarness, above last: UInt64, frames: Int,
    showing promises: (TermStart, SignedFrame) -> [SignedJoinTerm]
  ) throws -> (frames: [SignedFrame], start: TermStart) {
    let liar = session.peers[Self.liar]
    let proof = try #require(liar.mesh.proof)
    let held = try #require(liar.mesh.log[last])
    var newest = held
    let sign = { (frame: Frame) in SignedFrame(frame, session: session.session, notary: liar.notary) }
    let follow = { (reign: Reign, body: Frame.Body) in
      Frame(
        reign: reign, sequence: newest.sequence + 1, time: newest.frame.time, agreed: held.frame.agreed,
        final: held.frame.final, previous: newest.hash, body: body)
    }
    var made: [SignedFrame] = []
    for _ in 0..<frames {
      newest = sign(follow(held.frame.reign, .idle))
      made.append(newest)
    }
    let first = sign(follow(proof.reign, proof.frame.frame.body))
    let history = proof.history.dropLast() + [ReignStart(reign: proof.reign, first: first.sequence)]
    return (made, TermStart(frame: first, history: Array(history), promises: promises(proof, newest)))
  }

  /// The liar shows its term to all, and answers whatever they ask with what it made up.
  private func show(_ made: (frames: [SignedFrame], start: TermStart), in session: inout MeshHarness) {
    for _ in 0..<10 {
      session.utter(.term(made.start), from: Self.liar, to: [2, 3, 4])
      session.run(for: .milliseconds(1))
      session.utter(.staged(next: made.start.reign, made.frames), from: Self.liar, to: [2, 3, 4])
      session.run(for: .milliseconds(1))
    }
  }

  /// Its promises name the log that it has to go on from. One with more frames is refused as any other is.
  @Test func aTermGoesOnFromTheBestLogThatItShows() throws {
    var session = elected()
    let last = session.peers[2].mesh.log.received
    let made = try invention(session, above: last, frames: 1) { proof, _ in proof.promises }
    show(made, in: &session)
    #expect(session.rejections.contains(.unprovenTerm))
    #expect(session.peers[2...4].allSatisfy { $0.mesh.log[last + 1]?.hash != made.frames[0].hash })
    session.run(for: .seconds(3))
    #expect(session.peers.allSatisfy { $0.detachment == nil })
    #expect(session.peers[2...4].count { $0.mesh.isReflector } == 1)
    #expect(session.laws.violations == [])
  }

  /// Its own promise lies, too, and makes the invented log the best one. That log lacks what is agreed: whoever holds
  /// that promises a higher term, and as all of them do, one of them reflects.
  @Test func aTermWithoutTheAgreedIsStoodAgainst() throws {
    var session = elected()
    let agreed = try #require(session.peers[2...4].map(\.mesh.agreed).min())
    let made = try invention(session, above: agreed - 3, frames: 40) { proof, newest in
      let word = JoinTerm(
        next: proof.reign, lastNormal: newest.frame.reign, received: newest.sequence, chain: newest.hash,
        agreed: agreed - 3, final: newest.frame.final, member: session.peers[Self.liar].member)
      let lie = SignedJoinTerm(word, session: session.session, notary: session.peers[Self.liar].notary)
      return proof.promises.filter { $0.promise.member != word.member } + [lie]
    }
    show(made, in: &session)
    session.run(for: .seconds(3))
    #expect(session.peers.allSatisfy { $0.detachment == nil })
    #expect(session.peers[2...4].count { $0.mesh.isReflector } == 1)
    #expect(session.peers[2...4].allSatisfy { $0.mesh.agreed > made.start.frame.sequence })
    #expect(session.laws.violations == [])
  }
}
