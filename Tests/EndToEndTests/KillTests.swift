import SeloKit
import Testing

extension RealProcesses {
  /// SIGKILL, on hosts of their own.
  @Suite(.enabled(if: Host.filterObstacle == nil, "SKIPPED: \(Host.filterObstacle ?? "")")) struct KillTests {
    @Test func theReflectorIsKilled() async throws {
      let gathering = try Gathering(peers: 5, hosts: true, load: 50)
      try await gathering.gather()
      let victim = try gathering.reflector
      let lineage = victim.status?.lineage
      try await gathering.untilAgreed(50, by: gathering.peers)
      gathering.kill(victim)
      try await gathering.until("four go on") { gathering.areTogether(gathering.running) }
      try await gathering.untilAgreed(50, by: gathering.running)
      let verdict = try await gathering.verdict()
      #expect(verdict.isGood, "\(verdict)\n\(gathering.account)")
      #expect(gathering.running.allSatisfy { $0.status?.lineage == lineage }, "four of five are the trunk")
    }

    @Test func theReflectorAndItsFirstSuccessorAreKilledAtOnce() async throws {
      let gathering = try Gathering(peers: 5, hosts: true, load: 50)
      try await gathering.gather()
      let (victim, heir) = (try gathering.reflector, try gathering.successor)
      let lineage = victim.status?.lineage
      try await gathering.untilAgreed(50, by: gathering.peers)
      gathering.kill(victim, heir)
      try await gathering.until("three go on") { gathering.areTogether(gathering.running) }
      try await gathering.untilAgreed(50, by: gathering.running)
      let verdict = try await gathering.verdict()
      #expect(verdict.isGood, "\(verdict)\n\(gathering.account)")
      #expect(gathering.running.allSatisfy { $0.status?.lineage == lineage }, "three of five are the trunk")
    }

    @Test func theReflectorIsKilledWhereThreeOfTenDatagramsAreLost() async throws {
      let gathering = try Gathering(peers: 5, hosts: true)
      try await gathering.gather()
      for host in gathering.network?.hosts ?? [] { try host.drop(percent: 30) }
      try await gathering.untilAgreed(50, by: gathering.peers)
      gathering.kill(try gathering.reflector)
      try await gathering.until("four go on") { gathering.areTogether(gathering.running) }
      try await gathering.untilAgreed(50, by: gathering.running)
      let verdict = try await gathering.verdict()
      #expect(verdict.isGood, "\(verdict)\n\(gathering.account)")
    }
  }

  /// SIGKILL and a new run of the same identity, on loopback.
  @Suite struct RestartTests {
    @Test func aKilledReflectorIsBackAtOnceWithItsIdentity() async throws {
      let gathering = try Gathering(peers: 3)
      try await gathering.gather()
      let victim = try gathering.reflector
      let before = try #require(victim.status)
      try await gathering.untilAgreed(50, by: gathering.peers)
      gathering.kill(victim)
      try gathering.start(victim)
      try await gathering.until("all are together again") { gathering.areTogether(gathering.peers) }
      try await gathering.untilAgreed(50, by: gathering.peers)
      let verdict = try await gathering.verdict()
      #expect(verdict.isGood, "\(verdict)\n\(gathering.account)")
      let after = try #require(victim.status)
      #expect(after.identity == before.identity && after.incarnation > before.incarnation)
      #expect(after.members.count == 3, "the run that was killed is off the roster: \(after.members)")
      #expect(after.term > before.term)
    }
  }
}
