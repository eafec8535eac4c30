import Foundation
import SeloKit
import Testing

@testable import SeloCommand

extension RealProcesses {
  /// More than the processors like.
  @Suite struct CrowdTests {
    @Test func sixteenPeersOutliveTheirReflector() async throws {
      let gathering = try Gathering(peers: 16, load: 1, founding: ["--tick-period", "200ms"])
      // Sixteen debug builds that come at once are more than two busy processors take.
      try await gathering.gather(atOnce: 3)
      try await gathering.until("seven vote and nine observe") {
        let members = gathering.peers.first { $0.status?.isReflector == true }?.status?.members ?? []
        return members.count { $0.standing == "voter" } == 7 && members.count { $0.standing == "observer" } == 9
      }
      gathering.kill(try gathering.reflector)
      try await gathering.until("fifteen go on") { gathering.areTogether(gathering.running) }
      try await gathering.untilAgreed(20, by: gathering.running)
      let verdict = try await gathering.verdict()
      #expect(verdict.isGood, "\(verdict)\n\(gathering.account)")
    }

    /// Four processes that want both processors for ten seconds. Terms may change; the session may not fall apart.
    @Test func busyNeighboursSplitNothing() async throws {
      let gathering = try Gathering(peers: 5)
      try await gathering.gather()
      let before = try #require(try gathering.reflector.status)
      try await gathering.untilAgreed(50, by: gathering.peers)
      let loops = try (0..<4).map { _ in
        // The limit on its processor time ends a loop that nobody ends.
        try Child("/bin/sh", ["-c", "ulimit -t 60; while :; do :; done"], environment: [:], log: "/dev/null")
      }
      let end = Clock.now() + .seconds(10)
      try await gathering.until("ten seconds have passed") { Clock.now() >= end }
      for loop in loops { loop.end() }
      try await gathering.until("all are together") { gathering.areTogether(gathering.peers) }
      try await gathering.untilAgreed(50, by: gathering.peers)
      let verdict = try await gathering.verdict()
      #expect(verdict.isGood, "\(verdict)\n\(gathering.account)")
      let after = try #require(try gathering.reflector.status)
      #expect(gathering.peers.allSatisfy { $0.status?.lineage == before.lineage }, "\(gathering.account)")
      #expect(gathering.told("goes on as a branch", by: gathering.peers) == [])
      print("four busy loops for ten seconds: \(after.term - before.term) changes of term, \(verdict)")
    }
  }
}
