package import SeloWire

/// Compares the advance of virtual time, which follows a reflector's clock, with this peer's own clock, over up to ten
/// seconds of frames without a gap (PROTOCOL section 5).
///
/// The clocks of two honest machines differ by far less; a simulation makes them 5 % wrong each, which is 1.05 s in ten
/// seconds, and starved peers notice frames 0.4 s late. So the limit is above both together.
package struct ClockWatch: Hashable, Sendable {
  static let window = Delay.seconds(10)
  static let limit = Delay.milliseconds(1_500)
  /// After a gap what waited in buffers comes in a burst: time seen then says nothing.
  static let settling = Delay.seconds(2)
  /// Between two accusations: whoever is wrong, a session does not change its reflector again and again for it.
  static let rest = Delay.seconds(60)

  private struct Mark: Hashable, Sendable {
    let own: Instant
    let time: VirtualTime
  }

  /// One a second, oldest first, none older than the window.
  private var marks: [Mark] = []
  private var reign: Reign?
  private var last: Instant?
  private var settled = Instant.zero
  private var rested = Instant.zero

  package init() {}

  /// Something is missing, or this peer itself was away: what was measured so far says nothing.
  package mutating func restart() {
    marks = []
    last = nil
  }

  /// The newest frame of `reign` shows `time`. Whether its reflector's clock is to be accused.
  package mutating func accuses(_ reign: Reign, showing time: VirtualTime, at now: Instant) -> Bool {
    // A stamp advances by no more than its limit: beyond it, time stands still and no clock is wrong.
    let isUnbroken = reign == self.reign && last.map { now.since($0) <= Limits.stampAdvance } ?? false
    self.reign = reign
    last = now
    if !isUnbroken {
      marks = []
      settled = now + Self.settling
    }
    guard now >= settled else { return false }
    marks.removeAll { now.since($0.own) > Self.window }
    if marks.last.map({ now.since($0.own) >= .seconds(1) }) ?? true { marks.append(Mark(own: now, time: time)) }
    guard now >= rested, let first = marks.first, Self.differs(first, from: Mark(own: now, time: time)) else {
      return false
    }
    rested = now + Self.rest
    return true
  }

  private static func differs(_ first: Mark, from last: Mark) -> Bool {
    let own = Int64(clamping: last.own.since(first.own).nanoseconds)
    let shown = last.time.nanoseconds - first.time.nanoseconds
    return (shown - own).magnitude > limit.nanoseconds
  }
}

extension Mesh {
  /// Measures a reflector's clock where nothing is missing. One with a vote accuses it for a while: if its own clock is
  /// the wrong one, nobody agrees.
  mutating func watchClock(of following: inout Following, _ moment: Moment<some Notary>) {
    guard following.ahead.frames.isEmpty, following.heardOf <= log.received,
      log.head.reign == following.reign
    else { return clockWatch.restart() }
    let isWrong = clockWatch.accuses(following.reign, showing: log.head.time, at: moment.now)
    if isWrong, isVoter, following.distrust == nil { following.distrust = .wrongClock }
  }

  /// Nobody else held the clock for wrong.
  func isAloneWithItsClock(_ suspecting: Suspecting, at now: Instant) -> Bool {
    suspecting.following.distrust == .wrongClock && now.since(suspecting.since) >= Timing.clockPatience
  }
}
