// What a turn may know and ask for. The generic ones are inlined, specialised, into the module of the world.
extension Lane {
  /// The next draw of the running turn (VM rule 18).
  @usableFromInline
  func draw() -> UInt64 {
    if let host { return host.draw() }
    draws += 1
    return RandomStream.draw(seed: engine?.state.seed ?? 0, cause: cause, ordinal: draws)
  }

  /// Whether an id may name a node of this type.
  @inlinable
  func isNode(_ id: NodeID, of type: ObjectIdentifier) -> Bool {
    let index = id.typeIndex
    return index < identities.count && identities[index] == type && (index > 0 || id == .root)
  }

  @inlinable
  func send<Target: Node>(
    _ message: Target.Message, to target: NodeID, of type: Target.Type, after delay: Delay
  ) -> Ticket {
    if let host { return host.send(message, to: target, of: type, after: delay) }
    sends &+= 1
    let ticket = Ticket(time: now + delay, cause: Cause.send(cause, ordinal: sends))
    guard isNode(target, of: ObjectIdentifier(type)) else { return ticket }
    let payload: UInt32
    if InlineMessage.fits(Target.Message.self) {
      payload = InlineMessage.payload(of: message)
    } else {
      let place = reserveMessage(target.typeIndex)
      place.content.initializeMemory(as: Target.Message.self, to: message)
      payload = place.payload
    }
    let hint = ticket.time == now ? depth &+ 1 : target == me ? mySlot : Link.unknown
    links.append(Link(time: ticket.time, cause: ticket.cause, target: target, payload: payload, hint: hint))
    return ticket
  }

  /// Memory for the content of a message to a node of that type; it counts as made.
  @usableFromInline
  func reserveMessage(_ type: Int) -> (payload: UInt32, content: UnsafeMutableRawPointer) {
    guard let engine else { preconditionFailure("a lane of another machine has no messages") }
    if isAlone { return engine.state.messages[type].add() }
    var slab = staged[type] ?? Slab(engine.program.types[type].messageLayout)
    staged[type] = nil
    defer { staged[type] = slab }
    return slab.add()
  }

  @usableFromInline
  func cancel(_ ticket: Ticket) {
    if let host { return host.cancel(ticket) }
    request(.cancel(ticket))
  }

  @inlinable
  func spawn<Child: Node>(_ child: Child) -> NodeID {
    if let host { return host.spawn(child) }
    let place = reserveNode(ObjectIdentifier(Child.self))
    place.value.initializeMemory(as: Child.self, to: child)
    return place.id
  }

  @usableFromInline
  func reserveNode(_ type: ObjectIdentifier) -> (id: NodeID, value: UnsafeMutableRawPointer) {
    guard let engine, let typeIndex = identities.firstIndex(of: type), typeIndex > 0 else {
      preconditionFailure("spawned a node of a type that is not among the nodes of the world")
    }
    spawns += 1
    let id = NodeID.spawned(typeIndex: typeIndex, cause: cause, ordinal: spawns) {
      engine.state.columns[typeIndex].slot(of: $0) != nil
    }
    let chunk = Chunk(engine.program.types[typeIndex].nodeLayout, slots: 1)
    chunk.occupy(0, word: id.value)
    request(.spawn(id, chunk, cause: cause))
    return (id, chunk.values)
  }

  /// The root is not in a column: destroying it does nothing.
  @usableFromInline
  func destroy(_ id: NodeID, of type: ObjectIdentifier) {
    if let host { return host.destroy(id, of: type) }
    if isNode(id, of: type), id != .root { request(.destroy(id)) }
  }

  @usableFromInline
  func emit(_ value: any Sendable) {
    if let host { return host.emit(value) }
    request(.emit(Event(time: now, cause: cause, ordinal: emitted, source: me, value: value)))
    emitted += 1
  }

