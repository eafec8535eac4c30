import SeloMesh
import SeloTestKit
import SeloWire
import Testing

/// When a branch may call itself the trunk without a person saying so (PROTOCOL section 6).
@Suite struct AdoptionTests {
  private func trunk(_ session: MeshHarness) -> LineageID { LineageID(session.session.bytes) }

  private func lineages(_ session: MeshHarness) -> Set<LineageID> {
    Set(session.peers.filter(\.isMember).map(\.mesh.promise.lineage))
  }

  /// Cuts every link between the parts, in both directions.
  private func cut(_ session: inout MeshHarness, into parts: [[Int]]) {
    session.weather.cut = parts.flatMap { part in
      parts.filter { $0 != part }.flatMap { other in
        part.flatMap { one in other.map { Weather.Link(one, $0) } }
      }
    }
  }

  /// A new run of the identity that `index` has, which finds none of the doors in `shut`.
  private func restart(_ index: Int, shut: [Int], _ session: inout MeshHarness) {
    session.crash(index)
    session.shut = shut
    session.join(session.peers[index].name, identity: session.peers[index].author.identity)
    session.run(for: .seconds(3))
    session.shut = []
  }

  private func adoptsItself(_ session: MeshHarness, _ index: Int) -> Bool {
    session.peers[index].mesh.log.head.ancestry.generation > 0
  }

  /// Two peers, the older one was restarted: nobody is left who could go on as the trunk.
  @Test func aBranchAdoptsItselfWhenTheOthersHaveComeBack() {
    var session = MeshHarness.session(of: 2)
    session.crash(0)
    session.run(for: .seconds(5))
    let branch = session.peers[1].mesh.promise.lineage
    #expect(branch != trunk(session))
    session.join("a", identity: session.peers[0].author.identity)
    session.run(for: .seconds(5))
    #expect(session.peers[2].mesh.promise.lineage == branch)
    // Whoever of the old trunk is still somewhere on the network has time to be heard.
    let early = adoptsItself(session, 1)
    #expect(!early)
    session.run(for: .seconds(7))
    let late = adoptsItself(session, 1)
    #expect(late)
    let mesh = session.peers[1].mesh
    #expect(mesh.final + 3 > mesh.agreed)
  }

  /// The trunk went on without the one whom the branch waited for: it had taken in others.
  @Test func aTrunkThatTookOthersInIsNoRivalOfItsBranch() {
    var session = MeshHarness.session(of: 2)
    cut(&session, into: [[0, 2, 3], [1, 4]])
    session.run(for: .seconds(4))
    session.shut = [1]
    for name in ["c", "d"] {
      session.join(name)
      session.run(for: .milliseconds(500))
    }
    session.run(for: .seconds(12))
    #expect(session.peers[0].mesh.promise.lineage == trunk(session))
    #expect(session.peers[2].mesh.roster.voters.count == 3)
    restart(0, shut: [2, 3], &session)
    #expect(session.peers[4].mesh.promise.lineage == session.peers[1].mesh.promise.lineage)
    session.weather.cut = []
    session.meeting = session.now
    session.run(for: .seconds(20))
    #expect(session.rivals == 0)
    #expect(lineages(session) == [trunk(session)])
    #expect(session.laws.violations == [])
  }

  /// Peers that are restarted one after the other come to this branch or that: an identity counts where it is, not
  /// where it once was.
  @Test func ofTwoBranchesOneAtMostAdoptsItself() {
    var session = MeshHarness.session(of: 5)
    let (one, other) = ([0, 3, 6, 8], [1, 2, 5, 7, 9])
    cut(&session, into: [one, other, [4]])
    session.run(for: .seconds(7))
    // e was alone and comes to the second branch; c leaves that for the first, d the first for the second, and so on.
    restart(4, shut: one, &session)
    restart(2, shut: other, &session)
    restart(3, shut: one, &session)
    restart(1, shut: other, &session)
    restart(0, shut: one, &session)
    session.run(for: .seconds(20))
    let parted = lineages(session).count
    #expect(parted == 2)
    let adopted = session.peers.indices.filter { session.peers[$0].isMember && adoptsItself(session, $0) }
    #expect(adopted == [])
    session.weather.cut = []
    session.meeting = session.now
    session.run(for: .seconds(20))
    #expect(session.rivals == 0)
    #expect(lineages(session).count == 1)
    #expect(session.laws.violations == [])
  }

  @Test func anAdoptedBranchIsTheTrunkAndASleepingElderMeetsARival() {
    var session = MeshHarness.session(of: 2)
    session.pause(0, for: .seconds(12))
    session.run(for: .seconds(7))
    #expect(session.peers[1].mesh.promise.lineage != trunk(session))
    let final = session.peers[1].mesh.final
    session.step(1, .adopt)
    session.flush(1)
    session.publish("after the adoption", by: 1)
    session.run(for: .milliseconds(300))
    #expect(session.peers[1].mesh.log.head.ancestry.isTrunk)
    #expect(session.peers[1].mesh.final > final)
    // The oldest of two is a quorum: it wakes as the trunk it fell asleep in, and neither gives way by itself.
    session.meeting = session.now
    session.run(for: .seconds(8))
    #expect(session.laws.violations == [])
    #expect(session.rivals > 0)
    #expect(lineages(session).count == 2)
  }

  @Test func anElderThatIsNoQuorumReturnsToTheAdoptedBranch() {
    var session = MeshHarness.session(of: 3)
    session.pause(0, for: .seconds(12))
    session.crash(2)
    session.run(for: .seconds(7))
    session.step(1, .adopt)
    session.flush(1)
    session.run(for: .milliseconds(300))
    let adopted = session.peers[1].mesh.promise.lineage
    session.meeting = session.now
    session.run(for: .seconds(10))
    #expect(session.laws.violations == [])
    #expect(lineages(session) == [adopted])
    #expect(session.peers.count(where: \.isMember) == 2)
  }
}
