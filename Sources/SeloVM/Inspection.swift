// What digest trees, checks and timelines see of a state: the only door from them to how a machine keeps it.

extension Frozen {
  /// The names of the types of nodes, the root's first, then those of ``World/nodes``; the index is that of ids.
  package var nodeTypeNames: [String] { program.typeNames }

  /// The root, then all nodes column by column, ids ascending. O(nodes).
  package func forEachNode(_ body: (_ id: NodeID, _ typeName: String, _ node: any Node) -> Void) {
    body(.root, nodeTypeNames[0], root)
    for (place, type) in W.nodes.enumerated() { forEachNode(of: type, named: nodeTypeNames[place + 1], body) }
  }

  private func forEachNode<N: Node>(of type: N.Type, named name: String, _ body: (NodeID, String, any Node) -> Void) {
    for ref in all(type) {
      if let node = self[ref] { body(ref.id, name, node) }
    }
  }

  /// The messages that wait, in canonical order; presence counts as one. The message is nil when its bytes do not
  /// decode. O(messages).
  package func forEachPending(
    _ body: (
      _ time: VirtualTime, _ target: NodeID, _ cause: UInt64, _ author: PeerID?, _ message: (any Replicated)?
    ) -> Void
  ) {
    let types: [any Node.Type] = [W.self] + W.nodes
    state.queue.forEach { pending in
      let message: (any Replicated)? =
        switch pending.content {
        case .message(let cell): message(in: cell, to: types[pending.target.typeIndex])
        case .presence(let presence): presence
        case .undecodable: nil
        }
      body(pending.position.time, pending.target, pending.cause, pending.author, message)
    }
  }

  private func message<N: Node>(in cell: any Cell, to type: N.Type) -> any Replicated { Box<N.Message>.value(in: cell) }

  /// What belongs to the state beside nodes and messages, in the order of the digest. O(1).
  package var head: [(label: String, value: any Replicated)] {
    [
      ("seed", state.seed), ("limits.messagesPerInstant", state.limits.messagesPerInstant),
      ("limits.zeroDelayDepth", state.limits.zeroDelayDepth), ("now", state.now),
      ("messagesThisInstant", state.messagesThisInstant), ("nextSequence", state.nextSequence),
      ("failedTurnCount", state.failedTurns.total),
    ]
  }
}

extension Machine {
  /// A machine that goes on from a moment: a fork of the one it was taken from. It starts without events. O(1).
  public convenience init(from moment: Frozen<W>) {
    self.init(engine: Engine(program: moment.program, state: moment.state))
  }
}