  @usableFromInline
  func post(_ content: [UInt8], to world: String) {
    if let host { return host.post(content, to: world) }
    guard let engine else { return }
    sends += 1
    let source = engine.program.address(seed: engine.state.seed)
    let cause = Cause.send(cause, ordinal: sends)
    request(.post(Letter(source: source, destination: world, cause: cause, content: content)))
  }

  private func request(_ kind: Request.Kind) {
    requests.append(Request(kind: kind, links: links.count))
  }
}

/// The requests of exclusive turns, which may see and change every node.
extension Lane {
  @inlinable
  func node<Target: Node>(_ id: NodeID, as type: Target.Type) -> Target? {
    if let host { return host.node(id, of: type) as? Target }
    guard isNode(id, of: ObjectIdentifier(type)), let value = engine?.node(id) else { return nil }
    return value.assumingMemoryBound(to: type).pointee
  }

  @inlinable
  func replace<Target: Node>(_ id: NodeID, with node: Target) {
    if let host { return host.replace(id, with: node) }
    guard isNode(id, of: ObjectIdentifier(Target.self)), let value = engine?.exclusiveNode(id) else { return }
    value.assumingMemoryBound(to: Target.self).pointee = node
  }

  @usableFromInline
  func all<Target: Node>(_ type: Target.Type) -> [NodeID] {
    if let host { return host.all(type) }
    guard let engine, let typeIndex = identities.firstIndex(of: ObjectIdentifier(type)), typeIndex > 0 else {
      return []
    }
    let column = engine.state.columns[typeIndex]
    return column.slots().map { column.id(at: $0) }
  }

  @inlinable
  func update<Target: Node>(_ type: Target.Type, _ body: (Ref<Target>, inout Target) throws -> Void) rethrows {
    if host != nil {
      for id in all(type) {
        guard var value = node(id, as: type) else { continue }
        try body(Ref(id), &value)
        replace(id, with: value)
      }
      return
    }
    for slot in slots(of: ObjectIdentifier(type)) {
      let place = exclusiveNode(at: slot, of: ObjectIdentifier(type))
      let node = place.value.assumingMemoryBound(to: type)
      // A copy, since the body may look at the same node through the turn.
      var value = node.pointee
      try body(Ref(place.id), &value)
      node.pointee = value
    }
  }

  @usableFromInline
  func slots(of type: ObjectIdentifier) -> [UInt32] {
    guard let engine, let typeIndex = identities.firstIndex(of: type), typeIndex > 0 else { return [] }
    self.typeIndex = typeIndex
    return engine.state.columns[typeIndex].slots()
  }

  @usableFromInline
  func exclusiveNode(at slot: UInt32, of type: ObjectIdentifier) -> (id: NodeID, value: UnsafeMutableRawPointer) {
    guard let engine, let typeIndex = identities.firstIndex(of: type) else {
      preconditionFailure("a node of a type that the world does not have")
    }
    return (engine.state.columns[typeIndex].id(at: slot), engine.exclusiveNode(typeIndex, slot))
  }
}

/// Another machine that turns can run in: the test kit's reference machine, which has nothing in common with the engine
/// but ``Turn``. Each requirement is what the method of ``Turn`` with its name says.
@usableFromInline
package protocol TurnHost: AnyObject {
  var now: VirtualTime { get }
  var me: NodeID { get }
  var author: PeerID? { get }
  func draw() -> UInt64
  func send<Target: Node>(
    _ message: Target.Message, to target: NodeID, of type: Target.Type, after delay: Delay
  ) -> Ticket
  func cancel(_ ticket: Ticket)
  func spawn(_ node: any Node) -> NodeID
  func destroy(_ id: NodeID, of type: ObjectIdentifier)
  func emit(_ value: any Sendable)
  func post(_ content: [UInt8], to world: String)
  func node(_ id: NodeID, of type: any Node.Type) -> (any Node)?
  func replace(_ id: NodeID, with node: any Node)
  func all(_ type: any Node.Type) -> [NodeID]
}
