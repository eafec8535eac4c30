/// A snapshot cut into its parts without knowing what the world's types look like: every state and message in it lies
/// behind its length.
struct SnapshotParts: Sendable {
  struct Part: Sendable {
    let id: NodeID
    var bytes: [UInt8]
  }

  struct Message: Sendable {
    /// Everything before the length of the content.
    let head: [UInt8]
    let target: NodeID
    /// Whether the content is a message of the target's type.
    let isTyped: Bool
    var bytes: [UInt8]
  }

  let worldName: String
  let version: Int
  /// Limits, position, and failed turns, as they are.
  let middle: [UInt8]
  var root: [UInt8]
  /// One for each type of node that the world had.
  var columns: [[Part]]
  var queue: [Message]
}

extension SnapshotParts {
  /// How many columns there are is not in the bytes. New types come behind the old ones, so there are at most as many
  /// as today, and only with the right number does every id name its own column and the queue end where the body
  /// does.
  init(body bytes: [UInt8], in range: Range<Int>, of version: Int, columnLimit: Int) throws {
    for count in (0...columnLimit).reversed() {
      if let parts = try? SnapshotParts(bytes, in: range, columnCount: count) {
        self = parts
        return
      }
    }
    throw SnapshotError.wrongVersion(version)
  }

  private init(_ bytes: [UInt8], in range: Range<Int>, columnCount: Int) throws {
    var reader = ReplicaReader(bytes, in: range)
    worldName = try reader.text(limit: 1_024)
    version = try reader.int()
    _ = try reader.uint64()
    var middle = ByteSink()
    middle.raw(try reader.raw(48))
    middle.uint64(try reader.uint64())
    let failedTurns = try reader.count(elementSize: 25)
    middle.count(failedTurns)
    middle.raw(try reader.raw(failedTurns * 25))
    self.middle = middle.bytes
    root = try reader.data()
    columns = []
    for typeIndex in 1..<(columnCount + 1) {
      var column: [Part] = []
      for _ in 0..<(try reader.count(elementSize: 12)) {
        let id = try NodeID(from: &reader)
        guard id.typeIndex == typeIndex else { throw SnapshotError.invalid("node id") }
        column.append(Part(id: id, bytes: try reader.data()))
      }
      columns.append(column)
    }
    queue = []
    for _ in 0..<(try reader.count(elementSize: 47)) { queue.append(try Message(from: &reader)) }
    try reader.finish()
  }

  /// The body of a snapshot of the world as it is defined today.
  func body<W: World>(for world: W.Type) -> [UInt8] {
    var sink = ByteSink(reserving: 4_096)
    sink.text(worldName)
    sink.int(W.version)
    sink.uint64(Machine<W>.schemaFingerprint)
    sink.raw(middle)
    sink.data(root)
    for place in W.nodes.indices {
      let column = place < columns.count ? columns[place] : []
      sink.count(column.count)
      for part in column {
        part.id.write(to: &sink)
        sink.data(part.bytes)
      }
    }
    sink.count(queue.count)
    for message in queue {
      sink.raw(message.head)
      sink.data(message.bytes)
    }
    return sink.bytes
  }
}

extension SnapshotParts.Message {
  fileprivate init(from reader: inout ReplicaReader) throws {
    var head = ByteSink()
    head.raw(try reader.raw(21))
    target = try NodeID(from: &reader)
    target.write(to: &head)
    head.raw(try reader.raw(12))
    try PeerID?(from: &reader).write(to: &head)
    let kind = try reader.uint8()
    head.uint8(kind)
    isTyped = kind == 0
    if kind == 2 { try Presence(from: &reader).write(to: &head) }
    self.head = head.bytes
    bytes = try reader.data()
  }
}
