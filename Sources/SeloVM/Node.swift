/// An actor inside a world: a value that receives messages, one at a time, in virtual time.
///
/// A node sees and changes only itself, and sends messages to the nodes whose ``Ref`` it holds:
///
///     struct Clock: Node, Codable {
///       var seconds = 0
///       enum Message: Replicated, Codable, Sendable { case tick }
///       mutating func receive(_ message: Message, _ turn: inout Turn<Clock>) {
///         seconds += 1
///         turn.future(.seconds(1), .tick)
///       }
///     }
///
/// Everything in `receive` must be the same on every peer: no clock, no chance but ``Turn/random``, no global state,
/// no `Hasher`, no `Dictionary` or `Set` whose order matters.
public protocol Node: Replicated, Sendable {
  /// What it receives.
  associatedtype Message: Replicated & Sendable

  /// One turn. It happens whole or not at all: after a throw neither the state nor any effect of it remains.
  mutating func receive(_ message: Message, _ turn: inout Turn<Self>) throws

  /// How the machine runs nodes of this type. Leave it to the default: being inlinable, it is specialised for the
  /// node type in the module that defines it, which makes dispatch several times faster.
  static func operations() -> Operations
}

extension Node {
  /// The operations of this type, specialised where the type is defined.
  @inlinable
  public static func operations() -> Operations { Operations(of: Self.self) }
}
