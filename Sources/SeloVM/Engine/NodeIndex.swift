/// Finds the slot of a node by its id, and walks the nodes in ascending order of their ids.
///
/// A table with linear probing that keeps its entries sorted: ids are chance already, so the highest bits of an id say
/// where its entry is at home, and entries only ever lie behind their homes, in the order of the ids (Amble and Knuth:
/// Ordered hash tables, 1974, with the identity as order). Walking it from the front is the canonical order, and
/// nothing has to be sorted for a snapshot. It does not wrap around: there is room behind the last home.
///
/// Look-up, insertion and removal are O(1) expected. A copy is O(1), the first change after it copies 8 KiB and one
/// array of pages.
struct NodeIndex: Sendable {
  /// An entry: the 32 highest of the 56 bits of the id, then the slot plus one; zero where there is none.
  private var pages: [[UInt64]] = []
  /// The number of homes is a power of two.
  private var homeBits = 0
  private(set) var count = 0

  private static let pageBits = 10

  init(reserving capacity: Int = 0) {
    var bits = 4
    while (1 << bits) * 3 / 4 < capacity { bits += 1 }
    resize(bits)
  }

  /// The bits of an id that its entry carries.
  private static func tag(_ id: NodeID) -> UInt64 { (id.value << 8) >> 32 }

  private func home(_ tag: UInt64) -> Int { Int(truncatingIfNeeded: tag >> UInt64(32 - homeBits)) }

  private var size: Int { ((pages.count - 1) << Self.pageBits) + pages[pages.count - 1].count }

  private subscript(place: Int) -> UInt64 {
    get { pages[place >> Self.pageBits][place & (1 << Self.pageBits - 1)] }
    set { pages[place >> Self.pageBits][place & (1 << Self.pageBits - 1)] = newValue }
  }

  private static func slot(_ entry: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: entry) &- 1 }

  /// The slot of a node; nil when there is none of that id.
  func slot(of id: NodeID, in slab: Slab) -> UInt32? {
    let place = place(of: id, in: slab)
    return place.isThere ? Self.slot(self[place.at]) : nil
  }

  /// Where the entry of an id is, or has to be inserted.
  private func place(of id: NodeID, in slab: Slab) -> (at: Int, isThere: Bool) {
    let tag = Self.tag(id)
    var place = home(tag)
    let size = size
    while place < size {
      let entry = self[place]
      if entry == 0 || entry >> 32 > tag { return (place, false) }
      if entry >> 32 == tag {
        let other = slab.word(Self.slot(entry))
        if other >= id.value { return (place, other == id.value) }
      }
      place += 1
    }
    return (place, false)
  }

  /// Adds a node whose id is not there.
  mutating func insert(_ id: NodeID, at slot: UInt32, in slab: Slab) {
    if count >= (1 << homeBits) * 3 / 4 { resize(homeBits + 1) }
    var entry = Self.tag(id) << 32 | (UInt64(slot) + 1)
    var place = place(of: id, in: slab).at
    count += 1
    while entry != 0 {
      if place >= size { extend() }
      let other = self[place]
      self[place] = entry
      entry = other
      place += 1
    }
  }

  /// One place more behind the last home.
  private mutating func extend() {
    if pages[pages.count - 1].count == 1 << Self.pageBits { pages.append([]) }
    pages[pages.count - 1].append(0)
  }

  /// Takes a node out; does nothing if it is not there.
  mutating func remove(_ id: NodeID, in slab: Slab) {
    var (place, isThere) = place(of: id, in: slab)
    guard isThere else { return }
    count -= 1
    while place + 1 < size {
      let next = self[place + 1]
      guard next != 0, home(next >> 32) <= place else { break }
      self[place] = next
      place += 1
    }
    self[place] = 0
  }

  /// All slots in ascending order of the ids of their nodes.
  func forEach(_ body: (UInt32) throws -> Void) rethrows {
    for page in pages {
      for entry in page where entry != 0 { try body(Self.slot(entry)) }
    }
  }

  /// Entries are moved in their order, so each one lies at its home or behind the one before.
  private mutating func resize(_ bits: Int) {
    let old = pages
    homeBits = min(bits, 32)
    let size = (1 << homeBits) + min(1 << homeBits, 1 << Self.pageBits)
    let whole = size >> Self.pageBits
    pages = Array(repeating: Array(repeating: 0, count: 1 << Self.pageBits), count: whole)
    let rest = size & (1 << Self.pageBits - 1)
    if rest > 0 { pages.append(Array(repeating: 0, count: rest)) }
    var next = 0
    for page in old {
      for entry in page where entry != 0 {
        next = max(next, home(entry >> 32))
        if next >= self.size { extend() }
        self[next] = entry
        next += 1
      }
    }
  }
}
