package import SeloWire

/// Fetches a snapshot chunk by chunk. Each block is checked as soon as it is here, so that one that comes wrong costs
/// nothing but itself, and what is here stays good whoever gives the rest.
package struct SnapshotFetch: Equatable, Sendable {
  package enum Taken: Equatable, Sendable {
    case kept
    /// Not wanted, or of the wrong size for its place.
    case ignored
    /// The hashes are not those of the root: the list is forgotten.
    case badList
    /// The bytes are not those of the hash: the block is forgotten.
    case badBlock
  }

  package let offer: SnapshotOffer
  private let layout: SnapshotLayout
  private var list: [UInt8]
  private var isListChecked = false
  /// The bytes of each block; empty before the first of them is here.
  private var blocks: [[UInt8]]
  private var held: [Bool]
  private var missing: Int
  /// All chunks before this one are held.
  private var front = 0
  /// Chunks below this one have been asked for.
  private var askedBelow = 0
  private var asked: Instant?
  /// Chunks under way at most: halved when some are lost, doubled when none is, so that a narrow line stays usable.
  private var window = Limits.chunksWanted
  private static let widest = 4 * Limits.chunksWanted
  private static let patience = Delay.milliseconds(60)

  package init(_ offer: SnapshotOffer) {
    self.offer = offer
    layout = SnapshotLayout(size: offer.size)
    list = Array(repeating: 0, count: 32 * layout.blocks)
    blocks = Array(repeating: [], count: layout.blocks)
    held = Array(repeating: false, count: layout.chunks)
    missing = layout.chunks
  }

  package var isComplete: Bool { missing == 0 }
  package var deadline: Instant? { isComplete ? nil : asked.map { $0 + Self.patience } ?? .zero }
  /// Chunks held and chunks in all.
  package var progress: (held: Int, all: Int) { (held.count - missing, held.count) }
  /// Whether any block is here and checked.
  package var hasBlocks: Bool { isListChecked && blocks.indices.contains { isWhole(layout.chunks(ofBlock: $0)) } }

  /// The requests that are due: what lies ahead as soon as half of the window is here, what is lost after 60 ms. First
  /// the list, for nothing can be checked without it.
  package mutating func requests(at now: Instant) -> [Packet] {
    if isComplete { return [] }
    let isLate = asked.map { now.since($0) >= Self.patience } ?? true
    if isLate { window = max(Limits.chunksWanted, window / 2) }
    let limit = isListChecked ? held.count : layout.listChunks
    let end = min(front + window, limit)
    let begin = isLate ? front : max(front, askedBelow)
    guard isLate || end - begin >= window / 2 || (end == limit && begin < end) else { return [] }
    if !isLate { window = min(Self.widest, 2 * window) }
    asked = now
    askedBelow = max(askedBelow, end)
    return stride(from: begin, to: end, by: Limits.chunksWanted).compactMap { first in
      var mask: UInt64 = 0
      for index in first..<min(first + Limits.chunksWanted, end) where !held[index] {
        mask |= 1 << UInt64(index - first)
      }
      if mask == 0 { return nil }
      return .chunksWanted(sequence: offer.sequence, first: UInt32(truncatingIfNeeded: first), mask: mask)
    }
  }

  /// Takes a chunk, and checks what it completes.
  package mutating func take(
    _ chunk: [UInt8], index: UInt32, sequence: UInt64, notary: some Notary
  ) -> Taken {
    let index = Int(index)
    guard sequence == offer.sequence, index < held.count, !held[index] else { return .ignored }
    let range = layout.bytes(of: index)
    guard chunk.count == range.count else { return .ignored }
    if index < layout.listChunks {
      list.replaceSubrange(range, with: chunk)
      keep(index)
      return checkList(notary)
    }
    guard isListChecked else { return .ignored }
    let block = layout.block(of: index)
    let whole = layout.bytes(ofBlock: block)
    if blocks[block].isEmpty { blocks[block] = Array(repeating: 0, count: whole.count) }
    let start = range.lowerBound - whole.lowerBound
    blocks[block].replaceSubrange(start..<(start + range.count), with: chunk)
    keep(index)
    return check(block, notary)
  }

  /// What goes on elsewhere: the list and the blocks that have been checked.
  package mutating func forgetUnchecked() {
    if !isListChecked { drop(0..<layout.listChunks) }
    for block in blocks.indices where !blocks[block].isEmpty && !isWhole(layout.chunks(ofBlock: block)) {
      blocks[block] = []
      drop(layout.chunks(ofBlock: block))
    }
    askedBelow = front
    asked = nil
    window = Limits.chunksWanted
  }

  /// All bytes, each of which has been checked.
  package var assembled: [UInt8]? {
    guard isComplete else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(layout.size)
    for block in blocks { bytes += block }
    return bytes
  }

  private mutating func checkList(_ notary: some Notary) -> Taken {
    guard isWhole(0..<layout.listChunks) else { return .kept }
    guard SnapshotLayout.root(size: offer.size, list: list, notary: notary) == offer.root else {
      drop(0..<layout.listChunks)
      return .badList
    }
    isListChecked = true
    return .kept
  }

  private mutating func check(_ block: Int, _ notary: some Notary) -> Taken {
    guard isWhole(layout.chunks(ofBlock: block)) else { return .kept }
    guard notary.hash("block", blocks[block]).bytes[...] == list[32 * block..<32 * (block + 1)] else {
      blocks[block] = []
      drop(layout.chunks(ofBlock: block))
      return .badBlock
    }
    return .kept
  }

  private func isWhole(_ chunks: Range<Int>) -> Bool { held[chunks].allSatisfy { $0 } }

  private mutating func keep(_ index: Int) {
    held[index] = true
    missing -= 1
    while front < held.count, held[front] { front += 1 }
  }

  private mutating func drop(_ chunks: Range<Int>) {
    for index in chunks where held[index] {
      held[index] = false
      missing += 1
    }
    front = min(front, chunks.lowerBound)
    askedBelow = min(askedBelow, chunks.lowerBound)
  }
}
