/// What a node may do and know while it receives one message. It can not be kept beyond the turn.
///
/// Nothing happens at once: what a turn asks for is committed when its round is over, in order (VM rules 10, 11), and
/// not at all when the turn throws.
public struct Turn<N: Node>: ~Copyable {
  @usableFromInline let lane: Lane

  @inlinable
  init(in lane: Lane) { self.lane = lane }

  /// A turn in another machine than the engine.
  package init(host: any TurnHost) { lane = Lane(host: host) }

  /// The virtual time of the message, exactly (VM rule 6).
  @inlinable public var now: VirtualTime { lane.host?.now ?? lane.now }

  /// The node whose turn it is.
  @inlinable public var me: Ref<N> { Ref(lane.host?.me ?? lane.me) }

  /// Who published the message; nil for messages that nodes sent and for presence.
  @inlinable public var author: PeerID? {
    if let host = lane.host { host.author } else { lane.author }
  }

  /// Chance that is the same on every peer.
  @inlinable public var random: RandomStream { RandomStream(lane: lane) }

  /// Sends a message to a node, due after `delay` in virtual time; one without delay runs in a later round of this
  /// time. Delays saturate at the end of time. It is dropped if the node is gone when it is due.
  @inlinable @discardableResult
  public func send<Target: Node>(
    _ message: Target.Message, to target: Ref<Target>, after delay: Delay = .zero
  ) -> Ticket {
    lane.send(message, to: target.id, of: Target.self, after: delay)
  }

  /// Sends a message to this node itself: in `receive` of that message it may do so again, and so on for ever.
  @inlinable @discardableResult
  public func future(_ delay: Delay, _ message: N.Message) -> Ticket { send(message, to: me, after: delay) }

  /// Takes back a message that waits, whoever sent it; does nothing if it does not (VM rule 15).
  @inlinable
  public func cancel(_ ticket: Ticket) { lane.cancel(ticket) }

  /// Adds a node. Its type must be among ``World/nodes``. It can be sent to at once and is there in the next round.
  @inlinable
  public func spawn<Child: Node>(_ node: Child) -> Ref<Child> {
    Ref(lane.spawn(node))
  }

  /// Removes a node, at the end of the round. The world itself can not be removed.
  @inlinable
  public func destroy<Target: Node>(_ node: Ref<Target>) {
    lane.destroy(node.id, of: ObjectIdentifier(Target.self))
  }

  /// Tells the views of each peer something that is not state: see ``Event``.
  @inlinable
  public func emit(_ event: some Sendable) { lane.emit(event) }

  /// Posts a letter to another world: its name is what the hosts of both understand. It takes effect there when a host
  /// has delivered it (``World/letter(_:_:)``); nothing comes back unless that world answers. O(bytes).
  @inlinable
  public func post(_ content: some Replicated, toWorld name: String) { lane.post(content.encoded(), to: name) }
}

extension Turn where N: World {
  /// A node as it is; nil when it is gone, not there yet, or the world whose turn it is.
  ///
  /// Assigning changes a node that exists and does nothing otherwise. Assigning nil does nothing either, since Swift
  /// does just that when `turn[ref]?.x += 1` finds no node: use ``destroy(_:)``. O(1).
  @inlinable
  public subscript<Target: Node>(ref: Ref<Target>) -> Target? {
    get { lane.node(ref.id, as: Target.self) }
    nonmutating set {
      if let newValue { lane.replace(ref.id, with: newValue) }
    }
  }

  /// All nodes of a type in ascending order of their ids. O(their number).
  @inlinable
  public func all<Target: Node>(_ type: Target.Type) -> [Ref<Target>] { lane.all(type).map { Ref($0) } }

  /// Changes all nodes of a type, in ascending order of their ids. The closure may use the turn; what it does to the
  /// same node by the turn's subscript is overwritten. O(their number).
  @inlinable
  public func update<Target: Node>(_ type: Target.Type, _ body: (Ref<Target>, inout Target) throws -> Void) rethrows {
    try lane.update(type, body)
  }
}
