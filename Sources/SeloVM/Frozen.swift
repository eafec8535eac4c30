/// A world at one moment, for views: immutable, `Sendable`, and O(1) to make however large the world is.
public struct Frozen<W: World>: Sendable {
  let program: Program
  let state: State

  /// The world itself.
  public var root: W { state.root.values.assumingMemoryBound(to: W.self).pointee }

  /// The virtual time of this moment.
  public var now: VirtualTime { state.now }

  /// How many nodes there are besides the root.
  public var nodeCount: Int { state.nodeCount }

  /// How many messages wait for their time.
  public var pendingCount: Int { state.pendingCount }

  /// The newest failed turns, the oldest first; see ``Machine/failedTurns``.
  public var failedTurns: [FailedTurn] { state.failedTurns.newest }

  /// A node as it was; nil if there was none. O(1).
  public subscript<N: Node>(ref: Ref<N>) -> N? {
    guard let typeIndex = program.typeIndex(of: ObjectIdentifier(N.self)), typeIndex == ref.id.typeIndex else {
      return nil
    }
    return state.value(of: ref.id)?.assumingMemoryBound(to: N.self).pointee
  }

  /// All nodes of a type in ascending order of their ids. O(their number).
  public func all<N: Node>(_ type: N.Type) -> [Ref<N>] {
    guard let typeIndex = program.typeIndex(of: ObjectIdentifier(type)), typeIndex > 0 else { return [] }
    let column = state.columns[typeIndex]
    return column.slots().map { Ref(column.id(at: $0)) }
  }

  /// The digest of this moment: that of the machine it was taken from. O(nodes / 64 + 8 · nodes written since the last
  /// digest + messages that wait).
  public func digest() -> Digest { state.digest(program) }

  /// The bytes of this moment, as ``Machine/snapshot()``; it may be called off the machine's executor. O(state).
  public func snapshot() -> [UInt8] { state.snapshot(program) }
}
