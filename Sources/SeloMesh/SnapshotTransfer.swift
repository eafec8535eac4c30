package import SeloWire

/// Gives a snapshot in chunks to those who ask, at most two at once.
package struct SnapshotServer: Equatable, Sendable {
  private struct Reader: Equatable, Sendable {
    let member: Author
    var asked: Instant
  }

  private var blob: [UInt8] = []
  private var readers: [Reader] = []
  private var reign: Reign?
  package private(set) var offer: SnapshotOffer?

  package init() {}

  /// Whether the snapshot is still good enough: of the reign that is followed now, and its tail is short or somebody
  /// is reading it.
  package func isFresh(at agreed: UInt64, in reign: Reign, now: Instant) -> Bool {
    guard let offer, reign == self.reign else { return false }
    return agreed - offer.sequence < 256 || readers.contains { now.since($0.asked) < .seconds(2) }
  }

  package mutating func keep(_ bytes: [UInt8], at sequence: UInt64, in reign: Reign, notary: some Notary) {
    blob = bytes
    self.reign = reign
    offer = SnapshotOffer(
      sequence: sequence, size: UInt32(truncatingIfNeeded: bytes.count), hash: notary.hash("snapshot", bytes))
    readers = []
  }

  /// Whether this reader is served now; others wait until it is done or silent for two seconds.
  package mutating func admits(_ author: Author, at now: Instant) -> Bool {
    readers.removeAll { now.since($0.asked) >= .seconds(2) }
    if let index = readers.firstIndex(where: { $0.member == author }) {
      readers[index].asked = now
      return true
    }
    guard readers.count < Limits.snapshotReaders else { return false }
    readers.append(Reader(member: author, asked: now))
    return true
  }

  /// The chunks that a request names, as far as they exist.
  package func chunks(_ first: UInt32, _ mask: UInt64, at sequence: UInt64) -> [Packet] {
    guard let offer, offer.sequence == sequence else { return [] }
    return (0..<UInt32(Limits.chunksWanted)).compactMap { place in
      let (index, overflow) = first.addingReportingOverflow(place)
      let start = Int(index) * Limits.chunkBytes
      guard mask >> UInt64(place) & 1 == 1, !overflow, start < blob.count else { return nil }
      let end = min(start + Limits.chunkBytes, blob.count)
      return .chunk(sequence: sequence, index: index, Array(blob[start..<end]))
    }
  }

  /// Lets go of a snapshot that nobody reads any more.
  package mutating func expire(at now: Instant) {
    readers.removeAll { now.since($0.asked) >= .seconds(60) }
    if readers.isEmpty, offer != nil {
      blob = []
      offer = nil
    }
  }
}

/// Fetches a snapshot chunk by chunk; the bytes count only when all of them hash to what was offered.
package struct SnapshotFetch: Equatable, Sendable {
  package let offer: SnapshotOffer
  private var bytes: [UInt8]
  private var held: [Bool]
  private var missing: Int
  /// All chunks before this one are held.
  private var front = 0
  /// Chunks below this one have been asked for.
  private var askedBelow = 0
  private var asked: Instant?
  /// Chunks under way: 256 KiB a round trip at most.
  private static let window = 4 * Limits.chunksWanted
  private static let patience = Delay.milliseconds(60)

  package init(_ offer: SnapshotOffer) {
    self.offer = offer
    let count = (Int(offer.size) + Limits.chunkBytes - 1) / Limits.chunkBytes
    bytes = Array(repeating: 0, count: Int(offer.size))
    held = Array(repeating: false, count: count)
    missing = count
  }

  package var isComplete: Bool { missing == 0 }
  package var deadline: Instant? { isComplete ? nil : asked.map { $0 + Self.patience } ?? .zero }
  /// Chunks held and chunks in all.
  package var progress: (held: Int, all: Int) { (held.count - missing, held.count) }

  /// The requests that are due: what lies ahead as soon as half of the window is here, what is lost after 60 ms.
  package mutating func requests(at now: Instant) -> [Packet] {
    if isComplete { return [] }
    let end = min(front + Self.window, held.count)
    let isLate = asked.map { now.since($0) >= Self.patience } ?? true
    let begin = isLate ? front : askedBelow
    guard isLate || end - begin >= Self.window / 2 || (end == held.count && begin < end) else { return [] }
    asked = now
    askedBelow = end
    return stride(from: begin, to: end, by: Limits.chunksWanted).compactMap { first in
      var mask: UInt64 = 0
      for index in first..<min(first + Limits.chunksWanted, end) where !held[index] {
        mask |= 1 << UInt64(index - first)
      }
      if mask == 0 { return nil }
      return .chunksWanted(sequence: offer.sequence, first: UInt32(truncatingIfNeeded: first), mask: mask)
    }
  }

  /// Takes a chunk of the right size for its place; anything else is ignored.
  package mutating func take(_ chunk: [UInt8], index: UInt32, sequence: UInt64) {
    let index = Int(index)
    guard sequence == offer.sequence, index < held.count, !held[index] else { return }
    let start = index * Limits.chunkBytes
    guard chunk.count == min(Limits.chunkBytes, Int(offer.size) - start) else { return }
    bytes.replaceSubrange(start..<(start + chunk.count), with: chunk)
    held[index] = true
    missing -= 1
    while front < held.count, held[front] { front += 1 }
  }

  /// All bytes, if they are what was offered.
  package func assembled(notary: some Notary) -> [UInt8]? {
    isComplete && notary.hash("snapshot", bytes) == offer.hash ? bytes : nil
  }
}
