import SeloKit
import Testing

extension RealProcesses {
  /// SIGSTOP and SIGCONT, as of a lid that was closed.
  @Suite struct PauseTests {
    @Test func aReflectorThatWakesFollows() async throws {
      let gathering = try Gathering(peers: 5)
      try await gathering.gather()
      let zombie = try gathering.reflector
      let others = gathering.peers.filter { $0 != zombie }
      try await gathering.untilAgreed(50, by: gathering.peers)
      let before = try #require(zombie.status)
      try await zombie.child?.stopped {
        try await gathering.until("the others elect") { gathering.areTogether(others) }
        // Five seconds of the world's own time.
        let start = others[0].status?.agreedSeconds ?? 0
        try await gathering.until("five seconds have passed for the others") {
          others.allSatisfy { ($0.status?.agreedSeconds ?? 0) > start + 5 }
        }
      }
      try await gathering.until("all are together again") { gathering.areTogether(gathering.peers) }
      try await gathering.untilAgreed(50, by: gathering.peers)
      let verdict = try await gathering.verdict()
      // Equal logs, tick by tick: had a frame of the zombie been accepted anywhere, it would stand there.
      #expect(verdict.isGood, "\(verdict)\n\(gathering.account)")
      let after = try #require(zombie.status)
      #expect(after.term > before.term && after.lineage == before.lineage, "its term is over, its session is not")
      #expect(gathering.told("goes on as a branch", by: gathering.peers) == [])
    }

    @Test func aReflectorThatNodsLosesNothing() async throws {
      let gathering = try Gathering(peers: 3)
      try await gathering.gather()
      for _ in 0..<5 {
        // A machine that starves may make more of it than a nod: only what must hold in any case is asked.
        try await gathering.reflector.child?.stopped { try await Task.sleep(for: .milliseconds(20)) }
        try await gathering.untilAgreed(10, by: gathering.peers)
        try await gathering.until("all are together") { gathering.areTogether(gathering.peers) }
      }
      let verdict = try await gathering.verdict()
      #expect(verdict.isGood, "\(verdict)\n\(gathering.account)")
    }
  }
}
