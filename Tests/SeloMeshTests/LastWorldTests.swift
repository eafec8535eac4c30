import SeloMesh
import SeloTestKit
import SeloWire
import Testing

/// Nobody with a vote is left: scenario 29, and what comes of it (PROTOCOL section 6, "No quorum").
@Suite struct LastWorldTests {
  private func trunk(_ session: MeshHarness) -> LineageID { LineageID(session.session.bytes) }

  private func lineages(_ session: MeshHarness) -> Set<LineageID> {
    Set(session.peers.filter(\.isMember).map(\.mesh.promise.lineage))
  }

  /// One more peer has just come in: it stands on the roster of its log and has no vote.
  private func withLearner(of count: Int, policy: Policy = .available) -> MeshHarness {
    var session = MeshHarness.session(of: count, policy: policy)
    session.publish("before", by: 0)
    session.join("z")
    let came = session.run(atMost: .seconds(2)) { $0.peers.count == count + 1 && Self.standing($0) != nil }
    #expect(came && Self.standing(session) == .learner)
    return session
  }

  private static func standing(_ session: MeshHarness) -> Standing? {
    session.peers.last.flatMap { $0.mesh.log.head.roster[$0.member]?.standing }
  }

  /// Seven voters and some that observe.
  private func withObservers(_ count: Int) -> MeshHarness {
    var session = MeshHarness.session(of: 7)
    for _ in 0..<count {
      session.join(MeshHarness.name(session.peers.count))
      session.run(for: .milliseconds(400))
    }
    let observers = session.peers[0].mesh.roster.entries.count { $0.standing == .observer }
    #expect(observers == count)
    return session
  }

  /// Those who are out of the session come to its doors again, as their processes would.
  private func comeBack(_ session: inout MeshHarness) {
    for index in session.peers.indices where session.peers[index].isAlive && session.peers[index].detachment != nil {
      session.crash(index)
      session.join(session.peers[index].name, identity: session.peers[index].author.identity)
    }
    session.run(for: .seconds(2))
  }

  @Test func aLearnerThatHoldsTheSnapshotCarriesTheWorldOn() {
    var session = withLearner(of: 1)
    session.crash(0)
    session.run(for: .seconds(10))
    let waits = session.branches == 0 && session.peers[1].isMember
    #expect(waits, "what voters need to come back is ten times less")
    session.run(for: .seconds(3))
    let mesh = session.peers[1].mesh
    #expect(mesh.isReflector && mesh.roster.voters == [mesh.facts.me])
    session.publish("after", by: 1)
    session.run(for: .milliseconds(100))
    #expect(session.peers[1].heard.last == "after")
    #expect(mesh.final < mesh.agreed, "nothing new is final on a branch")
    #expect(session.laws.violations == [])
  }

  @Test func anObserverAloneCarriesTheWorldOn() {
    var session = withObservers(1)
    session.publish("last words", by: 0)
    session.run(for: .milliseconds(100))
    for voter in 0..<7 { session.crash(voter) }
    session.run(for: .seconds(13))
    session.publish("after", by: 7)
    session.run(for: .milliseconds(100))
    #expect(Array(session.peers[7].heard.suffix(2)) == ["last words", "after"])
    let missing = session.peers[7].mesh.log.head.ancestry.missing
    #expect(missing == session.peers[..<7].map(\.author), "all who had a vote may still go on elsewhere")
    #expect(session.laws.violations == [])
  }

  /// Nine members of whom the seven voters die one after the other, faster than they are evicted.
  @Test func observersGoOnTogether() {
    var session = withObservers(2)
    for voter in 0..<7 {
      session.crash(voter)
      session.run(for: .milliseconds(50))
    }
    session.run(for: .seconds(14))
    let members = session.peers.filter(\.isMember)
    #expect(session.branches == 2 && lineages(session).count == 1, "each of the two enters one branch")
    #expect(members.count == 2 && members.allSatisfy { $0.mesh.roster.voters.count == 2 })
    #expect(members[0].mesh.isReflector, "the older of them is named first")
    session.publish("by the younger", by: 8)
    session.run(for: .milliseconds(100))
    #expect(session.peers[7].heard.last == "by the younger")
    #expect(session.laws.violations == [])
  }

  /// They cannot hear each other: two branches, of which one wins.
  @Test func observersThatArePartedBecomeOneByRanking() {
    var session = withObservers(2)
    session.weather.cut = [Weather.Link(7, 8), Weather.Link(8, 7)]
    for voter in 0..<7 { session.crash(voter) }
    session.run(for: .seconds(14))
    #expect(lineages(session).count == 2)
    for index in [7, 8] { session.publish("by \(index)", by: index) }
    session.run(for: .milliseconds(300))
    session.weather.cut = []
    session.meeting = session.now
    session.run(for: .seconds(4))
    #expect(lineages(session).count == 1)
    let members = session.peers.filter(\.isMember)
    let heard = members.map { $0.heard.filter { $0.hasPrefix("by ") }.sorted() }
    #expect(members.count == 2 && heard.contains(["by 7", "by 8"]))
    #expect(session.laws.violations == [])
  }

