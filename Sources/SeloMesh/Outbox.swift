import SeloWire

/// Own messages that are not final yet, in order of their author sequence (PROTOCOL section 3).
///
/// Envelopes are re-sent byte for byte until the log holds them, and re-signed only in a new lineage. No more are under
/// way than a reflector holds ahead of a gap: what is published meanwhile waits, and travels in fewer envelopes.
package struct Outbox: Hashable, Sendable {
  private struct Entry: Hashable, Sendable {
    var signed: SignedEnvelope
    /// When it was sent last; nil when this reign's reflector has not been sent it.
    var sent: Instant?
    var isRepeated = false
  }

  /// Author sequence of the newest message taken.
  package private(set) var last: UInt64
  // Messages taken and not yet in an envelope.
  private var fresh: [[UInt8]] = []
  private var entries: [Entry] = []
  private var clock = ResendClock()
  // The newest message that was measured on its way into the log.
  private var measured: UInt64 = 0
  // What was sent before waited behind one that was sent again: how long it took tells nothing.
  private var clearSince = Instant.zero
  // When more can be sent than fitted into one go.
  private var goes = Instant.zero
  /// Messages and bytes kept.
  package private(set) var count = 0
  private var bytes = 0

  package init(last: UInt64 = 0) {
    self.last = last
  }

  package var hasFresh: Bool { !fresh.isEmpty }

  package func hasRoom(for message: [UInt8]) -> Bool {
    count < Limits.outboxMessages && bytes + message.count <= Limits.outboxBytes
  }

  /// Takes a message and numbers it; nil when too much is under way.
  mutating func take(_ message: [UInt8]) -> UInt64? {
    guard hasRoom(for: message) else { return nil }
    fresh.append(message)
    count += 1
    bytes += message.count
    last += 1
    return last
  }

  /// Whether another envelope may be under way; `logged` is the author's last message in the log.
  func hasWindow(logged: UInt64) -> Bool {
    entries.count - firstAbove(logged) < Limits.envelopesAhead && entries.last.map { $0.sent != nil } ?? true
  }

  /// Puts fresh messages into signed envelopes and returns them: one a flush, more when they exceed one's size, and
  /// none beyond the window.
  mutating func seal(
    author: Author, lineage: LineageID, agreed: UInt64, chain: Bytes32, logged: UInt64,
    _ moment: Moment<some Notary>
  ) -> [SignedEnvelope] {
    var sealed: [SignedEnvelope] = []
    var first = last - UInt64(fresh.count) + 1
    while !fresh.isEmpty, hasWindow(logged: logged) {
      var size = 0
      var taken = 0
      while taken < min(fresh.count, Limits.envelopeMessages) {
        size += Envelope.size(of: fresh[taken])
        if size > Limits.envelopeBytes { break }
        taken += 1
      }
      let envelope = Envelope(
        author: author, lineage: lineage, first: first, agreed: agreed, agreedChain: chain,
        messages: Array(fresh[..<taken]))
      let signed = SignedEnvelope(envelope, session: moment.session, notary: moment.notary)
      entries.append(Entry(signed: signed, sent: moment.now))
      sealed.append(signed)
      fresh.removeFirst(taken)
      first += UInt64(taken)
    }
    return sealed
  }

  /// When the first envelope that the log does not hold is to be sent again, or more of them for the first time.
  func deadline(logged: UInt64) -> Instant? {
    let window = window(logged: logged)
    guard let first = window.first, let last = window.last else { return nil }
    guard entries[last].sent != nil, let sent = entries[first].sent else { return goes }
    return sent + clock.patience
  }

  /// What may be under way.
  private func window(logged: UInt64) -> Range<Int> {
    let first = firstAbove(logged)
    return first..<min(entries.count, first + Limits.envelopesAhead)
  }

  /// The first entry with a message above `logged`. O(log entries).
  private func firstAbove(_ logged: UInt64) -> Int {
    var low = 0
    var high = entries.count
    while low < high {
      let middle = (low + high) / 2
      if entries[middle].signed.envelope.last <= logged { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Envelopes of the window that have waited long enough, or all of them; in order, at most 32 KiB at a time.
  mutating func due(logged: UInt64, all: Bool, at now: Instant) -> [SignedEnvelope] {
    if all { forgetSent(above: logged) }
    guard let deadline = deadline(logged: logged), deadline <= now else { return [] }
    let patience = clock.patience
    var found: [SignedEnvelope] = []
    var (size, isRepetition) = (0, false)
    for index in window(logged: logged) where entries[index].sent.map({ $0 + patience <= now }) ?? true {
      size += entries[index].signed.encodedSize
      if size > Limits.envelopeBytes, !found.isEmpty {
        goes = now + Limits.frameSpacing
        break
      }
      if entries[index].sent != nil {
        entries[index].isRepeated = true
        isRepetition = true
      }
      entries[index].sent = now
      found.append(entries[index].signed)
    }
    if isRepetition { clock.repeated() }
    return found
  }

  /// Another reflector, which knows only what is in the log.
  private mutating func forgetSent(above logged: UInt64) {
    for index in firstAbove(logged)..<entries.count {
      entries[index].sent = nil
      entries[index].isRepeated = false
    }
    clock.restart()
  }

  /// The log holds own messages up to `logged`, since `now`; nil when that is not known.
  mutating func noteLogged(through logged: UInt64, at now: Instant?) {
    guard logged > measured else { return }
    let came = firstAbove(measured)..<firstAbove(logged)
    measured = logged
    guard let now else { return }
    for index in came {
      if entries[index].isRepeated { clearSince = now }
      if let sent = entries[index].sent, sent >= clearSince { clock.arrived(after: now.since(sent)) }
    }
  }

  /// Signs what the log does not hold anew, for another lineage.
  mutating func resign(for lineage: LineageID, agreed: UInt64, chain: Bytes32, _ moment: Moment<some Notary>) {
    for index in entries.indices where entries[index].signed.envelope.lineage != lineage {
      let old = entries[index].signed.envelope
      let envelope = Envelope(
        author: old.author, lineage: lineage, first: old.first, agreed: agreed, agreedChain: chain,
        messages: old.messages)
      entries[index].signed = SignedEnvelope(envelope, session: moment.session, notary: moment.notary)
    }
  }

  /// Lets go of messages up to `settled`, an author sequence that is final.
  mutating func settle(_ settled: UInt64) {
    guard let first = entries.first, first.signed.envelope.last <= settled else { return }
    let done = entries.prefix { $0.signed.envelope.last <= settled }
    for entry in done {
      count -= entry.signed.envelope.messages.count
      bytes -= entry.signed.envelope.messages.reduce(0) { $0 + $1.count }
    }
    entries.removeFirst(done.count)
  }

  /// Messages above `logged`, oldest first: what a return under a new author has to publish again.
  package func unordered(logged: UInt64) -> [[UInt8]] {
    var messages: [[UInt8]] = []
    for entry in entries[firstAbove(logged)...] { messages += entry.signed.envelope.messages }
    return messages + fresh
  }
}
