import SeloWire

/// The reflector has been silent for too long. The word is given to all and taken back with the next frame.
package struct Suspecting: Hashable, Sendable {
  var following: Following
  let reason: SuspectReason
  let since: Instant
  var nextWord: Instant

  init(from following: Following, _ reason: SuspectReason, since: Instant? = nil, at now: Instant) {
    self.following = following
    self.reason = reason
    self.since = since ?? now
    nextWord = now
  }

  var deadline: Instant { nextWord }
}

extension Following {
  /// A frame came: nothing is suspected any more.
  init(from suspecting: Suspecting) {
    self = suspecting.following
  }
}
