/// The dispatch table of one node type: what the machine does with nodes and messages whose type it does not know.
///
/// It is made by ``Node/operations()``; there is nothing in it to call.
public struct Operations: Sendable {
  /// Runs one turn and returns the node after it.
  @usableFromInline let receive: @Sendable (Engine, _ node: any Cell, _ message: any Cell) throws -> any Cell
  @usableFromInline let writeNode: @Sendable (any Cell, inout ByteSink) -> Void
  @usableFromInline let writeMessage: @Sendable (any Cell, inout ByteSink) -> Void
  @usableFromInline let digestNode: @Sendable (any Cell, inout DigestSink) -> Void
  @usableFromInline let digestMessage: @Sendable (any Cell, inout DigestSink) -> Void
  @usableFromInline let readNode: @Sendable (inout ReplicaReader) throws -> any Cell
  @usableFromInline let readMessage: @Sendable (inout ReplicaReader) throws -> any Cell

  /// The table of `type`.
  @inlinable
  public init<N: Node>(of type: N.Type) {
    receive = { engine, node, message in
      var value = Box<N>.value(in: node)
      var turn = Turn<N>(engine: engine)
      try value.receive(Box<N.Message>.value(in: message), &turn)
      return Box(value)
    }
    writeNode = { node, sink in Box<N>.value(in: node).write(to: &sink) }
    writeMessage = { message, sink in Box<N.Message>.value(in: message).write(to: &sink) }
    digestNode = { node, sink in Box<N>.value(in: node).write(to: &sink) }
    digestMessage = { message, sink in Box<N.Message>.value(in: message).write(to: &sink) }
    readNode = { reader in Box(try N(from: &reader)) }
    readMessage = { reader in Box(try N.Message(from: &reader)) }
  }
}
