// What a frozen world answers to the questions of another peer.
//
//     tree      a digest tree
//     nodes     whether the list is cut (1), count (4), then ids (8) with the hash of the node (16)
//     contents  the root, then each node that was asked for, as an optional (1) and data; whether what waits is
//               cut (1), count (4), then messages; count (4), then the fields of the head, label as text and value as
//               data
//     message   time (8), target (8), cause (8), author as an optional, kind (1: 0 none, 1 message, 2 presence,
//               3 letter), data

extension Frozen {
  /// The answer, of at most ``WorldQuestion/answerBytes``; nil when the world is too large to be looked through.
  /// O(state) for trees, O(nodes) for nodes.
  package func answer(_ question: WorldQuestion) -> [UInt8]? {
    guard canBeLookedThrough else { return nil }
    switch question {
    case .tree:
      let bytes = digestTree().encoded()
      return bytes.count <= WorldQuestion.answerBytes ? bytes : nil
    case .nodes(let ranges): return hashes(in: ranges).encoded()
    case .contents(let contents): return excerpt(contents)
    }
  }

  /// Whether the world is small enough to be looked through between two ticks. O(node types).
  package var canBeLookedThrough: Bool { nodeCount <= WorldQuestion.size && pendingCount <= WorldQuestion.size }

  /// The hashes of the nodes in these ranges, as many as one answer holds.
  func hashes(in ranges: [ClosedRange<NodeID>]) -> NodeHashes {
    var hashes = NodeHashes()
    forEachNode(where: { id in id != .root && ranges.contains { $0.contains(id) } }) { id, _, node in
      if hashes.list.count == NodeHashes.limit { return hashes.isCut = true }
      var sink = DigestSink(key: id.value)
      node.write(to: &sink)
      hashes.list.append(NodeHashes.Entry(id: id, hash: Digest(sink.value)))
    }
    return hashes
  }

  private func excerpt(_ contents: WorldQuestion.Contents) -> [UInt8] {
    var sink = ByteSink(reserving: 4_096)
    func write(_ bytes: [UInt8]?) {
      let fits = bytes.map { sink.count + $0.count <= WorldQuestion.answerBytes - 8_192 } ?? false
      sink.bool(fits)
      if fits, let bytes { sink.data(bytes) }
    }
    write(contents.root ? root.encoded() : nil)
    for id in contents.nodes { write(node(id)?.encoded()) }
    writeQueue(contents.queue ? waitingMessages() : [], to: &sink)
    let fields = contents.head ? head.map { (label: $0.label, bytes: $0.value.encoded()) } : []
    let sent = fields.filter { sink.count + $0.bytes.count <= WorldQuestion.answerBytes - 1_024 }
    sink.count(sent.count)
    for field in sent {
      sink.text(field.label)
      sink.data(field.bytes)
    }
    return sink.bytes
  }

  private func writeQueue(_ messages: [WaitingMessage], to sink: inout ByteSink) {
    var written = ByteSink()
    var count = 0
    for message in messages {
      let bytes = message.encoded()
      if sink.count + written.count + bytes.count > WorldQuestion.answerBytes - 6_144 { break }
      written.raw(bytes)
      count += 1
    }
    sink.bool(count < messages.count)
    sink.count(count)
    sink.raw(written.bytes)
  }
}

/// The nodes of some ranges with the hash of each, ids ascending.
struct NodeHashes: Replicated {
  struct Entry: Hashable {
    let id: NodeID
    let hash: Digest
  }

  var list: [Entry] = []
  /// Nodes behind the last one are not told.
  var isCut = false

  static let limit = 2_048

  init() {}

  func write(to sink: inout some ReplicaSink) {
    sink.bool(isCut)
    sink.count(list.count)
    for entry in list {
      entry.id.write(to: &sink)
      sink.raw(entry.hash.bytes)
    }
  }

  init(from reader: inout ReplicaReader) throws {
    isCut = try reader.bool()
    for _ in 0..<(try reader.count(elementSize: 24, limit: Self.limit)) {
      let id = try NodeID(from: &reader)
      guard let hash = Digest(bytes: try reader.raw(16)), list.last.map({ $0.id < id }) ?? true else {
        throw DecodeError.invalid("node hashes")
      }
      list.append(Entry(id: id, hash: hash))
    }
  }

  /// The ids, ascending, whose nodes are not the same in both, or that only one has. Nothing is said about what lies
  /// behind the end of a list that is cut.
  func differences(from other: NodeHashes) -> [NodeID] {
    let ends = [self, other].filter(\.isCut).compactMap(\.list.last?.id)
    let mine = Set(list)
    let theirs = Set(other.list)
    let ids = Set(mine.symmetricDifference(theirs).map(\.id)).sorted()
    return ids.filter { id in ends.allSatisfy { id <= $0 } }
  }
}

extension WaitingMessage {
  func encoded() -> [UInt8] {
    var sink = ByteSink()
    time.write(to: &sink)
    target.write(to: &sink)
    sink.uint64(cause)
    author.write(to: &sink)
    let kind: UInt8 =
      switch message {
      case nil: 0
      case is Presence: 2
      case is Letter: 3
      default: 1
      }
    sink.uint8(kind)
    sink.data(message?.encoded() ?? [])
    return sink.bytes
  }

  /// Reads a message of the world whose node types these are, the root first.
  init(from reader: inout ReplicaReader, types: [any Node.Type]) throws {
    time = try VirtualTime(from: &reader)
    target = try NodeID(from: &reader)
    cause = try reader.uint64()
    author = try PeerID?(from: &reader)
    let kind = try reader.uint8()
    let bytes = try reader.data()
    guard types.indices.contains(target.typeIndex) else { throw DecodeError.invalid("target") }
    switch kind {
    case 0: message = nil
    case 1: message = try messageOf(types[target.typeIndex], bytes)
    case 2: message = try Presence(encoded: bytes)
    case 3: message = try Letter(encoded: bytes)
    default: throw DecodeError.invalid("message")
    }
  }
}

private func messageOf<N: Node>(_ type: N.Type, _ bytes: [UInt8]) throws -> any Replicated {
  try N.Message(encoded: bytes)
}
