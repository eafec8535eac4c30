import Synchronization

/// Memory for up to 64 values of one type, with a word for each slot (its node's id; when free, the next free slot)
/// and the digests of groups of eight. Shared between forks until one of them writes.
///
///     offset  size  meaning
///     0       8     stale: a bit for each slot that was written since the digest of its group was computed
///     8       8     occupied: a bit for each slot that holds a value
///     16      128   sums: the digest of each group of eight slots, low word first
///     144     512   words: one for each slot
///     656     …     values
///
/// It is unchecked Sendable for two reasons that hold together: only who holds the one reference to a chunk writes its
/// words and values (``Slab``), and the digests, which readers of a shared chunk may fill in, are atomic words. Two
/// readers that fill them in at once write the same.
@usableFromInline
final class Chunk: @unchecked Sendable {
  @usableFromInline static let capacity = 64
  @usableFromInline static let wordsOffset = 144
  @usableFromInline static let valuesOffset = 656

  @usableFromInline let base: UnsafeMutableRawPointer
  private let layout: Layout
  private let slots: Int

  /// An empty chunk for that many slots, at most 64.
  init(_ layout: Layout, slots: Int = capacity) {
    self.layout = layout
    self.slots = slots
    base = .allocate(byteCount: Self.valuesOffset + slots * layout.stride, alignment: 16)
    base.initializeMemory(as: UInt64.self, repeating: 0, count: Self.wordsOffset / 8)
  }

  deinit {
    if !layout.isPlain { layout.destroy(base + Self.valuesOffset, occupied) }
    base.deallocate()
  }

  /// Another chunk with the same content.
  func clone() -> Chunk {
    let twin = Chunk(layout, slots: slots)
    // The sums after the mask that vouches for them.
    let stale = digests[0].load(ordering: .acquiring)
    for word in 2..<18 { twin.digests[word].store(digests[word].load(ordering: .relaxed), ordering: .relaxed) }
    twin.digests[0].store(stale, ordering: .relaxed)
    twin.occupied = occupied
    (twin.base + Self.wordsOffset).copyMemory(from: base + Self.wordsOffset, byteCount: slots * 8)
    if layout.isPlain {
      twin.values.copyMemory(from: values, byteCount: slots * layout.stride)
    } else {
      layout.copy(values, twin.values, occupied)
    }
    return twin
  }

  @usableFromInline var values: UnsafeMutableRawPointer { base + Self.valuesOffset }
  var words: UnsafeMutablePointer<UInt64> { (base + Self.wordsOffset).assumingMemoryBound(to: UInt64.self) }
  var occupied: UInt64 {
    get { base.load(fromByteOffset: 8, as: UInt64.self) }
    set { base.storeBytes(of: newValue, toByteOffset: 8, as: UInt64.self) }
  }
  private var digests: UnsafeMutablePointer<Atomic<UInt64>> { base.assumingMemoryBound(to: Atomic<UInt64>.self) }

  /// The sum of the hashes of all values here; only groups that were written since are hashed again.
  func digest(_ sum: (UnsafeRawPointer, _ ids: UnsafePointer<UInt64>, _ mask: UInt64) -> UInt128) -> UInt128 {
    let stale = digests[0].load(ordering: .acquiring)
    var total: UInt128 = 0
    for group in 0..<8 {
      let mask: UInt64 = 0xFF << UInt64(8 * group)
      let (low, high) = (2 + 2 * group, 3 + 2 * group)
      if stale & mask == 0 {
        total &+= UInt128(digests[high].load(ordering: .relaxed)) << 64 | UInt128(digests[low].load(ordering: .relaxed))
      } else {
        let fresh = sum(values, words, occupied & mask)
        digests[low].store(UInt64(truncatingIfNeeded: fresh), ordering: .relaxed)
        digests[high].store(UInt64(truncatingIfNeeded: fresh >> 64), ordering: .relaxed)
        total &+= fresh
      }
    }
    if stale != 0 { digests[0].store(0, ordering: .releasing) }
    return total
  }
}

// What its only owner does.
extension Chunk {
  /// A slot holds a value from here on; which slots are free is up to ``Slab``.
  func occupy(_ slot: Int, word: UInt64) {
    occupied |= 1 << UInt64(slot)
    words[slot] = word
    Self.touch(base, slot)
  }

  /// Destroys the value of a slot; its word may be used for another purpose from here on.
  func vacate(_ slot: Int, word: UInt64) {
    if !layout.isPlain { layout.destroy(values, 1 << UInt64(slot)) }
    occupied &= ~(1 << UInt64(slot))
    words[slot] = word
    Self.touch(base, slot)
  }

  /// The value of a slot is not what its digest was computed from.
  @inlinable
  static func touch(_ base: UnsafeMutableRawPointer, _ slot: Int) {
    let stale = base.load(as: UInt64.self)
    base.storeBytes(of: stale | 1 << UInt64(truncatingIfNeeded: slot), as: UInt64.self)
  }
}
