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

  /// The highest frame that quorums of all rosters hold. O(voters²) for a handful of voters.
  package static func agreed(
    _ rosters: [Roster], halfCounts: (Roster) -> Bool, held: (Member) -> UInt64
  ) -> UInt64 {
    rosters.map { roster in
      let counts = halfCounts(roster)
      let levels = roster.voters.map(held)
      return levels.filter { level in isQuorum(roster, halfCounts: counts) { held($0) >= level } }.max() ?? 0
    }.min() ?? 0
  }

  /// The highest frame that every voter of every roster holds.
  package static func heldByAll(_ rosters: [Roster], held: (Member) -> UInt64) -> UInt64 {
    rosters.map { $0.voters.map(held).min() ?? 0 }.min() ?? 0
  }
}
