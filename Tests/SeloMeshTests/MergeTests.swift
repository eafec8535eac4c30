import SeloMesh
import SeloTestKit
import SeloWire
import Testing

/// Lineages that part and meet again: PROTOCOL section 8, scenarios 13 to 16, 26, 39, 40 and 42.
@Suite struct MergeTests {
  /// Cuts the session into the given parts, by the peers' indices.
  private func cut(_ session: inout MeshHarness, into parts: [[Int]]) {
    session.weather.cut = parts.flatMap { part in
      parts.filter { $0 != part }.flatMap { other in
        part.flatMap { one in other.map { Weather.Link(one, $0) } }
      }
    }
  }

  private func heal(_ session: inout MeshHarness) {
    session.weather.cut = []
    session.meeting = session.now
    session.run(for: .seconds(4))
  }

  /// Lineages of those who are members, each once.
  private func lineages(_ session: MeshHarness) -> Set<LineageID> {
    Set(session.peers.filter(\.isMember).map(\.mesh.promise.lineage))
  }

  private func trunk(_ session: MeshHarness) -> LineageID { LineageID(session.session.bytes) }

  /// What the log of a lineage holds, as somebody heard it who was there from the beginning.
  private func heard(_ session: MeshHarness, in lineage: LineageID) -> [String] {
    session.peers.first { $0.isMember && $0.hasHeardAll && $0.mesh.promise.lineage == lineage }?.heard ?? []
  }

  @Test func aMinorityThatHadTheReflectorReturnsWithItsMessages() {
    var session = MeshHarness.session(of: 5)
    cut(&session, into: [[0, 1], [2, 3, 4]])
    session.run(for: .seconds(7))
    #expect(lineages(session).count == 2)
    session.publish("said on the branch", by: 0)
    session.publish("said on the trunk", by: 3)
    session.run(for: .milliseconds(300))
    heal(&session)
    #expect(session.laws.violations == [])
    #expect(lineages(session) == [trunk(session)])
    let counts = session.peers.filter(\.isMember).map(\.mesh.roster.entries.count)
    #expect(counts == [5, 5, 5, 5, 5])
    // d stayed on the trunk and knows what was published since it joined.
    let known = session.peers[3].heard
    #expect(known.filter { $0 == "said on the branch" }.count == 1)
    #expect(known.filter { $0 == "said on the trunk" }.count == 1)
  }

  @Test func threePartsWithoutAQuorumBecomeOne() {
    var session = MeshHarness.session(of: 5)
    cut(&session, into: [[0, 3], [1, 2], [4]])
    session.run(for: .seconds(7))
    #expect(lineages(session).count == 3)
    for index in 0..<5 { session.publish("m\(index)", by: index) }
    session.run(for: .milliseconds(300))
    heal(&session)
    #expect(session.laws.violations == [])
    #expect(lineages(session).count == 1)
    // Two voters each: the branch with the older of the oldest wins.
    let lineage = session.peers[0].mesh.promise.lineage
    #expect(session.peers[0].isMember)
    #expect(heard(session, in: lineage).sorted() == ["m0", "m1", "m2", "m3", "m4"])
  }

  @Test func ofTwoHalvesTheOneWithTheOldestIsTheTrunk() {
    var session = MeshHarness.session(of: 4)
    cut(&session, into: [[0, 3], [1, 2]])
    session.run(for: .seconds(7))
    #expect(session.peers[0].mesh.promise.lineage == trunk(session))
    #expect(session.peers[1].mesh.promise.lineage != trunk(session))
    heal(&session)
    #expect(lineages(session) == [trunk(session)])
    #expect(session.laws.violations == [])
  }

  @Test func whatIsFinalStaysThroughAMerge() {
    var session = MeshHarness.session(of: 3)
    session.publish("final", by: 2)
    session.run(for: .milliseconds(100))
    let final = session.peers[2].mesh.final
    cut(&session, into: [[0, 1], [2]])
    session.run(for: .seconds(7))
    session.publish("on the branch", by: 2)
    session.run(for: .milliseconds(300))
    let onBranch = session.peers[2].mesh.final
    #expect(onBranch <= session.peers[2].mesh.log.head.ancestry.cut ?? 0 && onBranch >= final)
    heal(&session)
    let known = session.peers[1].heard
    #expect(known.filter { $0 == "final" }.count == 1 && known.filter { $0 == "on the branch" }.count == 1)
  }

