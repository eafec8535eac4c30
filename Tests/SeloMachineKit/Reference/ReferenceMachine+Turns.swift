package import SeloVM

/// What a turn may know and ask for.
extension ReferenceMachine: TurnHost {
  package var now: VirtualTime { state.now }
  package var me: NodeID { turn.me }
  package var author: PeerID? { turn.author }

  package func draw() -> UInt64 {
    turn.draws += 1
    return RandomStream.draw(seed: state.seed, cause: turn.cause, ordinal: turn.draws)
  }

  package func send<Target: Node>(
    _ message: Target.Message, to target: NodeID, of type: Target.Type, after delay: Delay
  ) -> Ticket {
    turn.sends += 1
    let ticket = Ticket(time: now + delay, cause: Cause.send(turn.cause, ordinal: turn.sends))
    if belongs(target, to: type) {
      effects.append(
        .send(
          ReferenceMessage(
            time: ticket.time, isExternal: false, sequence: 0, place: 0, target: target, cause: ticket.cause,
            depth: ticket.time == now ? turn.depth + 1 : 0, author: nil, content: .message(message))))
    }
    return ticket
  }

  package func cancel(_ ticket: Ticket) { effects.append(.cancel(ticket)) }

  package func spawn(_ node: any Node) -> NodeID {
    turn.spawns += 1
    let index = types.firstIndex { $0 == type(of: node) } ?? 0
    let id = NodeID.spawned(typeIndex: index, cause: turn.cause, ordinal: turn.spawns) { state.nodes[$0] != nil }
    effects.append(.spawn(id, node, cause: turn.cause))
    return id
  }

  package func destroy(_ id: NodeID, of type: ObjectIdentifier) {
    if id != .root, types.indices.contains(id.typeIndex), ObjectIdentifier(types[id.typeIndex]) == type {
      effects.append(.destroy(id))
    }
  }

  package func emit(_ value: any Sendable) {
    effects.append(
      .emit(Event(time: now, cause: turn.cause, ordinal: turn.emitted, source: turn.me, value: value)))
    turn.emitted += 1
  }

  package func post(_ content: [UInt8], to world: String) {
    turn.sends += 1
    let digits = String(state.seed, radix: 16)
    let source = W.name + "/" + String(repeating: "0", count: 16 - digits.count) + digits
    let cause = Cause.send(turn.cause, ordinal: turn.sends)
    effects.append(.post(Letter(source: source, destination: world, cause: cause, content: content)))
  }

  package func node(_ id: NodeID, of type: any Node.Type) -> (any Node)? {
    belongs(id, to: type) ? state.nodes[id] : nil
  }

  package func replace(_ id: NodeID, with node: any Node) {
    if self.node(id, of: type(of: node)) != nil { setNode(id, node) }
  }

  package func all(_ type: any Node.Type) -> [NodeID] { ids(of: type) }

  private func belongs(_ id: NodeID, to type: any Node.Type) -> Bool {
    types.indices.contains(id.typeIndex) && types[id.typeIndex] == type && (id.typeIndex > 0 || id == .root)
  }
}
