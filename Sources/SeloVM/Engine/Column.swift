/// All nodes of one type: their values in a slab, and the index that finds them by id.
struct Column: Sendable {
  var slab: Slab
  private(set) var index: NodeIndex

  init(_ layout: Layout, reserving capacity: Int = 0) {
    slab = Slab(layout)
    index = NodeIndex(reserving: capacity)
  }

  var count: Int { slab.count }

  func slot(of id: NodeID) -> UInt32? { index.slot(of: id, in: slab) }

  /// Where the value of a node lies, to be read.
  func value(of id: NodeID) -> UnsafeMutableRawPointer? { slot(of: id).map(slab.value(at:)) }

  func id(at slot: UInt32) -> NodeID { NodeID(slab.word(slot)) }

  /// A place for the value of a new node, whose id must not be there. The caller makes the value at once. O(1).
  mutating func insert(_ id: NodeID) -> UnsafeMutableRawPointer {
    let (slot, chunk) = slab.reserve()
    chunk.occupy(Int(slot & 63), word: id.value)
    index.insert(id, at: slot, in: slab)
    return chunk.values + Int(slot & 63) * slab.layout.stride
  }

  /// Adds a node whose id is above all that are there; nothing remains when `make` throws. O(1).
  mutating func append(_ id: NodeID, _ make: (UnsafeMutableRawPointer) throws -> Void) rethrows {
    let slot = try slab.add(make)
    slab.writable(Int(slot >> 6)).words[Int(slot & 63)] = id.value
    index.insert(id, at: slot, in: slab)
  }

  /// Takes a node out; false if it is not there. O(1).
  mutating func remove(_ id: NodeID) -> Bool {
    guard let slot = slot(of: id) else { return false }
    index.remove(id, in: slab)
    slab.free(slot)
    return true
  }

  /// The slots of all nodes in ascending order of their ids. O(count).
  func slots() -> [UInt32] {
    var slots: [UInt32] = []
    slots.reserveCapacity(count)
    index.forEach { slots.append($0) }
    return slots
  }

  /// The sum of the hashes of all nodes, each keyed by its id. O(chunks + 8 · nodes written since the last time).
  func digest(_ sum: (UnsafeRawPointer, _ ids: UnsafePointer<UInt64>, _ mask: UInt64) -> UInt128) -> UInt128 {
    var total: UInt128 = 0
    for number in 0..<slab.chunkCount { total &+= slab[chunk: number].digest(sum) }
    return total
  }
}
