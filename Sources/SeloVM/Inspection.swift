// What digest trees, checks and timelines see of a state: the only door from them to how a machine keeps it.

extension Frozen {
  /// The names of the types of nodes, the root's first, then those of ``World/nodes``; the index is that of ids.
  package var nodeTypeNames: [String] { program.typeNames }

  /// The root, then all nodes column by column, ids ascending; those that are not wanted cost next to nothing.
  /// O(nodes).
  package func forEachNode(
    where isWanted: (NodeID) -> Bool = { _ in true },
    _ body: (_ id: NodeID, _ typeName: String, _ node: any Node) -> Void
  ) {
    if isWanted(.root) { body(.root, nodeTypeNames[0], root) }
    for (place, column) in state.columns.enumerated().dropFirst() {
      let type = program.types[place]
      for slot in column.slots() {
        let id = column.id(at: slot)
        if isWanted(id) { body(id, nodeTypeNames[place], type.anyNode(column.slab.value(at: slot))) }
      }
    }
  }

  /// The root or a node, whatever its type; nil if there is none. O(1).
  func node(_ id: NodeID) -> (any Node)? {
    state.value(of: id).map { program.types[id.typeIndex].anyNode($0) }
  }

  /// The messages that wait, in canonical order; presence and letters count as such. The message is nil when its bytes
  /// do not decode. O(messages).
  package func forEachPending(
    _ body: (
      _ time: VirtualTime, _ target: NodeID, _ cause: UInt64, _ author: PeerID?, _ message: (any Replicated)?
    ) -> Void
  ) {
    let links = state.queue.inOrder()
    var next = 0
    func pass(internalsBefore time: VirtualTime?) {
      while next < links.count, time.map({ links[next].time <= $0 }) ?? true {
        let link = links[next]
        body(link.time, link.target, link.cause, nil, content(link.payload, to: link.target.typeIndex))
        next += 1
      }
    }
    for external in state.externals.inOrder {
      pass(internalsBefore: external.time)
      let message: (any Replicated)? =
        switch external.content {
        case .message(let payload): content(payload, to: 0)
        case .presence(let presence): presence
        case .letter(let letter): letter
        case .undecodable: nil
        }
      body(external.time, .root, external.cause, external.author, message)
    }
    pass(internalsBefore: nil)
  }

  private func content(_ payload: UInt32, to type: Int) -> any Replicated {
    let operations = program.types[type]
    return operations.withContent(payload, in: state.messages[type]) { operations.anyMessage($0) }
  }

  /// What belongs to the state beside nodes and messages, in the order of the digest. O(1).
  package var head: [(label: String, value: any Replicated)] {
    [
      ("seed", state.seed), ("limits.messagesPerInstant", state.limits.messagesPerInstant),
      ("limits.zeroDelayDepth", state.limits.zeroDelayDepth), ("limits.nodes", state.limits.nodes),
      ("limits.pendingMessages", state.limits.pendingMessages), ("now", state.now),
      ("messagesThisInstant", state.messagesThisInstant), ("failedTurnCount", state.failedTurns.total),
      ("takenLetters", state.takenLetters.newest), ("skipped", state.skipped),
    ]
  }
}

extension Machine {
  /// A machine that goes on from a moment: a fork of the one it was taken from. It starts without events. O(1).
  public convenience init(from moment: Frozen<W>) {
    self.init(engine: Engine(program: moment.program, state: moment.state))
  }
}
