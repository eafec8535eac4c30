/// Finds out in what two worlds differ that lie on two machines, by asking the other one three questions at most.
///
///     var comparison = WorldComparison(of: mine, with: theirDigest)
///     while let question = comparison.question { try comparison.take(ask(question)) }
///     log(comparison.differences)
///
/// A value without network: whoever holds it carries questions and answers. Answers may be hostile; what they say of
/// the other world is believed, for it is meant for people.
package struct WorldComparison<W: World>: Sendable {
  /// What is to be asked next; nil when all is known that can be.
  package private(set) var question: WorldQuestion? = .tree
  /// What differs, as `Frozen.differences(from:limit:)` tells it.
  package private(set) var differences: [Difference] = []

  private let mine: Frozen<W>
  private let expected: Digest
  private let limit: Int
  private var parts: [DigestTree.Part] = []
  /// Nodes of the other world among those that differ.
  private var theirs: [NodeID] = []

  /// Compares with the world that has the digest `expected`; names at most `limit` fields.
  package init(of mine: Frozen<W>, with expected: Digest, limit: Int = 16) {
    self.mine = mine
    self.expected = expected
    self.limit = limit
    if !mine.canBeLookedThrough { question = nil }
  }

  /// Takes the answer to ``question``. Throws when it is none, or speaks of another world.
  package mutating func take(_ answer: [UInt8]) throws {
    switch question {
    case .tree?: try take(tree: DigestTree(encoded: answer))
    case .nodes(let ranges)?: try take(hashes: NodeHashes(encoded: answer), in: ranges)
    case .contents(let contents)?: try take(excerpt: answer, contents)
    case nil: break
    }
  }

  private mutating func take(tree: DigestTree) throws {
    guard tree.digest == expected else { throw DecodeError.invalid("digest") }
    parts = mine.digestTree().differences(from: tree)
    let ranges = parts.compactMap { part -> ClosedRange<NodeID>? in
      if case .nodes(_, let first, let last) = part { first...last } else { nil }
    }
    question = ranges.isEmpty ? contents(of: []) : .nodes(Array(ranges.prefix(WorldQuestion.ranges)))
    if parts.isEmpty { question = nil }
  }

  private mutating func take(hashes: NodeHashes, in ranges: [ClosedRange<NodeID>]) throws {
    guard hashes.list.allSatisfy({ entry in ranges.contains { $0.contains(entry.id) } }) else {
      throw DecodeError.invalid("node hashes")
    }
    let ids = Array(mine.hashes(in: ranges).differences(from: hashes).prefix(min(limit, WorldQuestion.contents)))
    theirs = ids.filter { id in hashes.list.contains { $0.id == id } }
    question = contents(of: ids)
  }

  private func contents(of ids: [NodeID]) -> WorldQuestion {
    var contents = WorldQuestion.Contents()
    contents.nodes = ids
    contents.root = parts.contains(.root)
    contents.queue = parts.contains(.queue)
    contents.head = parts.contains(.head)
    return .contents(contents)
  }

  private mutating func take(excerpt bytes: [UInt8], _ contents: WorldQuestion.Contents) throws {
    var reader = ReplicaReader(bytes)
    let types: [any Node.Type] = [W.self] + W.nodes
    var found: [Difference] = []
    let root = try reader.optionalData()
    if contents.root { found += try nodeDifferences(.root, root, isTheirs: true, types) }
    for id in contents.nodes {
      found += try nodeDifferences(id, try reader.optionalData(), isTheirs: theirs.contains(id), types)
    }
    let isCut = try reader.bool()
    var messages: [WaitingMessage] = []
    for _ in 0..<(try reader.count(elementSize: 30)) {
      messages.append(try WaitingMessage(from: &reader, types: types))
    }
    if contents.queue { found += mine.queueDifferences(from: messages, isCut: isCut) }
    var fields: [(label: String, bytes: [UInt8])] = []
    for _ in 0..<(try reader.count(elementSize: 8)) {
      fields.append((try reader.text(limit: 256), try reader.data()))
    }
    try reader.finish()
    if contents.head { found += headDifferences(fields) }
    if found.isEmpty, let part = parts.first {
      found = [Difference(node: nil, path: "\(part)", value: "\(mine.digest())", other: "\(expected)")]
    }
    differences = Array(found.prefix(limit))
    question = nil
  }

  /// How one node differs; the other world has it when `isTheirs`, though its bytes may have been too many to send.
  private func nodeDifferences(
    _ id: NodeID, _ bytes: [UInt8]?, isTheirs: Bool, _ types: [any Node.Type]
  ) throws -> [Difference] {
    guard types.indices.contains(id.typeIndex) else { throw DecodeError.invalid("node id") }
    let name = mine.nodeTypeNames[id.typeIndex]
    let left = mine.node(id).map { NamedNode(id: id, typeName: name, node: $0) }
    let right = try bytes.map { NamedNode(id: id, typeName: name, node: try decoded(types[id.typeIndex], $0)) }
    if isTheirs, right == nil {
      let value = left.map { text(of: $0.node) } ?? "nothing"
      let path = id == .root ? name : "\(name) \(id)"
      return [Difference(node: id, path: path, value: value, other: "too large to be sent")]
    }
    let pair = (left.map { [$0] } ?? [], right.map { [$0] } ?? [])
    return NamedNode.differences(pair.0, pair.1, everywhere: false, limit: limit).map(\.difference)
  }

  private func headDifferences(_ theirs: [(label: String, bytes: [UInt8])]) -> [Difference] {
    mine.head.compactMap { field in
      guard let bytes = theirs.first(where: { $0.label == field.label })?.bytes else { return nil }
      guard bytes != field.value.encoded() else { return nil }
      let other = alike(field.value, bytes).map { text(of: $0) } ?? "bytes of another type"
      return Difference(node: nil, path: "head.\(field.label)", value: text(of: field.value), other: other)
    }
  }
}

private func decoded<N: Node>(_ type: N.Type, _ bytes: [UInt8]) throws -> any Node { try N(encoded: bytes) }

/// The value of the same type that these bytes are.
private func alike<Value: Replicated>(_ value: Value, _ bytes: [UInt8]) -> (any Replicated)? {
  try? Value(encoded: bytes)
}

extension ReplicaReader {
  fileprivate mutating func optionalData() throws -> [UInt8]? { try bool() ? try data() : nil }
}
