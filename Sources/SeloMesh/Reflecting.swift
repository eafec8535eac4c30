package import SeloWire

/// Ordering and stamping for all (PROTOCOL section 3).
package struct Reflecting: Hashable, Sendable {
  package let reign: Reign
  /// Sequence of the first frame of this reign.
  package let started: UInt64
  var queue = EnvelopeQueue()
  /// When the newest frame was stamped; virtual time advances by the time since.
  var stamped: Instant
  /// When the next idle frame is due.
  var nextTick: Instant
  /// Nobody may have followed for a while: silence until a quorum has answered.
  var hailing: Hailing?
  var progressDue = false
  /// Since when everybody has been here who did not come along into this branch.
  var wholeSince: Instant?
  /// Strangers to be taken in.
  var joins: [RosterEntry] = []
  var wishes = Wishes()
  /// Identities to be put out.
  var kicks: [Identity] = []
  /// The tick period that the session shall have.
  var tickWanted: Delay?
  var ballots = Ballots()
  /// Verdicts and dissent, to be stamped.
  var findings: [Frame.Body] = []
  /// Recent frames: when they were sent, and how many bytes were sent up to their end.
  private(set) var sent: [SentAt] = []

  struct SentAt: Hashable, Sendable {
    let sequence: UInt64
    let at: Instant
    let bytes: UInt64
  }

  mutating func noteSent(_ frame: SignedFrame, at now: Instant) {
    let bytes = (sent.last?.bytes ?? 0) + UInt64(frame.encodedSize)
    sent.append(SentAt(sequence: frame.sequence, at: now, bytes: bytes))
    if sent.count > 2 * Limits.framesAhead { sent.removeFirst(Limits.framesAhead) }
  }

  func sent(_ sequence: UInt64) -> SentAt? {
    guard let first = sent.first?.sequence, sequence >= first, sequence - first < UInt64(sent.count) else { return nil }
    return sent[Int(sequence - first)]
  }

  /// Bytes of the frames above `sequence`, as far as they are of this reign and remembered.
  func bytes(above sequence: UInt64) -> UInt64 {
    (sent.last?.bytes ?? 0) - (sent(sequence)?.bytes ?? 0)
  }

  init(reign: Reign, started: UInt64, at now: Instant, stamped: Instant) {
    self.reign = reign
    self.started = started
    self.stamped = stamped
    nextTick = now
  }

  func deadline(canStamp: Bool) -> Instant {
    if let hailing { return hailing.nextWord }
    return canStamp && !queue.isEmpty ? min(nextTick, stamped + Limits.frameSpacing) : nextTick
  }
}

extension Mesh {
  /// Changes what only a reflector holds; nil when this peer is none. Meanwhile the phase lets go of it, so that long
  /// arrays are changed in place and not copied.
  @discardableResult
  mutating func changeReflecting<Result, Failure: Error>(
    _ change: (inout Reflecting) throws(Failure) -> Result
  ) throws(Failure) -> Result? {
    guard case .reflecting(var reflecting) = phase else { return nil }
    phase = .detached(.left)
    defer { phase = .reflecting(reflecting) }
    return try change(&reflecting)
  }
}

/// A reflector that asks whether it is still followed.
package struct Hailing: Hashable, Sendable {
  let since: Instant
  var nextWord: Instant
  var answered: [Member] = []

  init(since: Instant) {
    self.since = since
    nextWord = since
  }
}

/// Envelopes waiting to be stamped: FIFO for each author, without gap and without repetition.
struct EnvelopeQueue: Hashable, Sendable {
  private(set) var ready: [SignedEnvelope] = []
  /// Ahead of a gap, sorted by author and first.
  private var held: [SignedEnvelope] = []
  private var bytes = 0

  var isEmpty: Bool { ready.isEmpty }

  /// Whether every message of an envelope waits already.
  func holds(_ envelope: Envelope) -> Bool {
    envelope.last <= last(of: envelope.author) ?? 0
      || held.contains { $0.envelope.author == envelope.author && $0.envelope.first == envelope.first }
  }

  /// Author sequence of the newest message that can be stamped.
  private func last(of author: Author) -> UInt64? { ready.last { $0.envelope.author == author }?.envelope.last }

  /// Queues an envelope behind the author's last one in the log or the queue; throws why not.
  mutating func add(_ envelope: SignedEnvelope, logged: UInt64) throws(Rejection) {
    let author = envelope.envelope.author
    guard !holds(envelope.envelope) else { throw .duplicateEnvelope }
    let last = last(of: author) ?? logged
    guard envelope.envelope.last > last else { throw .duplicateEnvelope }
    guard bytes + envelope.encodedSize <= Limits.outboxBytes else { throw .queueFull }
    if envelope.envelope.first == last + 1 {
      push(envelope)
      drainHeld(of: author)
    } else {
      guard envelope.envelope.first > last else { throw .badAuthorSequence }
      let waiting = held.filter { $0.envelope.author == author }
      guard waiting.count < Limits.envelopesAhead else { throw .envelopeTooFarAhead }
      held.append(envelope)
      held.sort { ($0.envelope.author, $0.envelope.first) < ($1.envelope.author, $1.envelope.first) }
      bytes += envelope.encodedSize
    }
  }

  /// The envelopes of one frame. It travels as one datagram while the queue is short, because a frame of many fragments
  /// hardly arrives where much is lost; when the queue grows, frames grow with it up to their limit.
  mutating func take() -> [SignedEnvelope] {
    let room = bytes > Limits.calmQueueBytes ? Limits.frameBytes : Limits.loneFrameBytes
    var size = Frame.headerSize + 4
    var count = 0
    for envelope in ready.prefix(Limits.frameEnvelopes) {
      size += envelope.encodedSize
      if size > room, count > 0 { break }
      count += 1
    }
    let taken = ready.prefix(count)
    for envelope in taken { bytes -= envelope.encodedSize }
    ready.removeFirst(taken.count)
    return Array(taken)
  }

  /// Forgets envelopes of authors that may not publish (any more).
  mutating func keep(where mayPublish: (Author) -> Bool) {
    for envelope in ready + held where !mayPublish(envelope.envelope.author) { bytes -= envelope.encodedSize }
    ready.removeAll { !mayPublish($0.envelope.author) }
    held.removeAll { !mayPublish($0.envelope.author) }
  }

  private mutating func push(_ envelope: SignedEnvelope) {
    ready.append(envelope)
    bytes += envelope.encodedSize
  }

  private mutating func drainHeld(of author: Author) {
    while let last = last(of: author),
      let index = held.firstIndex(where: { $0.envelope.author == author && $0.envelope.first <= last + 1 })
    {
      let next = held.remove(at: index)
      bytes -= next.encodedSize
      if next.envelope.first == last + 1 { push(next) }
    }
  }
}
