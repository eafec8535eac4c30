import SeloWire

/// The clock of a machine: it begins anywhere, goes a little fast or slow, and may jump forward, as after a sleep in
/// which nothing else stopped. It never goes back.
struct SimulatedClock: Sendable {
  /// Where the present pace began: the true instant, and what the clock showed.
  private var trueStart: Instant
  private var ownStart: Instant
  /// Parts per million that the clock is fast.
  private let drift: Int64

  init(showing reading: Instant, at now: Instant, drift: Int64) {
    assert(drift.magnitude < 1_000_000, "a clock goes forward")
    trueStart = now
    ownStart = reading
    self.drift = drift
  }

  /// What the clock shows.
  func reading(at now: Instant) -> Instant {
    if drift == 0 { return ownStart + now.since(trueStart) }
    let elapsed = Int64(clamping: now.since(trueStart).nanoseconds)
    return ownStart + Delay(nanoseconds: UInt64(elapsed + elapsed * drift / 1_000_000))
  }

  /// The first instant at which the clock shows `reading` or more.
  func instant(of reading: Instant) -> Instant {
    let wanted = reading.since(ownStart)
    if drift == 0 { return trueStart + wanted }
    // A hundred days are as good as for ever.
    let product = min(wanted.nanoseconds, 10_000_000_000_000_000).multipliedFullWidth(by: 1_000_000)
    let quotient = UInt64(1_000_000 + drift).dividingFullWidth(product).quotient
    var instant = trueStart + Delay(nanoseconds: quotient)
    while self.reading(at: instant) < reading, quotient < 1_000_000_000_000_000 { instant = instant + .nanoseconds(1) }
    return instant
  }

  mutating func jump(by delay: Delay, at now: Instant) {
    ownStart = reading(at: now) + delay
    trueStart = now
  }
}
