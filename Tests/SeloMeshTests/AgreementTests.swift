import SeloMesh
import SeloTestKit
import SeloWire
import Testing

/// Quorum arithmetic tried exhaustively, against twins that are as dumb as can be.
@Suite struct AgreementTests {
  @Test(arguments: 1...7)
  func aQuorumIsMoreThanHalfOrHalfWithTheOldest(count: Int) {
    let roster = Roster.fixture(voters: count)
    for set in 0..<(1 << count) {
      let holds = { (member: Member) in set & (1 << (Int(member.id.value) - 1)) != 0 }
      let size = set.nonzeroBitCount
      #expect(Agreement.isQuorum(roster, holds: holds) == (2 * size > count || 2 * size == count && set & 1 == 1))
      #expect(Agreement.isQuorum(roster, halfCounts: false, holds: holds) == (2 * size > count))
    }
  }

  /// What all of agreement rests on: two quorums have a member in common.
  @Test(arguments: 1...7)
  func twoQuorumsShareAMember(count: Int) {
    let roster = Roster.fixture(voters: count)
    func isQuorum(_ set: Int) -> Bool {
      Agreement.isQuorum(roster) { set & (1 << (Int($0.id.value) - 1)) != 0 }
    }
    let quorums = (0..<(1 << count)).filter(isQuorum)
    for (index, left) in quorums.enumerated() {
      for right in quorums[index...] { #expect(left & right != 0) }
    }
  }

  /// The highest level such that a quorum of every roster is at or above it: counted downwards, one by one.
  @Test(arguments: 1...5)
  func agreedIsTheHighestLevelOfAQuorum(count: Int) {
    let rosters = [Roster.fixture(voters: count), Roster.fixture(voters: max(1, count - 1), from: 2)]
    let levels = 4
    var cases = 1
    for _ in 0...count { cases *= levels }
    for number in 0..<cases {
      let held = { (member: Member) -> UInt64 in
        var digits = number
        for _ in 1..<Int(member.id.value) { digits /= levels }
        return UInt64(digits % levels)
      }
      var twin: UInt64 = 3
      while twin > 0, !Agreement.isQuorum(rosters, holds: { held($0) >= twin }) { twin -= 1 }
      #expect(Agreement.agreed(rosters, halfCounts: { _ in true }, held: held) == twin)
      let lowest = rosters.flatMap(\.voters).map(held).min() ?? 0
      #expect(Agreement.heldByAll(rosters, held: held) == lowest)
    }
  }

  @Test func noRosterHasNoQuorum() {
    #expect(!Agreement.isQuorum([], holds: { _ in true }))
    #expect(!Agreement.isQuorum(Roster.empty, holds: { _ in true }))
  }
}
