package import SeloWire

/// A new term is promised; nobody is followed until it starts.
package struct Joining: Hashable, Sendable {
  package let next: Reign
  /// This peer's promise, re-sent unchanged.
  let signed: SignedJoinTerm
  let waiting: Waiting
  let attempt: Int
  let giveUp: Instant
  var nextWord: Instant
  /// The candidate's own business, when this peer is the one elected.
  var candidacy: Candidacy?
  /// What frames of a lower term said was agreed, when they were first heard after the promise.
  private(set) var goesOnSince: UInt64?
  private(set) var highestHeard: UInt64 = 0

  init(
    next: Reign, signed: SignedJoinTerm, waiting: Waiting, attempt: Int, giveUp: Instant, candidate: Bool,
    at now: Instant
  ) {
    self.next = next
    self.signed = signed
    self.waiting = waiting
    self.attempt = attempt
    self.giveUp = giveUp
    nextWord = now
    candidacy = candidate ? Candidacy() : nil
  }

  var deadline: Instant {
    [nextWord, giveUp, candidacy?.deadline].compactMap { $0 }.min() ?? nextWord
  }

  /// Notes that a lower term goes on agreeing without this peer.
  mutating func noticeAgreement(_ agreed: UInt64) {
    if goesOnSince == nil { goesOnSince = agreed }
    highestHeard = max(highestHeard, agreed)
  }

  /// What went on without an earlier promise goes on without this one, which is higher.
  mutating func remember(_ earlier: Joining) {
    goesOnSince = earlier.goesOnSince
    highestHeard = earlier.highestHeard
  }

  /// How many frames lower terms have agreed since the promise that a log up to `received` does not hold. Only these
  /// count: a quorum holds them, and nobody of it is outvoted by them, so that a quorum always stays.
  func outvoted(holding received: UInt64) -> UInt64 {
    guard let known = goesOnSince.map({ max($0, received) }), highestHeard > known else { return 0 }
    return highestHeard - known
  }
}

/// Since when a peer has waited for a term.
struct Waiting: Hashable, Sendable {
  /// From here on it held its last term for over, or heard of none.
  let stalled: Instant
  /// Here it promised the first of the terms that have not come since.
  let promised: Instant
}

/// What a candidate gathers: promises of a quorum, and the best log among them.
struct Candidacy: Hashable, Sendable {
  /// When the promises were a quorum for the first time.
  var quorumSince: Instant?
  var fetch: Fetch?
  /// Whose promised log did not come, or is none: without them, if the others are a quorum.
  var unheeded: [Member] = []

  var deadline: Instant? {
    fetch.map(\.deadline) ?? quorumSince.map { $0 + Timing.grace }
  }

  func heeded(of promises: [SignedJoinTerm]) -> [SignedJoinTerm] {
    promises.filter { !unheeded.contains($0.promise.member) }
  }
}

/// Frames on their way from one member, in order, invisible until they are complete (law 12).
struct Fetch: Hashable, Sendable {
  let next: Reign
  private(set) var source: Member
  /// The last frame before those fetched, with its hash.
  let base: UInt64
  private let baseChain: Bytes32
  let through: UInt64
  /// Hash of the frame `through`.
  private let goal: Bytes32
  private(set) var frames: [SignedFrame] = []
  private(set) var asked: Instant?
  /// The last frame that the newest request covers.
  private var askedThrough: UInt64 = 0
  /// Requests since the last frame came.
  private var tries = 0

  init(next: Reign, source: Member, base: UInt64, baseChain: Bytes32, through: UInt64, goal: Bytes32) {
    self.next = next
    self.source = source
    self.base = base
    self.baseChain = baseChain
    self.through = through
    self.goal = goal
  }

  var isComplete: Bool { base + UInt64(frames.count) == through }
  private var fitsBase: Bool { (frames.first?.frame.previous ?? goal) == baseChain }
  private var reachesGoal: Bool { isComplete && (frames.last?.hash ?? goal) == goal }
  /// Whether what came leads from the base to the goal.
  var leadsToGoal: Bool { reachesGoal && fitsBase }
  /// Whether what came leads to the goal, and from another frame than the base: that log has another one there.
  var contradictsBase: Bool { reachesGoal && !fitsBase }

  /// The same log, from an earlier frame on.
  func back(to base: UInt64, _ chain: Bytes32) -> Fetch {
    Fetch(next: next, source: source, base: base, baseChain: chain, through: through, goal: goal)
  }
  var deadline: Instant? { isComplete ? nil : asked.map { $0 + .milliseconds(20) } ?? .zero }

  /// Another member offers the same log: it is asked when the one before does not go on. What that one sent may be made
  /// up, and then nothing would ever follow on it, so all of it is asked for again.
  mutating func turn(to other: Member) {
    guard tries > 2, source != other else { return }
    self = Fetch(next: next, source: other, base: base, baseChain: baseChain, through: through, goal: goal)
  }

  /// Whether request after request stays without an answer.
  var isUnanswered: Bool { tries > 5 }

  /// The next request.
  mutating func ask(at now: Instant) -> Packet {
    asked = now
    tries += 1
    let first = base + UInt64(frames.count) + 1
    askedThrough = min(through, first + UInt64(Limits.repairFrames) - 1)
    return .fetch(next: next, first: first, through: askedThrough)
  }

  /// Everything that was asked for has come, and more is missing.
  var wantsMore: Bool { !isComplete && base + UInt64(frames.count) >= askedThrough }

  /// Takes the frames that continue what is here; returns whether any did. The first may follow another frame than the
  /// base: whether it does is judged when all have come, for only then it is known whose frames they are.
  mutating func take(_ arrived: [SignedFrame]) -> Bool {
    let before = frames.count
    for frame in arrived where !isComplete {
      guard frame.sequence == base + UInt64(frames.count) + 1 else { continue }
      if let last = frames.last, frame.frame.previous != last.hash { continue }
      frames.append(frame)
    }
    if frames.count > before { tries = 0 }
    return frames.count > before
  }
}
