/// Names one node of a world: eight bits of type, fifty-six of chance derived from the cause of its spawn (VM rule 17).
///
/// The root has the id zero. Types are numbered from one in the order of ``World/nodes``.
public struct NodeID: Hashable, Comparable, Sendable {
  /// All 64 bits; the order of ids is the order of these.
  public let value: UInt64

  /// The id with these bits; there need not be such a node.
  @inlinable public init(_ value: UInt64) { self.value = value }

  /// The world itself.
  @inlinable public static var root: NodeID { NodeID(0) }

  /// Which node type this id belongs to: zero for the root, else one more than its place in ``World/nodes``.
  @inlinable public var typeIndex: Int { Int(value >> 56) }

  public static func < (left: NodeID, right: NodeID) -> Bool { left.value < right.value }
}

extension NodeID {
  /// The id of the `ordinal`-th node, counted from one, spawned by the turn with this `cause`.
  ///
  /// An id that is taken by a living node is mixed again until it is free, on every peer alike.
  package static func spawned(typeIndex: Int, cause: UInt64, ordinal: UInt64, isTaken: (NodeID) -> Bool) -> NodeID {
    var word = mix((cause ^ Cause.spawnTag) &+ ordinal)
    while true {
      let id = NodeID(UInt64(typeIndex) << 56 | word >> 8)
      if !isTaken(id) { return id }
      word = mix(word)
    }
  }
}

extension NodeID: CustomStringConvertible {
  /// Sixteen hexadecimal digits, the first two for the type.
  public var description: String { hexadecimal(value) }
}

/// A typed reference to a node: what messages are sent to. It may outlive its node; messages to it are dropped then.
public struct Ref<N: Node>: Hashable, Comparable, Sendable {
  /// The node it names.
  public let id: NodeID

  /// A reference to the node with this id; if the id is of another type, it behaves as the id of a node that is gone.
  @inlinable public init(_ id: NodeID) { self.id = id }

  public static func < (left: Ref, right: Ref) -> Bool { left.id < right.id }
}

/// Sixteen lower-case hexadecimal digits.
func hexadecimal(_ value: UInt64) -> String {
  let digits = String(value, radix: 16)
  return String(repeating: "0", count: 16 - digits.utf8.count) + digits
}
