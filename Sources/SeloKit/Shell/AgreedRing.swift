package import SeloWire

/// The newest ticks that this peer learned to be agreed: what they were, and when it learned of them.
///
/// It follows the log: what a roll-back takes from the log is taken from here too, so that an agreed tick that was lost
/// is missed and not remembered. Looking up is O(log n).
package struct AgreedRing: Equatable, Sendable {
  package struct Entry: Equatable, Sendable {
    package let sequence: UInt64
    /// Hash of the frame: equal chains, equal logs.
    package let chain: Bytes32
    /// Number of the term under which it was learned.
    package let term: UInt32
    package let instant: Instant

    package init(sequence: UInt64, chain: Bytes32, term: UInt32, instant: Instant) {
      self.sequence = sequence
      self.chain = chain
      self.term = term
      self.instant = instant
    }
  }

  package static let capacity = 4_096

  /// In ascending order of sequence.
  package private(set) var entries: [Entry] = []
  /// Ticks that were reported agreed and then taken back; a correct session has none.
  package private(set) var lost: UInt64 = 0

  package init() {}

  package mutating func append(_ entry: Entry) {
    if let last = entries.last, last.sequence >= entry.sequence { return }
    // Dropping a quarter at once keeps appending cheap.
    if entries.count >= Self.capacity { entries.removeFirst(Self.capacity / 4) }
    entries.append(entry)
  }

  /// The log went back to `sequence`.
  package mutating func rollBack(to sequence: UInt64) {
    guard let last = entries.last, last.sequence > sequence else { return }
    lost += last.sequence - sequence
    leave(for: sequence)
  }

  /// The peer went over to a lineage that shares only the ticks up to `cut`. What was agreed on its branch alone is
  /// told as a return, and is not lost: none of it was final, and the messages in it are published again.
  package mutating func leave(for cut: UInt64) {
    entries.removeSubrange(after(cut).startIndex...)
  }

  package func after(_ sequence: UInt64) -> ArraySlice<Entry> {
    var low = 0
    var high = entries.count
    while low < high {
      let middle = (low + high) / 2
      if entries[middle].sequence <= sequence { low = middle + 1 } else { high = middle }
    }
    return entries[low...]
  }

  /// How long the world stood still when `term` began: from the last tick learned under an older one to the first
  /// learned under it. Nil when either is not remembered.
  package func outage(of term: UInt32) -> Delay? {
    guard let first = entries.firstIndex(where: { $0.term >= term }), first > 0 else { return nil }
    return entries[first].instant.since(entries[first - 1].instant)
  }
}
