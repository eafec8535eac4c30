package import SeloWire

/// What a host decides for all (PROTOCOL section 7). It counts once it stands in the log and is agreed.
package enum Decision: Hashable, Sendable {
  /// This identity is put out and may not come back.
  case kick(Identity)
  /// The session's tick period from here on.
  case tick(Delay)

  /// Whether a newer decision makes an older one void.
  func replaces(_ older: Decision) -> Bool {
    if case .tick = self, case .tick = older { return true }
    return self == older
  }
}

/// A decision of this peer's that does not stand in the agreed log yet. It is said again until it does, for who
/// reflects may change meanwhile; after some seconds it is given up.
package struct OpenDecision: Hashable, Sendable {
  package let decision: Decision
  let until: Instant
  var nextWord: Instant
}

/// What a follower knows of a host's wish to have the reflector out.
struct Unwanted: Hashable, Sendable {
  /// Since when it has been said without a pause.
  let since: Instant
  var newest: Instant

  /// Said once more.
  init(after earlier: Unwanted?, at now: Instant) {
    since = earlier.flatMap { $0.isMeant(at: now) ? $0.since : nil } ?? now
    newest = now
  }

  /// Whether it was said just now.
  func isMeant(at now: Instant) -> Bool { now.since(newest) < Timing.wishLife }
}