  @Test func anEvictedPeerWithATailOfItsOwnComesBack() {
    var session = MeshHarness.session(of: 4)
    cut(&session, into: [[0, 1, 2], [3]])
    session.run(for: .seconds(2))
    for number in 0..<20 {
      session.publish("tail \(number)", by: 3)
      session.run(for: .milliseconds(50))
    }
    // Beyond ten seconds the others have dropped it.
    session.run(for: .seconds(10))
    let left = session.peers[0].mesh.roster.entries.count
    #expect(left == 3)
    heal(&session)
    #expect(lineages(session) == [trunk(session)])
    let known = session.peers[1].heard.filter { $0.hasPrefix("tail") }
    #expect(known == (0..<20).map { "tail \($0)" })
  }

  @Test func aThirdLineageThatAppearsDuringAMergeJoinsIn() {
    var session = MeshHarness.session(of: 5)
    cut(&session, into: [[0, 3], [1, 2], [4]])
    session.run(for: .seconds(7))
    // First the two smaller ones meet, then the best comes along while they merge.
    cut(&session, into: [[0, 3], [1, 2, 4]])
    session.meeting = session.now
    session.run(for: .milliseconds(60))
    heal(&session)
    #expect(lineages(session).count == 1)
    #expect(session.laws.violations == [])
  }

  @Test func theWinnerDiesDuringAMerge() {
    var session = MeshHarness.session(of: 5)
    cut(&session, into: [[0, 1], [2, 3, 4]])
    session.run(for: .seconds(7))
    session.weather.cut = []
    session.meeting = session.now
    session.run(for: .milliseconds(30))
    let winner = session.peers.firstIndex {
      $0.isMember && $0.mesh.isReflector && $0.mesh.promise.lineage == trunk(session)
    }
    if let winner { session.crash(winner) }
    session.run(for: .seconds(4))
    #expect(winner != nil)
    #expect(lineages(session).count == 1)
    #expect(session.laws.violations == [])
  }
}

@Suite struct RankingTests {
  private static let trunk = LineageID(Bytes16([1]))

  private func branching(
    _ name: UInt8, version: UInt64 = 3, voters: UInt32 = 2, oldest: UInt32 = 2, cut: UInt64 = 40
  ) -> Branching {
    Branching(
      lineage: LineageID(Bytes16([name])), version: version, voters: voters, oldest: MemberID(oldest),
      term: Reign.fixture().term, cut: cut)
  }

  private func claim(
    _ branches: [Branching], root: LineageID = Self.trunk, generation: UInt32 = 0, session: SessionID = .fixture,
    messages: Bool = true
  ) -> LineageClaim {
    LineageClaim(session: session, root: root, generation: generation, branches: branches, hasMessages: messages)
  }

  @Test func twoSidesAlwaysAnswerOpposite() {
    var claims = [claim([])]
    for name in 2..<6 as Range<UInt8> {
      for voters in 0..<3 as Range<UInt32> {
        let first = branching(
          name &* 16 &+ UInt8(voters), version: UInt64(name % 3), voters: voters, oldest: UInt32(name))
        claims.append(claim([first]))
        claims.append(claim([first, branching(name &* 16 &+ 8 &+ UInt8(voters), cut: 60)]))
      }
    }
    for one in claims {
      for other in claims {
        let answers = (one.ranking(against: other), other.ranking(against: one))
        #expect(answers == (.same, .same) || answers == (.wins, .loses) || answers == (.loses, .wins))
      }
    }
    // No cycle: whoever loses to one that loses to a third loses to the third.
    for one in claims {
      for other in claims where one.ranking(against: other) == .loses {
        for third in claims where other.ranking(against: third) == .loses {
          #expect(one.ranking(against: third) == .loses)
        }
      }
    }
  }

