import SeloKit
import Testing

extension RealProcesses {
  /// A network that falls in two, three and two, with the reflector among the two; then it heals.
  @Suite(.enabled(if: Host.filterObstacle == nil, "SKIPPED: \(Host.filterObstacle ?? "")")) struct PartitionTests {
    @Test func twoOfFiveBranchAndReturn() async throws {
      let gathering = try Gathering(peers: 5, hosts: true, load: 10, founding: calm)
      let parts = try await cut(gathering)
      let trunk = parts.three[0].status?.lineage
      try await gathering.until("the three go on") { gathering.areTogether(parts.three) }
      try await gathering.until("the two branch") {
        gathering.areTogether(parts.two) && parts.two[0].status?.lineage != trunk
      }
      #expect(parts.three.allSatisfy { $0.status?.lineage == trunk && $0.status?.isBranch == false })
      #expect(parts.two.allSatisfy { $0.status?.isBranch == true })
      try await gathering.untilAgreed(100, by: gathering.peers)
      for host in gathering.network?.hosts ?? [] { try host.dropNothing() }
      try await gathering.until("the two are back") {
        gathering.areTogether(gathering.peers) && gathering.peers.allSatisfy { $0.status?.lineage == trunk }
      }
      try await gathering.untilAgreed(50, by: gathering.peers)
      let verdict = try await gathering.verdict()
      #expect(verdict.isGood, "\(verdict)\n\(gathering.account)")
      #expect(parts.two.allSatisfy { ($0.status?.messages.resubmitted ?? 0) > 0 && $0.status?.messages.lost == 0 })
      // What they left is kept for whoever wants to look at it.
      try await gathering.until("the branch is saved") { parts.two.allSatisfy { !$0.savedBranches.isEmpty } }
      for peer in parts.two {
        let saved = try SavedFile(contentsOf: try #require(peer.savedBranches.first))
        #expect(saved.kind == .branch && saved.session == "gathering" && saved.worldName == "village")
      }
    }

    @Test func twoOfFiveHaltUnderMajority() async throws {
      let gathering = try Gathering(
        peers: 5, hosts: true, load: 10, founding: calm + ["--policy", "majority"])
      let parts = try await cut(gathering)
      let lineage = parts.three[0].status?.lineage
      try await gathering.until("the three go on and the two halt") {
        gathering.areTogether(parts.three)
          && parts.two.allSatisfy {
            $0.status?.phase == "halted" && Set($0.status?.missing ?? []) == Set(parts.three.map(\.name))
          }
      }
      let stood = parts.two.map { $0.status?.agreed }
      try await gathering.untilAgreed(100, by: parts.three)
      #expect(parts.two.map { $0.status?.agreed } == stood, "nothing is agreed without a quorum")
      for host in gathering.network?.hosts ?? [] { try host.dropNothing() }
      try await gathering.until("all are together again") { gathering.areTogether(gathering.peers) }
      try await gathering.untilAgreed(50, by: gathering.peers)
      let verdict = try await gathering.verdict()
      #expect(verdict.isGood, "\(verdict)\n\(gathering.account)")
      #expect(gathering.peers.allSatisfy { $0.status?.lineage == lineage && $0.status?.isBranch == false })
    }

    /// What is tried is a cut, not how fast five processes are: a machine that starves shall keep up.
    private let calm = ["--tick-period", "50ms"]

    /// Gathers, and cuts the reflector and one more from the other three.
    private func cut(_ gathering: Gathering) async throws -> (two: [Gathering.Peer], three: [Gathering.Peer]) {
      try await gathering.gather()
      try await gathering.untilAgreed(50, by: gathering.peers)
      let two = [try gathering.reflector, try gathering.successor]
      let three = gathering.peers.filter { !two.contains($0) }
      for peer in two { try peer.host?.drop(from: three.compactMap(\.host)) }
      for peer in three { try peer.host?.drop(from: two.compactMap(\.host)) }
      return (two, three)
    }
  }
}
