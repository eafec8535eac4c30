import SeloWire

/// When to ask for missing frames: 1 ms after the gap showed, or at once when two later frames came; then after
/// 2, 4, 8 … 50 ms, but not before an answer can be here, and not while one is coming in.
///
/// On a machine that can hardly follow, questions that overtake their answers are answered all the same, each with up
/// to 64 frames, and reading those leaves less time for what is new.
struct RepairClock: Hashable, Sendable {
  /// Since the last progress.
  private(set) var tries = 0
  private var next: Instant?
  private var firstAsked: Instant?
  /// The last frame of the latest questions, and of the first of them.
  private var askedThrough: UInt64 = 0
  private var firstGapEnd: UInt64 = 0
  /// What was sent after the answer has come: what lacks of the answer was lost.
  private var isAnswered = false
  /// Smoothed time from a question to progress.
  private var answer = Delay.zero

  var due: Instant? { next }

  /// Frames arrived, or news of frames: `isBehind` says that there are more than those ahead of a gap show.
  mutating func notice(_ ahead: Ahead, received: UInt64, isBehind: Bool, at now: Instant) {
    guard !ahead.frames.isEmpty || isBehind else { return rest() }
    // What was asked for is coming in, unless a later part of it is here already, or what was sent afterwards.
    let isLost = received < firstGapEnd && ahead.first.map { $0.value.sequence <= firstGapEnd } ?? false
    let isComing = received < askedThrough && !isAnswered && !isLost
    let patience: Delay =
      if isComing { max(.milliseconds(10), answer) } else { ahead.frames.count >= 2 ? .zero : .milliseconds(1) }
    let wanted = now + patience
    // Only progress puts a question off.
    next = tries == 0 ? next.map { min($0, wanted) } ?? wanted : next
  }

  mutating func progressed(at now: Instant) {
    if let firstAsked {
      // Of several questions nobody knows which was answered: the first one tells how much is lost rather than how long
      // it takes, the last one too little. So it is said of the one in the middle.
      let taken = now.since(firstAsked).nanoseconds
      let middle = taken / 2 + taken / UInt64(2 * tries)
      answer = Delay(nanoseconds: answer.nanoseconds / 2 + min(middle, Limits.repairAnswer.nanoseconds) / 2)
    }
    tries = 0
    next = nil
    firstAsked = nil
  }

  mutating func asked(_ gaps: [ClosedRange<UInt64>], at now: Instant) {
    tries += 1
    firstAsked = firstAsked ?? now
    askedThrough = gaps.last?.upperBound ?? 0
    firstGapEnd = gaps.first?.upperBound ?? 0
    isAnswered = false
    next = now + max(min(.milliseconds(1) * (1 << UInt64(min(tries, 6))), .milliseconds(50)), answer)
  }

  /// A frame came. All of an answer leaves at once: a newer frame that is read after a part of it was sent after it.
  mutating func heard(_ sequence: UInt64) {
    if tries == 0, sequence > askedThrough { isAnswered = true }
  }

  private mutating func rest() {
    tries = 0
    next = nil
    firstAsked = nil
    askedThrough = 0
    firstGapEnd = 0
    isAnswered = false
  }
}
