/// All nodes but the root, by id: ids sort by type first, so the nodes of one type lie together, in ascending order.
struct NodeTable: Sendable {
  private var cells = ChunkedTable<NodeID, any Cell>()

  var count: Int { cells.count }

  subscript(id: NodeID) -> (any Cell)? { cells[id] }

  func holds(_ id: NodeID) -> Bool { cells[id] != nil }

  mutating func set(_ cell: any Cell, for id: NodeID) { cells.set(cell, for: id) }

  mutating func remove(_ id: NodeID) { cells.remove(id) }

  /// How many nodes of one type there are. O(their number).
  func count(ofType typeIndex: Int) -> Int {
    var count = 0
    forEach(ofType: typeIndex) { _, _ in count += 1 }
    return count
  }

  /// The nodes of one type in ascending order of their ids. O(their number).
  func forEach(ofType typeIndex: Int, _ body: (NodeID, any Cell) throws -> Void) rethrows {
    try cells.forEach(from: NodeID(UInt64(typeIndex) << 56)) { id, cell in
      guard id.typeIndex == typeIndex else { return false }
      try body(id, cell)
      return true
    }
  }
}
