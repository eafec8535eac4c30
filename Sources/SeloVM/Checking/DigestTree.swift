/// The digest of a world in parts, so that two peers find where they differ without sending their worlds: the head,
/// the root, the nodes of each type in ranges of their ids, the messages that wait (VM rule 28).
///
///     let mine = machine.digestTree()
///     for part in mine.differences(from: theirs) { log(part.description) }  // "Ball 0240…–0280…"
///
/// It travels between peers, a kilobyte for four thousand nodes, and compares in O(ranges). What differs inside of a
/// node is for those who hold both worlds: ``Frozen/differences(from:limit:)``.
public struct DigestTree: Hashable, Sendable {
  /// That of the whole: what ``Machine/digest()`` says.
  public let digest: Digest
  /// Seed, limits, time, budget of the instant and failed turns.
  public let head: Digest
  /// The world itself.
  public let root: Digest
  /// The nodes, one column for each type, in the order of ``World/nodes``.
  public let columns: [Column]
  /// The messages that wait, in order.
  public let queue: Digest

  /// The nodes of one type.
  public struct Column: Hashable, Sendable {
    /// The type's name.
    public let name: String
    /// How many nodes there are.
    public let count: Int
    /// The sums of the hashes of nodes whose ids begin alike. Their number is a power of two, about one for 64 nodes.
    let sums: [UInt128]
  }

  /// A part of a world in which two of them differ.
  public enum Part: Hashable, Sendable, CustomStringConvertible {
    /// Whatever is not one of the others: time, counters, failed turns.
    case head
    /// The state of the world itself.
    case root
    /// The nodes of a type with ids from `first` to `last`.
    case nodes(type: String, first: NodeID, last: NodeID)
    /// The messages that wait.
    case queue

    public var description: String {
      switch self {
      case .head: "head"
      case .root: "root"
      case .nodes(let type, let first, let last): "\(type) \(first)–\(last)"
      case .queue: "queue"
      }
    }
  }

  /// The parts in which two worlds differ; empty exactly when the trees are equal. Columns that one of them does not
  /// have count as empty. O(ranges).
  public func differences(from other: DigestTree) -> [Part] {
    guard self != other else { return [] }
    var parts: [Part] = []
    if root != other.root { parts.append(.root) }
    for place in 0..<max(columns.count, other.columns.count) {
      let left = place < columns.count ? columns[place] : nil
      let right = place < other.columns.count ? other.columns[place] : nil
      guard left != right, let name = (left ?? right)?.name else { continue }
      parts += Column.ranges(where: left?.sums ?? [0], differ: right?.sums ?? [0]).map { range in
        let ids = Column.ids(of: range.place, of: range.count, typeIndex: place + 1)
        return .nodes(type: name, first: ids.lowerBound, last: ids.upperBound)
      }
    }
    if queue != other.queue { parts.append(.queue) }
    if head != other.head || parts.isEmpty { parts.append(.head) }
    return parts
  }
}

extension DigestTree.Column {
  /// Nodes of one range, on average.
  private static let rangeSize = 64
  /// Ranges are named by the highest bits of the chance in an id, of which there are 56.
  private static let bitLimit = 24

  init(name: String, hashes: [(id: NodeID, hash: UInt128)]) {
    self.name = name
    count = hashes.count
    let bits = Self.bits(for: count)
    var sums = [UInt128](repeating: 0, count: 1 << bits)
    for (id, hash) in hashes { sums[Int((id.value & (1 << 56 - 1)) >> (56 - UInt64(bits)))] &+= hash }
    self.sums = sums
  }

  /// How many bits name the range of a node in a column of so many.
  static func bits(for count: Int) -> Int {
    var bits = 0
    while bits < bitLimit, count > rangeSize << bits { bits += 1 }
    return bits
  }

  /// The ranges that differ, in the coarser division of both: sums of hashes add up.
  static func ranges(where left: [UInt128], differ right: [UInt128]) -> [(place: Int, count: Int)] {
    let count = min(left.count, right.count)
    let pairs = zip(coarsened(left, to: count), coarsened(right, to: count))
    return pairs.enumerated().filter { $0.element.0 != $0.element.1 }.map { ($0.offset, count) }
  }

  private static func coarsened(_ sums: [UInt128], to count: Int) -> [UInt128] {
    let width = sums.count / count
    return (0..<count).map { place in sums[(place * width)..<((place + 1) * width)].reduce(0, &+) }
  }

  /// The ids of the range at `place` of `count`.
  static func ids(of place: Int, of count: Int, typeIndex: Int) -> ClosedRange<NodeID> {
    let width = UInt64(1 << 56) / UInt64(count)
    let first = UInt64(typeIndex) << 56 | UInt64(place) * width
    return NodeID(first)...NodeID(first + (width - 1))
  }
}

extension Frozen {
  /// The digest of this moment in parts. O(state).
  public func digestTree() -> DigestTree {
    var root = DigestSink(key: 0)
    var columns = nodeTypeNames.dropFirst().map { (name: $0, hashes: [(id: NodeID, hash: UInt128)]()) }
    forEachNode { id, _, node in
      if id == .root { return node.write(to: &root) }
      var sink = DigestSink(key: id.value)
      node.write(to: &sink)
      columns[id.typeIndex - 1].hashes.append((id, sink.value))
    }
    var head = DigestSink(key: 0)
    for field in self.head { field.value.write(to: &head) }
    for turn in failedTurns {
      turn.time.write(to: &head)
      head.uint64(turn.cause)
      turn.target.write(to: &head)
      head.uint8(turn.kind.rawValue)
    }
    var queue = DigestSink(key: 0)
    forEachPending { time, target, cause, author, message in
      time.write(to: &queue)
      target.write(to: &queue)
      queue.uint64(cause)
      author.write(to: &queue)
      message?.write(to: &queue)
    }
    return DigestTree(
      digest: digest(), head: Digest(head.value), root: Digest(root.value),
      columns: columns.map { DigestTree.Column(name: $0.name, hashes: $0.hashes) }, queue: Digest(queue.value))
  }
}

extension Machine {
  /// The digest of the state in parts, see ``DigestTree``. O(state).
  public func digestTree() -> DigestTree { frozen().digestTree() }
}
