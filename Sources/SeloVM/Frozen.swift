/// A world at one moment, for views: immutable, `Sendable`, and O(1) to make however large the world is.
public struct Frozen<W: World>: Sendable {
  let program: Program
  let state: State

  /// The world itself.
  public var root: W { Box<W>.value(in: state.root) }

  /// The virtual time of this moment.
  public var now: VirtualTime { state.now }

  /// How many nodes there are besides the root.
  public var nodeCount: Int { state.nodes.count }

  /// How many messages wait for their time.
  public var pendingCount: Int { state.queue.count }

  /// The newest failed turns, the oldest first; see ``Machine/failedTurns``.
  public var failedTurns: [FailedTurn] { state.failedTurns.newest }

  /// A node as it was; nil if there was none. O(log nodes).
  public subscript<N: Node>(ref: Ref<N>) -> N? {
    guard let typeIndex = program.typeIndex(of: ObjectIdentifier(N.self)), typeIndex == ref.id.typeIndex else {
      return nil
    }
    let cell = ref.id == .root ? state.root : state.nodes[ref.id]
    return cell.map { Box<N>.value(in: $0) }
  }

  /// All nodes of a type in ascending order of their ids. O(their number).
  public func all<N: Node>(_ type: N.Type) -> [Ref<N>] {
    state.ids(ofType: program.typeIndex(of: ObjectIdentifier(type))).map { Ref($0) }
  }

  /// The digest of this moment: that of the machine it was taken from. O(state).
  public func digest() -> Digest { state.digest(program) }

  /// The bytes of this moment, as ``Machine/snapshot()``; it may be called off the machine's executor. O(state).
  public func snapshot() -> [UInt8] { state.snapshot(program) }
}