  /// The dead come back as newer runs: one lineage, every message once, and at last it is the trunk.
  @Test func whoHadAVoteComesBackToTheBranch() {
    var session = withLearner(of: 2)
    session.publish("by the younger voter", by: 1)
    session.run(for: .milliseconds(40))
    session.crash(0)
    session.crash(1)
    session.run(for: .seconds(13))
    let branch = session.peers[2].mesh.promise.lineage
    session.publish("on the branch", by: 2)
    for index in [0, 1] {
      session.join(session.peers[index].name, identity: session.peers[index].author.identity)
      session.run(for: .seconds(2))
    }
    let early = session.peers[2].mesh.log.head.ancestry.generation
    #expect(early == 0, "all have to be back for a while")
    session.run(for: .seconds(12))
    let members = session.peers.filter(\.isMember)
    #expect(members.count == 3 && lineages(session) == [branch])
    #expect(members.allSatisfy { $0.mesh.log.head.ancestry.generation == 1 && $0.mesh.roster.voters.count == 3 })
    let heard = session.peers[2].heard
    #expect(heard.filter { $0 == "on the branch" }.count == 1)
    #expect(Set(heard).count == heard.count)
    #expect(session.laws.violations == [])
  }

  /// The only voter slept: it is a quorum by itself, so it wakes as the trunk, and the branch returns.
  @Test func anElderThatWakesIsTheTrunk() {
    var session = withLearner(of: 1)
    session.pause(0, for: .seconds(15))
    session.run(for: .seconds(13))
    #expect(session.peers[1].mesh.promise.lineage != trunk(session))
    session.publish("on the branch", by: 1)
    session.meeting = session.now
    session.run(for: .seconds(6))
    #expect(lineages(session) == [trunk(session)])
    #expect(session.peers.count(where: \.isMember) == 2)
    #expect(session.peers[0].heard.filter { $0 == "on the branch" }.count == 1)
    #expect(session.laws.violations == [])
  }

  /// A voter that is no quorum wakes at any moment of it: its branch is the better one, or they part as one.
  @Test(arguments: [7_000, 9_500, 10_200, 10_800, 11_100, 11_400, 12_500] as [UInt64])
  func aVoterThatWakesMeanwhileLeads(_ milliseconds: UInt64) {
    var session = withLearner(of: 3)
    session.crash(0)
    session.crash(1)
    session.pause(2, for: .milliseconds(milliseconds))
    session.meeting = session.now
    session.run(for: .seconds(18))
    comeBack(&session)
    let members = session.peers.filter(\.isMember)
    #expect(members.count == 2 && lineages(session).count == 1)
    let reflectors = members.filter(\.mesh.isReflector).map(\.name)
    #expect(reflectors == ["c"])
    #expect(session.laws.violations == [])
  }

  /// Who only lost touch keeps its world and its id, and follows on as soon as it hears anybody.
  @Test func whoLostTouchFollowsOn() {
    var session = withObservers(1)
    session.weather.cut = (0..<7).flatMap { [Weather.Link($0, 7), Weather.Link(7, $0)] }
    session.run(for: .seconds(6))
    #expect(session.isStranded(7))
    session.weather.cut = []
    session.run(for: .seconds(1))
    let mesh = session.peers[7].mesh
    #expect(session.peers[7].isMember && mesh.agreed + 5 > session.peers[0].mesh.agreed)
    #expect(session.branches == 0 && session.laws.violations == [])
  }

  @Test func underMajorityNobodyGoesOn() {
    var session = withLearner(of: 1, policy: .majority)
    session.crash(0)
    session.run(for: .seconds(15))
    #expect(session.branches == 0 && session.peers[1].detachment == .outvoted)
  }

  @Test func ofManyWithoutAVoteTheSevenOldestGetOne() {
    let entries = (1...12 as ClosedRange<UInt32>).map { id in
      RosterEntry.fixture(id, standing: id == 3 ? .voter : id % 2 == 0 ? .learner : .observer)
    }
    let roster = Roster(version: 5, highest: MemberID(12), entries: entries)
    let without = roster.branch(of: entries.map(\.id).filter { $0.value != 3 })
    #expect(without.voters.map(\.id.value) == [1, 2, 4, 5, 6, 7, 8])
    #expect(without.entries.suffix(4).allSatisfy { $0.standing == .observer })
    let with = roster.branch(of: [MemberID(2), MemberID(3), MemberID(4)])
    #expect(with.voters.map(\.id.value) == [3] && with.entries.first?.standing == .learner)
    #expect(roster.branch(of: []).entries.isEmpty)
  }
}
