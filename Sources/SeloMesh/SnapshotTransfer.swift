package import SeloWire

/// Gives a snapshot in chunks to those who ask, at most two at once.
package struct SnapshotServer: Equatable, Sendable {
  private struct Reader: Equatable, Sendable {
    let member: Author
    var asked: Instant
  }

  private var blob: [UInt8] = []
  private var readers: [Reader] = []
  package private(set) var offer: SnapshotOffer?

  package init() {}

  /// Whether a snapshot taken at `sequence` is still good enough: its tail is short, or somebody is reading it.
  package func isFresh(at agreed: UInt64, now: Instant) -> Bool {
    guard let offer else { return false }
    return agreed - offer.sequence < 256 || readers.contains { now.since($0.asked) < .seconds(2) }
  }

  package mutating func keep(_ bytes: [UInt8], at sequence: UInt64, notary: some Notary) {
    blob = bytes
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

  package func chunk(_ index: UInt32, at sequence: UInt64) -> Packet? {
    guard let offer, offer.sequence == sequence else { return nil }
    let start = Int(index) * Limits.chunkBytes
    guard start < blob.count else { return nil }
    let end = min(start + Limits.chunkBytes, blob.count)
    return .chunk(sequence: sequence, index: index, Array(blob[start..<end]))
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
  private var chunks: [[UInt8]?]
  private var missing: Int
  private var asked: [UInt32: Instant] = [:]
  private static let parallel = 4
  private static let patience = Delay.milliseconds(100)

  package init(_ offer: SnapshotOffer) {
    self.offer = offer
    let count = (Int(offer.size) + Limits.chunkBytes - 1) / Limits.chunkBytes
    chunks = Array(repeating: nil, count: count)
    missing = count
  }

  package var isComplete: Bool { missing == 0 }
  package var deadline: Instant? { asked.values.min().map { $0 + Self.patience } }
  /// Chunks held and chunks in all.
  package var progress: (held: Int, all: Int) { (chunks.count - missing, chunks.count) }

  /// The requests that are due: four chunks at a time, again after 100 ms.
  package mutating func requests(at now: Instant) -> [Packet] {
    var packets: [Packet] = []
    var underway = 0
    for index in chunks.indices where chunks[index] == nil {
      if underway == Self.parallel { break }
      underway += 1
      let index = UInt32(truncatingIfNeeded: index)
      if let last = asked[index], now.since(last) < Self.patience { continue }
      asked[index] = now
      packets.append(.chunkWanted(sequence: offer.sequence, index: index))
    }
    return packets
  }

  /// Takes a chunk of the right size for its place; anything else is ignored.
  package mutating func take(_ bytes: [UInt8], index: UInt32, sequence: UInt64) {
    guard sequence == offer.sequence, Int(index) < chunks.count, chunks[Int(index)] == nil else { return }
    let start = Int(index) * Limits.chunkBytes
    guard bytes.count == min(Limits.chunkBytes, Int(offer.size) - start) else { return }
    chunks[Int(index)] = bytes
    missing -= 1
    asked[index] = nil
  }

  /// All bytes, if they are what was offered.
  package func assembled(notary: some Notary) -> [UInt8]? {
    guard isComplete else { return nil }
    let bytes = chunks.flatMap { $0 ?? [] }
    return notary.hash("snapshot", bytes) == offer.hash ? bytes : nil
  }
}
