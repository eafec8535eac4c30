package import SeloWire

/// A request that leaves again, byte for byte, until it is answered: after 250 ms, 500 ms, 1 s, 2 s; five times in all.
package struct Retry: Equatable, Sendable {
  package enum Due: Equatable, Sendable {
    /// Nothing to do before the deadline.
    case later
    case again([UInt8])
    /// Five tries went unanswered.
    case never
  }

  private let request: [UInt8]
  private var tries = 1
  private var pause = Limits.firstRetry
  /// When the request leaves again or is given up.
  package private(set) var deadline: Instant

  /// The caller sends the request itself the first time.
  package init(_ request: [UInt8], at now: Instant) {
    self.request = request
    deadline = now + Limits.firstRetry
  }

  package mutating func due(at now: Instant) -> Due {
    guard now >= deadline else { return .later }
    guard tries < Limits.tries else { return .never }
    tries += 1
    pause = min(pause * 2, Limits.longestRetry)
    deadline = now + pause
    return .again(request)
  }
}
