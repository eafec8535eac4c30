// What a turn may know and ask for; ``Turn`` is the typed door to these, and a random stream draws here.
extension Engine {
  @usableFromInline var now: VirtualTime { state.now }
  @usableFromInline var me: NodeID { current.me }
  @usableFromInline var author: PeerID? { current.author }

  /// The next draw of the running turn (VM rule 18).
  @usableFromInline
  func draw() -> UInt64 {
    current.draws += 1
    return RandomStream.draw(seed: state.seed, cause: current.cause, ordinal: current.draws)
  }

  @usableFromInline
  func send(_ message: any Cell, to target: NodeID, type: ObjectIdentifier, after delay: Delay) -> Ticket {
    current.sends += 1
    let ticket = Ticket(time: state.now + delay, cause: Cause.send(current.cause, ordinal: current.sends))
    guard isNode(target, of: type) else { return ticket }
    let depth = ticket.time == state.now ? current.depth + 1 : 0
    effects.append(.send(ticket, to: target, depth: depth, message))
    return ticket
  }

  @usableFromInline
  func cancel(_ ticket: Ticket) { effects.append(.cancel(ticket)) }

  @usableFromInline
  func spawn(_ node: any Cell, type: ObjectIdentifier) -> NodeID {
    guard let typeIndex = program.typeIndex(of: type), typeIndex > 0 else {
      preconditionFailure("spawned a node of a type that is not among the nodes of \(program.worldName)")
    }
    current.spawns += 1
    let id = NodeID.spawned(
      typeIndex: typeIndex, cause: current.cause, ordinal: current.spawns, isTaken: state.nodes.holds)
    effects.append(.spawn(id, node, cause: current.cause))
    return id
  }

  /// The root is not in the table: destroying it does nothing.
  @usableFromInline
  func destroy(_ id: NodeID, type: ObjectIdentifier) {
    if isNode(id, of: type) { effects.append(.destroy(id)) }
  }

  @usableFromInline
  func emit(_ value: any Sendable) {
    effects.append(
      .emit(
        Event(time: state.now, cause: current.cause, ordinal: current.emitted, source: current.me, value: value)))
    current.emitted += 1
  }

  /// For exclusive turns: the node, unless it is gone, of another type or the root.
  @usableFromInline
  func node(_ id: NodeID, of type: ObjectIdentifier) -> (any Cell)? {
    isNode(id, of: type) ? state.nodes[id] : nil
  }

  /// For exclusive turns: changes a node that exists.
  @usableFromInline
  func replace(_ id: NodeID, of type: ObjectIdentifier, with cell: any Cell) {
    if node(id, of: type) != nil { state.nodes.set(cell, for: id) }
  }

  /// For exclusive turns: all nodes of a type in ascending order of id.
  @usableFromInline
  func all(of type: ObjectIdentifier) -> [NodeID] { state.ids(ofType: program.typeIndex(of: type)) }

  private func isNode(_ id: NodeID, of type: ObjectIdentifier) -> Bool {
    id.typeIndex < program.typeIdentities.count && program.typeIdentities[id.typeIndex] == type
      && (id.typeIndex > 0 || id == .root)
  }
}
