import SeloWire

/// Which counters of a channel have been used: the newest, and a bit for each of the 2,048 before it.
///
/// RFC 6479, as in wireguard-go replay/replay.go: a ring of words, so that moving on clears whole words and shifts
/// none. One word more than the window is kept, because the oldest word is only partly inside it.
package struct ReplayWindow: Equatable, Sendable {
  private static let words = Limits.replayWindow / 64 + 1

  private var ring = [UInt64](repeating: 0, count: words)
  /// One above the newest counter taken; 0 while none was.
  private var end: UInt64 = 0

  package init() {}

  /// Whether a counter is fresh: newer than all, or within the window and unused. The last counter is never fresh.
  package func admits(_ counter: UInt64) -> Bool {
    if counter == .max { return false }
    if counter >= end { return true }
    if end - counter > UInt64(Limits.replayWindow) { return false }
    return ring[Self.word(counter)] & Self.bit(counter) == 0
  }

  /// Marks a counter as used; only after its datagram proved authentic. Does nothing for a counter that is not fresh.
  package mutating func take(_ counter: UInt64) {
    guard admits(counter) else { return }
    if counter >= end {
      clear(upTo: counter)
      end = counter + 1
    }
    ring[Self.word(counter)] |= Self.bit(counter)
  }

  /// Empties the words between the newest counter's and that of `counter`, which starts a new stretch.
  private mutating func clear(upTo counter: UInt64) {
    guard end > 0 else { return }
    let newest = (end - 1) / 64
    let steps = min(counter / 64 - newest, UInt64(Self.words))
    for step in 0..<steps { ring[Int((newest + 1 + step) % UInt64(Self.words))] = 0 }
  }

  private static func word(_ counter: UInt64) -> Int { Int((counter / 64) % UInt64(words)) }
  private static func bit(_ counter: UInt64) -> UInt64 { 1 << (counter % 64) }
}
