package import SeloWire

/// How the bytes of a snapshot are cut: chunks of 1 KiB travel, blocks of 64 KiB are checked.
///
///     root = H("snapshot", size 4 ‖ hash of each block)         hash of a block = H("block", bytes)
///
/// The list of the hashes travels in chunks, too, in front of the bytes: chunk 0 is its first.
struct SnapshotLayout: Equatable, Sendable {
  let size: Int
  /// Blocks, and the chunks of the list of their hashes.
  let blocks: Int
  let listChunks: Int
  let chunks: Int
  private static let perBlock = Limits.blockBytes / Limits.chunkBytes

  init(size: UInt32) {
    self.size = Int(size)
    blocks = (self.size + Limits.blockBytes - 1) / Limits.blockBytes
    listChunks = (32 * blocks + Limits.chunkBytes - 1) / Limits.chunkBytes
    chunks = listChunks + (self.size + Limits.chunkBytes - 1) / Limits.chunkBytes
  }

  /// The bytes of a chunk, in the list or in the snapshot.
  func bytes(of chunk: Int) -> Range<Int> {
    let start = (chunk < listChunks ? chunk : chunk - listChunks) * Limits.chunkBytes
    return start..<min(start + Limits.chunkBytes, chunk < listChunks ? 32 * blocks : size)
  }

  func block(of chunk: Int) -> Int { (chunk - listChunks) / Self.perBlock }
  func bytes(ofBlock block: Int) -> Range<Int> {
    block * Limits.blockBytes..<min((block + 1) * Limits.blockBytes, size)
  }
  func chunks(ofBlock block: Int) -> Range<Int> {
    let first = listChunks + block * Self.perBlock
    return first..<min(first + Self.perBlock, chunks)
  }

  static func root(size: UInt32, list: [UInt8], notary: some Notary) -> Bytes32 {
    var writer = ByteWriter(reserving: 4 + list.count)
    writer.uint32(size)
    writer.raw(list)
    return notary.hash("snapshot", writer.bytes)
  }
}

/// A snapshot as it is given to joiners.
package struct SnapshotBlocks: Equatable, Sendable {
  package let offer: SnapshotOffer
  private let layout: SnapshotLayout
  private let bytes: [UInt8]
  /// Hashes of all blocks.
  private let list: [UInt8]

  /// O(bytes).
  package init(_ bytes: [UInt8], at sequence: UInt64, notary: some Notary) {
    let size = UInt32(truncatingIfNeeded: bytes.count)
    let layout = SnapshotLayout(size: size)
    var list = ByteWriter(reserving: 32 * layout.blocks)
    for block in 0..<layout.blocks {
      list.raw(notary.hash("block", Array(bytes[layout.bytes(ofBlock: block)])).bytes)
    }
    self.bytes = bytes
    self.layout = layout
    self.list = list.bytes
    offer = SnapshotOffer(
      sequence: sequence, size: size, root: SnapshotLayout.root(size: size, list: list.bytes, notary: notary))
  }

  /// The chunks that a request names, as far as they exist.
  package func chunks(_ first: UInt32, _ mask: UInt64) -> [Packet] {
    (0..<Limits.chunksWanted).compactMap { place in
      let index = Int(first) + place
      guard mask >> UInt64(place) & 1 == 1, index < layout.chunks else { return nil }
      let range = layout.bytes(of: index)
      let content = index < layout.listChunks ? list[range] : bytes[range]
      return .chunk(sequence: offer.sequence, index: UInt32(truncatingIfNeeded: index), Array(content))
    }
  }
}
