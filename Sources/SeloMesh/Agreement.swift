package import SeloWire

/// Quorum arithmetic, pure (PROTOCOL section 2).
package enum Agreement {
  /// More than half of the voters, or exactly half with the oldest among them.
  package static func isQuorum(_ roster: Roster, halfCounts: Bool = true, holds: (Member) -> Bool) -> Bool {
    let voters = roster.voters
    let holders = voters.count(where: holds)
    if 2 * holders > voters.count { return true }
    guard halfCounts, let oldest = voters.first, 2 * holders == voters.count else { return false }
    return holds(oldest)
  }

  /// A quorum of each: while a roster change is not agreed, of the old roster and of the new.
  package static func isQuorum(_ rosters: [Roster], halfCounts: Bool = true, holds: (Member) -> Bool) -> Bool {
    !rosters.isEmpty && rosters.allSatisfy { isQuorum($0, halfCounts: halfCounts, holds: holds) }
  }

  /// The highest frame that quorums of all rosters hold. O(voters log voters); each voter is asked once.
  package static func agreed(
    _ rosters: [Roster], halfCounts: (Roster) -> Bool, held: (Member) -> UInt64
  ) -> UInt64 {
    var least: UInt64?
    for roster in rosters {
      let level = agreed(roster.voters.map(held), halfCounts: halfCounts(roster))
      least = min(least ?? level, level)
    }
    return least ?? 0
  }

  /// The same for the voters of one roster, of whom the oldest comes first.
  private static func agreed(_ levels: [UInt64], halfCounts: Bool) -> UInt64 {
    guard let oldest = levels.first else { return 0 }
    let highestFirst = levels.sorted(by: >)
    let half = levels.count / 2
    // What half of them hold reaches further than what more than half do, and counts only with the oldest among them.
    let byHalf = half > 0 && 2 * half == levels.count ? highestFirst[half - 1] : 0
    return halfCounts && oldest >= byHalf ? max(byHalf, highestFirst[half]) : highestFirst[half]
  }

  /// The highest frame that every voter of every roster holds.
  package static func heldByAll(_ rosters: [Roster], held: (Member) -> UInt64) -> UInt64 {
    rosters.map { $0.voters.map(held).min() ?? 0 }.min() ?? 0
  }
}
