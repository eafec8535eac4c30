/// A world definition as the engine sees it: a table for the root and each node type.
struct Program: Sendable {
  let worldName: String
  let version: Int
  let fingerprint: UInt64
  /// The root first, then ``World/nodes`` in their order: the index is the type index of ids.
  let types: [Operations]
  let typeNames: [String]
  let identities: [ObjectIdentifier]
  /// Whether no message of any type needs memory of its own.
  let messagesLieInLinks: Bool
  /// Puts the root as it is before its first turn into memory.
  let makeRoot: @Sendable (UnsafeMutableRawPointer) -> Void

  init<W: World>(of world: W.Type) {
    let nodeTypes: [any Node.Type] = [W.self] + W.nodes
    precondition(nodeTypes.count <= 256, "\(W.self) has more than 255 node types")
    types = nodeTypes.map { $0.operations() }
    identities = nodeTypes.map { ObjectIdentifier($0) }
    typeNames = nodeTypes.map { typeName(of: $0) }
    messagesLieInLinks = types.allSatisfy { $0.messagesLieInLinks }
    worldName = W.name
    version = W.version
    fingerprint = Self.fingerprint(of: typeNames)
    makeRoot = { $0.initializeMemory(as: W.self, to: W()) }
    for (index, identity) in identities.enumerated() {
      precondition(
        identities.firstIndex(of: identity) == index, "\(typeNames[index]) is twice among the nodes of \(W.self)")
    }
    precondition(types[0].runRoot != nil, "\(W.self).operations() is not that of a world: leave it to the default")
  }

  /// The index of a type in ids; nil for types that the world does not have. O(types).
  func typeIndex(of identity: ObjectIdentifier) -> Int? { identities.firstIndex(of: identity) }

  /// How letters name a world as their source: its name and its seed, which differs between sessions.
  func address(seed: UInt64) -> String { worldName + "/" + hexadecimal(seed) }

  /// 64 bits that differ between worlds whose types have other names or another order.
  private static func fingerprint(of typeNames: [String]) -> UInt64 {
    var sink = DigestSink(key: 0)
    for name in typeNames { sink.text(name) }
    return UInt64(truncatingIfNeeded: sink.value)
  }
}