  /// Deeper than what is named: whoever comes after beats nobody that it came from, whatever its facts say.
  @Test func aSessionBranchesAsOftenAsItMust() {
    var session = MeshHarness.session(of: 2)
    var (last, claims) = (1, [session.peers[1].mesh.claim])
    session.crash(0)
    for number in 0..<Limits.branchDepth + 3 {
      session.run(for: .seconds(5))
      #expect(session.peers[last].mesh.isReflector)
      claims.append(session.peers[last].mesh.claim)
      session.join("next \(number)")
      session.run(for: .seconds(1))
      // It lives on alone with what it has fetched.
      session.crash(last)
      last = session.peers.count - 1
    }
    session.run(for: .seconds(5))
    claims.append(session.peers[last].mesh.claim)
    let agreed = session.peers[last].mesh.agreed
    session.run(for: .seconds(1))
    #expect(session.peers[last].mesh.agreed > agreed)
    #expect(session.laws.violations == [])
    #expect(Set(claims.map(\.lineage)).count == Limits.branchDepth + 5)
    #expect(claims.last?.branches.last?.unnamed == 4)
    for (place, one) in claims.enumerated() {
      for later in claims[(place + 1)...] {
        #expect(one.ranking(against: later) == .wins)
        #expect(later.ranking(against: one) == .loses)
      }
    }
  }

  @Test func theFactsCountInTheirOrder() {
    let base = claim([branching(2)])
    #expect(claim([]).ranking(against: base) == .wins)
    #expect(claim([branching(3, version: 4, voters: 1)]).ranking(against: base) == .wins)
    #expect(claim([branching(3, version: 9, voters: 0)]).ranking(against: base) == .loses)
    #expect(claim([branching(3, voters: 3, oldest: 9)]).ranking(against: base) == .wins)
    #expect(claim([branching(3, oldest: 1, cut: 1)]).ranking(against: base) == .wins)
    // Not the longer log: only what was settled when it parted.
    #expect(claim([branching(3, cut: 41)]).ranking(against: base) == .wins)
    #expect(base.ranking(against: claim([branching(2), branching(5)])) == .wins)
  }

  @Test func adoptedBranchesAndTrunksAreRivals() {
    let adopted = claim([], root: LineageID(Bytes16([2])), generation: 1)
    #expect(adopted.ranking(against: claim([])) == .rival)
    #expect(claim([]).ranking(against: adopted) == .rival)
    #expect(claim([], root: LineageID(Bytes16([7])), generation: 1).ranking(against: adopted) == .rival)
    // A branch of the old trunk has nothing final of its own and gives way, also to a branch of the new one.
    #expect(claim([branching(3)]).ranking(against: adopted) == .loses)
    let child = claim([branching(4)], root: LineageID(Bytes16([2])), generation: 1)
    #expect(claim([branching(3)]).ranking(against: child) == .loses)
    #expect(claim([]).ranking(against: child) == .rival)
    // One who has not heard of the adoption yet is in the same lineage, or in a branch of it.
    #expect(claim([branching(2)]).ranking(against: adopted) == .same)
    #expect(claim([branching(2), branching(3)]).ranking(against: adopted) == .loses)
  }

  @Test func twoFoundingsMeet() {
    let other = SessionID(Bytes16([9]))
    #expect(claim([]).ranking(against: claim([], session: other)) == .rival)
    #expect(claim([], messages: false).ranking(against: claim([], session: other)) == .loses)
    #expect(claim([]).ranking(against: claim([], session: other, messages: false)) == .wins)
    let (one, two) = (claim([], messages: false), claim([], session: other, messages: false))
    #expect(one.ranking(against: two) == .wins && two.ranking(against: one) == .loses)
  }

  @Test func claimsComeBackFromTheirBytes() throws {
    let claim = claim([branching(2), branching(3, voters: 0)])
    var writer = ByteWriter()
    claim.write(to: &writer)
    #expect(writer.bytes.count <= Limits.headBytes)
    var reader = ByteReader(writer.bytes)
    #expect(try LineageClaim(reading: &reader) == claim)
    try reader.finish()
    let deepest = LineageClaim(
      session: .fixture, root: Self.trunk, generation: 0,
      branches: (0..<Limits.branchDepth).map { branching(UInt8($0)) },
      hasMessages: true)
    var room = ByteWriter()
    deepest.write(to: &room)
    #expect(room.bytes.count <= Limits.headBytes)
  }
}
