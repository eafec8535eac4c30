import Foundation
import SeloMesh
import SeloTestKit
import SeloWire
import Testing

/// Many members, of whom seven vote (PROTOCOL section 2): 40, or as many as `SELO_MEMBERS` says. 256, the limit, take a
/// minute or two: `SELO_MEMBERS=256 make test ONLY=LargeSessionTests`.
@Suite struct LargeSessionTests {
  private let members = ProcessInfo.processInfo.environment["SELO_MEMBERS"].flatMap { Int($0) } ?? 40

  @Test func manyMembersKeepTheArithmeticOfSeven() {
    var session = MeshHarness(tick: .milliseconds(200))
    for number in 1..<members { session.join(MeshHarness.name(number)) }
    let full = session.run(atMost: .seconds(20)) { harness in
      harness.peers.count == members && harness.roster.voters.count == Limits.voters
        && harness.roster.entries.allSatisfy { $0.standing > .learner }
    }
    #expect(full)
    #expect(session.roster.entries.count == members)
    #expect(session.roster.voters.count == Limits.voters)

    // In a full session one more finds no room, and keeps nobody from anything else.
    if members == Limits.members {
      session.join("late")
      session.crash(members - 1)
      let hasRoom = session.run(atMost: .seconds(14)) { $0.peers.count > members }
      #expect(hasRoom)
    }

    // Observers publish, hold and serve, and do not count: without the reflector six voters go on at once.
    session.publish("said by an observer", by: members - 20)
    session.run(for: .milliseconds(500))
    session.publish("said when nobody reflects", by: members - 21)
    session.crash(0)
    let elected = session.run(atMost: .seconds(4)) { harness in
      let alive = harness.peers.filter { $0.isAlive && $0.isMember }
      return alive.allSatisfy { $0.mesh.isNormal && $0.mesh.promise.term.number > 1 }
    }
    #expect(elected)
    session.run(for: .seconds(1))
    let reflectors = session.peers.filter { $0.isAlive && $0.mesh.isReflector }
    #expect(reflectors.count == 1 && session.roster.voters.contains { $0 == reflectors[0].member })
    for author in [members - 20, members - 21] {
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
