import SeloMesh
import SeloTestKit
import SeloWire
import Testing

/// The largest session there can be: 256 members, of whom seven vote (PROTOCOL section 2).
@Suite struct LargeSessionTests {
  @Test func twoHundredFiftySixMembersKeepTheArithmeticOfSeven() {
    var session = MeshHarness(tick: .milliseconds(200))
    for number in 1..<Limits.members { session.join(MeshHarness.name(number)) }
    let full = session.run(atMost: .seconds(20)) { harness in
      harness.peers.count == Limits.members && harness.roster.entries.allSatisfy { $0.standing > .learner }
    }
    #expect(full)
    #expect(session.roster.entries.count == Limits.members)
    #expect(session.roster.voters.count == Limits.voters)

    // One more finds no room, and keeps nobody from anything else.
    session.join("late")
    session.crash(255)
    let dropped = session.run(atMost: .seconds(14)) { $0.peers.count > Limits.members }
    #expect(dropped)

    // Observers publish, hold and serve, and do not count: without the reflector six voters go on at once.
    session.publish("said by an observer", by: 200)
    session.run(for: .milliseconds(500))
    session.publish("said when nobody reflects", by: 201)
    session.crash(0)
    let elected = session.run(atMost: .seconds(4)) { harness in
      let alive = harness.peers.filter { $0.isAlive && $0.isMember }
      return alive.allSatisfy { $0.mesh.isNormal && $0.mesh.promise.term.number > 1 }
    }
    #expect(elected)
    session.run(for: .seconds(1))
    let reflectors = session.peers.filter { $0.isAlive && $0.mesh.isReflector }
    #expect(reflectors.count == 1 && session.roster.voters.contains { $0 == reflectors[0].member })
    for author in [200, 201] {
      let heard = session.peers.filter { $0.isAlive && $0.isMember }
        .allSatisfy { $0.mesh.log.head.authors.last(of: session.peers[author].author) == 1 }
      #expect(heard)
    }
    #expect(session.laws.violations == [])
  }
}

extension MeshHarness {
  /// The agreed roster, as whoever reflects knows it.
  fileprivate var roster: Roster { (peers.first { $0.isAlive && $0.mesh.isReflector } ?? peers[0]).mesh.roster }
}
