/// A world definition as the engine sees it: a table for the root and each node type, and the root's special turns.
@usableFromInline
struct Program: Sendable {
  let worldName: String
  let version: Int
  let fingerprint: UInt64
  /// The root first, then ``World/nodes`` in their order: the index is the type index of ids.
  let types: [Operations]
  let typeNames: [String]
  @usableFromInline let typeIdentities: [ObjectIdentifier]
  let initialRoot: @Sendable () -> any Cell
  let start: @Sendable (Engine, any Cell) -> any Cell
  let presence: @Sendable (Engine, any Cell, Presence) throws -> any Cell
  let accepts: @Sendable (_ message: any Cell, PeerID) -> Bool

  init<W: World>(of world: W.Type) {
    let nodeTypes: [any Node.Type] = [W.self] + W.nodes
    precondition(nodeTypes.count <= 256, "\(W.self) has more than 255 node types")
    typeIdentities = nodeTypes.map { ObjectIdentifier($0) }
    typeNames = nodeTypes.map { typeName(of: $0) }
    types = nodeTypes.map { $0.operations() }
    worldName = W.name
    version = W.version
    fingerprint = Self.fingerprint(of: typeNames)
    initialRoot = { Box(W()) }
    start = { engine, root in
      var value = Box<W>.value(in: root)
      var turn = Turn<W>(engine: engine)
      value.start(&turn)
      return Box(value)
    }
    presence = { engine, root, presence in
      var value = Box<W>.value(in: root)
      var turn = Turn<W>(engine: engine)
      try value.presence(presence, &turn)
      return Box(value)
    }
    accepts = { message, author in W.accepts(Box<W.Message>.value(in: message), from: author) }
    for (index, identity) in typeIdentities.enumerated() {
      precondition(typeIndex(of: identity) == index, "\(typeNames[index]) is twice among the nodes of \(W.self)")
    }
  }

  /// The index of a type in ids; nil for types that the world does not have. O(types).
  @usableFromInline
  func typeIndex(of identity: ObjectIdentifier) -> Int? { typeIdentities.firstIndex(of: identity) }

  /// 64 bits that differ between worlds whose types have other names or another order.
  private static func fingerprint(of typeNames: [String]) -> UInt64 {
    var sink = DigestSink(key: 0)
    for name in typeNames { sink.text(name) }
    return UInt64(truncatingIfNeeded: sink.value)
  }
}
