import SeloMesh
import SeloTestKit
import SeloWire
import Testing

/// Worlds that compute something else than the others': PROTOCOL section 10, scenario 34.
@Suite struct DivergenceTests {
  @Test func oneOfThreeIsOutWithinASecond() {
    var session = MeshHarness.session(of: 3)
    session.run(for: .seconds(1))
    session.peers[2].errs = true
    session.run(for: .milliseconds(1_300))
    let detachments = session.peers.map(\.detachment)
    #expect(detachments == [nil, nil, .diverged])
    let later = session.peers[0].mesh.log.received
    session.run(for: .milliseconds(200))
    #expect(session.peers[0].mesh.log.received > later)
    #expect(session.laws.violations == [])
  }

  @Test func aReflectorThatErrsHandsOverFirst() {
    var session = MeshHarness.session(of: 3)
    session.peers[0].errs = true
    let number = session.peers[0].mesh.promise.term.number
    session.run(for: .milliseconds(1_500))
    let detachments = session.peers.map(\.detachment)
    #expect(detachments == [.diverged, nil, nil])
    let term = session.peers[1].mesh.promise.term
    #expect(session.peers[1].mesh.isReflector && term.number == number && term.handover == 1)
  }

  @Test func ofTwoNobodyKnowsWhoIsRight() {
    var session = MeshHarness.session(of: 2)
    session.peers[1].errs = true
    session.run(for: .milliseconds(2_500))
    #expect(session.undecided.count >= 2)
    let detachments = session.peers.map(\.detachment)
    #expect(detachments == [nil, nil])
  }

  @Test func oneOfTwoAgainstTwoIsUndecidedToo() {
    var session = MeshHarness.session(of: 4)
    session.peers[1].errs = true
    session.run(for: .milliseconds(1_300))
    // Three against one is more than half.
    #expect(session.peers[1].detachment == .diverged)
    #expect(session.undecided.isEmpty)
  }

  @Test func equalWorldsNeedNoVerdict() {
    var session = MeshHarness.session(of: 3)
    session.transcript = []
    session.run(for: .seconds(3))
    let text = session.transcript ?? []
    #expect(text.contains { $0.contains("votes at") })
    #expect(!text.contains { $0.contains("verdict") })
  }
}
