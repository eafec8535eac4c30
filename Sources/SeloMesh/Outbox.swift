import SeloWire

/// Own messages that are not final yet, in order of their author sequence (PROTOCOL section 11).
///
/// Envelopes are re-sent byte for byte until the log holds them, and re-signed only in a new lineage.
package struct Outbox: Hashable, Sendable {
  private struct Entry: Hashable, Sendable {
    var signed: SignedEnvelope
    var sent: Instant
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

  /// Puts fresh messages into signed envelopes and returns them: one a flush, more when they exceed one's size.
  mutating func seal(
    author: Author, lineage: LineageID, agreed: UInt64, chain: Bytes32, _ moment: Moment<some Notary>
  ) -> [SignedEnvelope] {
    var sealed: [SignedEnvelope] = []
    var first = last - UInt64(fresh.count) + 1
    while !fresh.isEmpty {
      var size = 0
      var taken = 0
      while taken < min(fresh.count, Limits.envelopeMessages) {
        size += fresh[taken].count
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

  /// When the first envelope that the log does not hold is to be sent again. `logged` is the author's last in the log.
  func deadline(logged: UInt64) -> Instant? {
    let first = firstAbove(logged)
    return first < entries.count ? entries[first].sent + clock.patience : nil
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

  /// Envelopes above `logged` that have waited long enough, or all of them; in order, at most 32 KiB at a time.
  mutating func due(logged: UInt64, all: Bool, at now: Instant) -> [SignedEnvelope] {
    guard all || deadline(logged: logged).map({ $0 <= now }) ?? false else { return [] }
    let patience = clock.patience
    if all { clock.restart() } else { clock.repeated() }
    var found: [SignedEnvelope] = []
    var size = 0
    for index in firstAbove(logged)..<entries.count where all || entries[index].sent + patience <= now {
      size += entries[index].signed.encodedSize
      if size > Limits.envelopeBytes, !found.isEmpty { break }
      entries[index].sent = now
      entries[index].isRepeated = !all
      found.append(entries[index].signed)
    }
    return found
  }

  /// The log holds own messages up to `logged`, since `now`; nil when that is not known.
  mutating func noteLogged(through logged: UInt64, at now: Instant?) {
    guard logged > measured else { return }
    if let now {
      for index in firstAbove(measured)..<firstAbove(logged) where !entries[index].isRepeated {
        clock.arrived(after: now.since(entries[index].sent))
      }
    }
    measured = logged
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
