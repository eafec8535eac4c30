/// What a session does when a part of it is cut off from the rest; part of its charter.
package enum Policy: UInt8, Hashable, Sendable, CaseIterable {
  /// Goes on, if need be as a branch. The default: on a LAN a killed process is far likelier than a split.
  case available = 1
  /// Goes on only with a quorum, else halts and says so.
  case majority = 2
}
