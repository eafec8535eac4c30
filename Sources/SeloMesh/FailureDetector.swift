package import SeloWire

/// How long silence of the reflector may last before it is suspected (PROTOCOL section 5).
///
///     T = clamp(max(3 ticks, mean + 4 deviations, 1.2 × longest gap of the last 10 s), 60 ms, max(500 ms, 4 ticks))
///         × (1 + own sluggishness)
package struct FailureDetector: Hashable, Sendable {
  /// The slowest tick period that the reflector may keep, as far as is known here.
  package var tick: Delay
  package private(set) var lastHeard: Instant
  // Moving averages in nanoseconds, weight 1/16 as in TCP's round-trip estimate.
  private var mean: UInt64
  private var deviation: UInt64 = 0
  // The longest gaps of this five-second bucket and of the one before.
  private var longest: UInt64 = 0
  private var longestBefore: UInt64 = 0
  private var bucketStart: Instant
  /// In 1/256: how late the own loop has been, in ticks.
  private var sluggishness: UInt64 = 0

  package init(tick: Delay, at now: Instant) {
    self.tick = tick
    lastHeard = now
    mean = tick.nanoseconds
    bucketStart = now
  }

  /// The silence limit T.
  package var limit: Delay { Delay(nanoseconds: silence.nanoseconds + silence.nanoseconds / 256 * sluggishness) }

  /// What T is on a machine that gives this peer its time.
  package var silence: Delay {
    let ticks = tick.nanoseconds
    let wanted = max(3 * ticks, mean + 4 * deviation, 6 * max(longest, longestBefore) / 5)
    return Delay(nanoseconds: min(max(wanted, 60_000_000), max(500_000_000, 4 * ticks)))
  }

  /// When the silence becomes a suspicion.
  package var suspicionTime: Instant { lastHeard + limit }

  /// When a closed port is asked about: after 1.25 ticks of silence.
  package var probeTime: Instant { lastHeard + Delay(nanoseconds: tick.nanoseconds * 5 / 4) }

  /// A fresh frame of the reflector arrived.
  package mutating func heard(at now: Instant) {
    let gap = now.since(lastHeard).nanoseconds
    let error = gap > mean ? gap - mean : mean - gap
    mean = mean - mean / 16 + gap / 16
    deviation = deviation - deviation / 16 + error / 16
    if now.since(bucketStart) > .seconds(5) {
      longestBefore = longest
      longest = 0
      bucketStart = now
    }
    // A gap beyond the ceiling of T was an outage, not a habit.
    if gap <= 500_000_000 { longest = max(longest, gap) }
    lastHeard = now
  }

  /// Forgets the silence so far: another reflector, or this peer itself was away.
  package mutating func restart(at now: Instant) {
    lastHeard = now
  }

  /// The own loop woke `late` after its deadline: its sense of silence is worth less. Decays by a quarter a second.
  package mutating func woke(late: Delay) {
    if late.nanoseconds > tick.nanoseconds / 2 {
      sluggishness = min(1_024, max(sluggishness, late.nanoseconds * 256 / max(tick.nanoseconds, 1)))
    } else if sluggishness > 0 {
      sluggishness -= max(1, sluggishness / 128)
    }
  }
}
