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
    let isExternal: Bool
    /// The content as a message of the target's type; nil for presence, letters and what does not decode.
    var bytes: [UInt8]?
  }

  let worldName: String
  let version: Int
  /// Limits, position, failed turns, letters and skipped causes, as they are.
  let middle: [UInt8]
  var root: [UInt8]
  /// One for each type of node that the world had.
  var columns: [[Part]]
  var queue: [Message]
}

extension SnapshotParts {
  init(body bytes: [UInt8], in range: Range<Int>) throws {
    var reader = ReplicaReader(bytes, in: range)
    worldName = try reader.text(limit: 1_024)
    version = try reader.int()
    _ = try reader.uint64()
    let columnCount = try reader.count(elementSize: 4, limit: 255)
    var middle = ByteSink()
    middle.raw(try reader.raw(56))
    middle.uint64(try reader.uint64())
    for size in [25, 8, 8] {
      let count = try reader.count(elementSize: size)
      middle.count(count)
      middle.raw(try reader.raw(count * size))
    }
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
    for _ in 0..<(try reader.count(elementSize: 28)) { queue.append(try Message(internal: &reader)) }
    for _ in 0..<(try reader.count(elementSize: 30)) { queue.append(try Message(external: &reader)) }
    try reader.finish()
  }

  /// The body of a snapshot of the world as it is defined today.
  func body<W: World>(for world: W.Type) -> [UInt8] {
    var sink = ByteSink(reserving: 4_096)
    sink.text(worldName)
    sink.int(W.version)
    sink.uint64(Machine<W>.schemaFingerprint)
    sink.count(W.nodes.count)
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
    for isExternal in [false, true] {
      let messages = queue.filter { $0.isExternal == isExternal }
      sink.count(messages.count)
      for message in messages {
        sink.raw(message.head)
        if let bytes = message.bytes { sink.data(bytes) }
      }
    }
    return sink.bytes
  }
}

extension SnapshotParts.Message {
  fileprivate init(internal reader: inout ReplicaReader) throws {
    var head = ByteSink()
    head.raw(try reader.raw(8))
    target = try NodeID(from: &reader)
    target.write(to: &head)
    head.raw(try reader.raw(8))
    self.head = head.bytes
    isExternal = false
    bytes = try reader.data()
  }

  fileprivate init(external reader: inout ReplicaReader) throws {
    var head = ByteSink()
    head.raw(try reader.raw(28))
    try PeerID?(from: &reader).write(to: &head)
    let kind = try reader.uint8()
    head.uint8(kind)
    switch kind {
    case 2: try Presence(from: &reader).write(to: &head)
    case 3: try Letter(from: &reader).write(to: &head)
    default: break
    }
    self.head = head.bytes
    target = .root
    isExternal = true
    bytes = kind == 0 ? try reader.data() : nil
  }
}
