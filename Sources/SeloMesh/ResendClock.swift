import SeloWire

/// When an envelope that the log does not hold is sent again: smoothed time from sending to the log plus four
/// deviations, half as much again after each repetition. Only what was sent once is measured: of a repeated one nobody
/// knows which copy came (RFC 6298; Karn and Partridge 1987). Where the reflector is slow, copies would make it slower.
struct ResendClock: Hashable, Sendable {
  // Nanoseconds; zero before the first measurement.
  private var smoothed: UInt64 = 0
  private var deviation: UInt64 = 0
  private var repetitions = 0

  private static let least: UInt64 = 20_000_000
  private static let most: UInt64 = 1_000_000_000

  var patience: Delay {
    var patience = min(max(Self.least, smoothed + 4 * deviation), Self.most)
    for _ in 0..<repetitions where patience < Self.most { patience += patience / 2 }
    return Delay(nanoseconds: min(patience, Self.most))
  }

  mutating func repeated() {
    repetitions = min(repetitions + 1, 16)
  }

  /// An envelope that was sent once has come into the log.
  mutating func arrived(after time: Delay) {
    let time = min(time.nanoseconds, Self.most)
    if smoothed == 0 {
      smoothed = time
      deviation = time / 2
    } else {
      let error = time > smoothed ? time - smoothed : smoothed - time
      deviation = deviation - deviation / 4 + error / 4
      smoothed = smoothed - smoothed / 8 + time / 8
    }
    repetitions = 0
  }

  /// Another reflector: what was waited for in vain says nothing about it.
  mutating func restart() {
    repetitions = 0
  }
}
