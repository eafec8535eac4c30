/// What counts in quorums.
package enum Standing: UInt8, Sendable, Comparable {
  /// Catching up: receives, neither counts nor publishes.
  case learner = 1
  /// Caught up: publishes, holds and serves the log, does not count.
  case observer = 2
  /// Counts in quorums.
  case voter = 3

  package static func < (left: Standing, right: Standing) -> Bool { left.rawValue < right.rawValue }
}

/// What one may do.
package enum Role: UInt8, Sendable {
  /// Admits, kicks, adopts, publishes.
  case host = 1
  /// Publishes.
  case member = 2
  /// Reads.
  case spectator = 3
}
