/// What a node may do and know while it receives one message. It can not be kept beyond the turn.
///
/// Nothing happens at once: what a turn asks for is committed when its round is over, in order (VM rules 10, 11), and
/// not at all when the turn throws.
public struct Turn<N: Node>: ~Copyable {
  @usableFromInline let engine: Engine

  @inlinable
  init(engine: Engine) { self.engine = engine }

  /// The virtual time of the message, exactly (VM rule 6).
  @inlinable public var now: VirtualTime { engine.now }

  /// The node whose turn it is.
  @inlinable public var me: Ref<N> { Ref(engine.me) }

  /// Who published the message; nil for messages that nodes sent and for presence.
  @inlinable public var author: PeerID? { engine.author }

  /// Chance that is the same on every peer.
  @inlinable public var random: RandomStream { RandomStream(engine: engine) }

  /// Sends a message to a node, due after `delay` in virtual time; one without delay runs in a later round of this
  /// time. Delays saturate at the end of time. It is dropped if the node is gone when it is due.
  @inlinable @discardableResult
  public func send<Target: Node>(
    _ message: Target.Message, to target: Ref<Target>, after delay: Delay = .zero
  ) -> Ticket {
    engine.send(Box(message), to: target.id, type: ObjectIdentifier(Target.self), after: delay)
  }

  /// Sends a message to this node itself: in `receive` of that message it may do so again, and so on for ever.
  @inlinable @discardableResult
  public func future(_ delay: Delay, _ message: N.Message) -> Ticket { send(message, to: me, after: delay) }

  /// Takes back a message that waits, whoever sent it; does nothing if it does not (VM rule 15).
  @inlinable
  public func cancel(_ ticket: Ticket) { engine.cancel(ticket) }

  /// Adds a node. Its type must be among ``World/nodes``. It can be sent to at once and is there in the next round.
  @inlinable
  public func spawn<Child: Node>(_ node: Child) -> Ref<Child> {
    Ref(engine.spawn(Box(node), type: ObjectIdentifier(Child.self)))
  }

  /// Removes a node, at the end of the round. The world itself can not be removed.
  @inlinable
  public func destroy<Target: Node>(_ node: Ref<Target>) {
    engine.destroy(node.id, type: ObjectIdentifier(Target.self))
  }

  /// Tells the views of each peer something that is not state: see ``Event``.
  @inlinable
  public func emit(_ event: some Sendable) { engine.emit(event) }
}

extension Turn where N: World {
  /// A node as it is; nil when it is gone, not there yet, or the world whose turn it is.
  ///
  /// Assigning changes a node that exists and does nothing otherwise. Assigning nil does nothing either, since Swift
  /// does just that when `turn[ref]?.x += 1` finds no node: use ``destroy(_:)``. O(log nodes).
  @inlinable
  public subscript<Target: Node>(ref: Ref<Target>) -> Target? {
    get {
      engine.node(ref.id, of: ObjectIdentifier(Target.self)).map { Box<Target>.value(in: $0) }
    }
    nonmutating set {
      guard let newValue else { return }
      engine.replace(ref.id, of: ObjectIdentifier(Target.self), with: Box(newValue))
    }
  }

  /// All nodes of a type in ascending order of their ids. O(their number).
  @inlinable
  public func all<Target: Node>(_ type: Target.Type) -> [Ref<Target>] {
    engine.all(of: ObjectIdentifier(type)).map { Ref($0) }
  }

  /// Changes all nodes of a type, in ascending order of their ids. The closure may use the turn. O(their number · log).
  @inlinable
  public func update<Target: Node>(_ type: Target.Type, _ body: (Ref<Target>, inout Target) throws -> Void) rethrows {
    for ref in all(type) {
      guard var node = self[ref] else { continue }
      try body(ref, &node)
      self[ref] = node
    }
  }
}
