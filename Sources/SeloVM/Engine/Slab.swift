/// Where the chunks of a slab lie, for a loop that reads many of its values.
@usableFromInline
struct Chunks {
  @usableFromInline let bases: UnsafeBufferPointer<UnsafeMutableRawPointer>

  init(bases: UnsafeBufferPointer<UnsafeMutableRawPointer>) { self.bases = bases }

  /// How many values are fetched at once.
  @usableFromInline static let batch = 32

  /// Reads the ids of these slots, and a word of each value, so that the processor fetches all of them side by side:
  /// in ascending order of id they lie anywhere, and one after the other most of the time would be spent waiting.
  @inline(never) @usableFromInline
  func fetch(
    _ slots: UnsafeBufferPointer<UInt32>, stride: Int, ids: UnsafeMutableBufferPointer<UInt64>
  ) -> UInt8 {
    var seen: UInt8 = 0
    for (index, slot) in slots.enumerated() {
      let base = bases[Int(slot >> 6)]
      let offset = Chunk.valuesOffset + Int(slot & 63) * stride
      ids[index] = base.load(fromByteOffset: Chunk.wordsOffset + Int(slot & 63) * 8, as: UInt64.self)
      seen ^= base.load(fromByteOffset: offset, as: UInt8.self)
      seen ^= base.load(fromByteOffset: offset + max(stride, 1) - 1, as: UInt8.self)
    }
    return seen
  }

  @inlinable
  func value<Value>(_ slot: UInt32, as type: Value.Type) -> UnsafeMutablePointer<Value> {
    (bases[Int(slot >> 6)] + Chunk.valuesOffset).assumingMemoryBound(to: type) + Int(slot & 63)
  }

  @inlinable
  func message<Message>(_ payload: UInt32, as type: Message.Type) -> Message {
    if InlineMessage.fits(type) { return InlineMessage.message(in: payload, as: type) }
    return value(payload, as: type).pointee
  }
}

/// Values of one type, each in a slot that it keeps, in chunks of 64 behind a directory of two levels.
///
/// A copy is O(1). The first write to a chunk after a copy clones that chunk and the two short arrays that lead to it,
/// whatever the size. Slots that became free are handed out again, the latest first; which slot a value has is never
/// seen by a world.
struct Slab: Sendable {
  let layout: Layout
  /// All chunks are full but for freed slots, except the last one; pages of 64 chunks.
  private var pages: [[Chunk]] = []
  /// How many slots have been handed out.
  private var used = 0
  private var firstFree = Link.unknown
  private(set) var count = 0

  init(_ layout: Layout) { self.layout = layout }

  var chunkCount: Int { (used + 63) >> 6 }

  /// No slot from here on has been handed out.
  var slotLimit: UInt32 { UInt32(used) }

  /// Where all chunks lie, for as long as the slab is not changed. O(chunks).
  var bases: [UnsafeMutableRawPointer] {
    var bases: [UnsafeMutableRawPointer] = []
    bases.reserveCapacity(chunkCount)
    for page in pages { for chunk in page { bases.append(chunk.base) } }
    return bases
  }

  /// The chunk of that number, to be read.
  subscript(chunk number: Int) -> Chunk { pages[number >> 6][number & 63] }

  /// The chunk of that number as its only owner has it.
  mutating func writable(_ number: Int) -> Chunk {
    if !isKnownUniquelyReferenced(&pages[number >> 6][number & 63]) {
      pages[number >> 6][number & 63] = pages[number >> 6][number & 63].clone()
    }
    return pages[number >> 6][number & 63]
  }

  /// Puts another chunk in the place of one.
  mutating func replace(_ number: Int, by chunk: Chunk) { pages[number >> 6][number & 63] = chunk }

  /// A slot that was free; who asks makes the value in `chunk` and then calls ``occupy(_:word:)``. O(1).
  mutating func reserve() -> (slot: UInt32, chunk: Chunk) {
    count += 1
    if firstFree != Link.unknown {
      let slot = firstFree
      let chunk = writable(Int(slot >> 6))
      firstFree = UInt32(truncatingIfNeeded: chunk.words[Int(slot & 63)])
      return (slot, chunk)
    }
    precondition(used < Int(Link.unknown), "more nodes or messages than a world can hold")
    if used & 63 == 0 { addChunk() }
    let slot = UInt32(used)
    used += 1
    return (slot, writable(Int(slot >> 6)))
  }

  private mutating func addChunk() {
    if used >> 6 & 63 == 0 {
      var page: [Chunk] = []
      page.reserveCapacity(64)
      pages.append(page)
    }
    pages[pages.count - 1].append(Chunk(layout))
  }

  /// A slot whose value the caller makes at once. O(1).
  mutating func add() -> (payload: UInt32, content: UnsafeMutableRawPointer) {
    let (slot, chunk) = reserve()
    chunk.occupy(Int(slot & 63), word: 0)
    return (slot, chunk.values + Int(slot & 63) * layout.stride)
  }

  /// A slot whose value `make` makes; none when it throws.
  mutating func add(_ make: (UnsafeMutableRawPointer) throws -> Void) rethrows -> UInt32 {
    let (slot, chunk) = reserve()
    do {
      try make(chunk.values + Int(slot & 63) * layout.stride)
    } catch {
      chunk.words[Int(slot & 63)] = UInt64(firstFree)
      firstFree = slot
      count -= 1
      throw error
    }
    chunk.occupy(Int(slot & 63), word: 0)
    return slot
  }

  /// Where the value of a slot lies, to be read.
  func value(at slot: UInt32) -> UnsafeMutableRawPointer {
    self[chunk: Int(slot >> 6)].values + Int(slot & 63) * layout.stride
  }

  /// Destroys the value of a slot and keeps the slot for another. O(1).
  mutating func free(_ slot: UInt32) {
    writable(Int(slot >> 6)).vacate(Int(slot & 63), word: UInt64(firstFree))
    firstFree = slot
    count -= 1
  }

  /// The word of a slot: the id of the node in it.
  func word(_ slot: UInt32) -> UInt64 { self[chunk: Int(slot >> 6)].words[Int(slot & 63)] }
}
