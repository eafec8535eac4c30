import SeloWire

/// How many bytes of fresh frames may be on their way to one receiver (PROTOCOL section 3). Who falls behind is not
/// waited for: it repairs.
package struct SendWindow: Hashable, Sendable {
  package private(set) var bytes = Limits.windowStart
  private var halved: Instant?
  /// When a fresh frame last left for this receiver.
  private(set) var lastSent: Instant?

  /// What was acknowledged makes room for as much again.
  mutating func grow(by acked: UInt64) {
    bytes = min(Limits.windowMost, bytes + acked)
  }

  /// Something was lost on the way: half, at most once in 100 ms.
  mutating func halve(at now: Instant) {
    if let halved, now.since(halved) < .milliseconds(100) { return }
    halved = now
    bytes = max(Limits.windowLeast, bytes / 2)
  }

  /// Whether a frame may leave when so much is unacknowledged. One a tick always may: it shows the receiver what it
  /// lacks, and that its reflector lives.
  mutating func admits(unacknowledged: UInt64, tick: Delay, at now: Instant) -> Bool {
    let isQuiet = lastSent.map { now.since($0) >= tick } ?? true
    guard unacknowledged <= bytes || isQuiet else { return false }
    lastSent = now
    return true
  }
}

/// Requests of one member within the current tenth of a second.
struct RequestCount: Hashable, Sendable {
  private var since = Instant.zero
  private var count = 0

  mutating func admits(at now: Instant) -> Bool {
    if now.since(since) >= .milliseconds(100) {
      since = now
      count = 0
    }
    count += 1
    return count <= Limits.repairsPerTenth
  }
}
