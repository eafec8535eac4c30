package import SeloVM

/// The machine that says what is right: small, slow and without any cleverness, with the same API as ``Machine``.
///
/// It has nothing in common with the engine but ``Turn``: nodes lie in a dictionary, messages in one sorted array, and
/// everything is copied. Read it next to the rules in docs/VM.md; whatever the engine does differently is a bug of one
/// of both.
package final class ReferenceMachine<W: World> {
  package private(set) var state: ReferenceState<W>
  var turn = RunningTurn()
  /// What the turns of the running round asked for, in order (message, call).
  var effects: [ReferenceEffect] = []
  package private(set) var events: [Event] = []
  package private(set) var letters: [Letter] = []
  let types: [any Node.Type] = [W.self] + W.nodes

  package init(seed: UInt64, limits: MachineLimits = .standard) {
    state = ReferenceState(seed: seed, limits: limits, root: W())
    turn = RunningTurn(me: .root, cause: Cause.start(seed: seed))
    var turn = Turn<W>(host: self)
    var root = state.root
    root.start(&turn)
    state.root = root
    commit()
    advance(to: .zero)
  }

  private init(state: ReferenceState<W>) { self.state = state }

  package func fork() -> ReferenceMachine { ReferenceMachine(state: state) }

  // What the log delivers

  package func external(
    _ message: W.Message, author: PeerID, authorKey: UInt64, authorSequence: UInt64, at time: VirtualTime,
    sequence: UInt64, place: UInt32
  ) {
    let cause = Cause.external(authorKey: authorKey, authorSequence: authorSequence)
    deliver(.message(message), author, cause, time, sequence, place)
  }

  package func external(
    encoded bytes: [UInt8], author: PeerID, authorKey: UInt64, authorSequence: UInt64, at time: VirtualTime,
    sequence: UInt64, place: UInt32
  ) {
    let cause = Cause.external(authorKey: authorKey, authorSequence: authorSequence)
    let content = (try? W.Message(encoded: bytes)).map { ReferenceMessage.Content.message($0) } ?? .undecodable
    deliver(content, author, cause, time, sequence, place)
  }

  package func presence(_ presence: Presence, at time: VirtualTime, sequence: UInt64, place: UInt32) {
    deliver(.presence(presence), nil, Cause.presence(presence, sequence: sequence), time, sequence, place)
  }

  package func letter(_ letter: Letter, at time: VirtualTime, sequence: UInt64, place: UInt32) {
    deliver(.letter(letter), nil, Cause.letter(letter), time, sequence, place)
  }

  package func skip(cause: UInt64) { state.skipped.insert(cause) }

  private func deliver(
    _ content: ReferenceMessage.Content, _ author: PeerID?, _ cause: UInt64, _ time: VirtualTime, _ sequence: UInt64,
    _ place: UInt32
  ) {
    state.insert(
      ReferenceMessage(
        time: time, isExternal: true, sequence: sequence, place: place, target: .root, cause: cause, depth: 0,
        author: author, content: content))
  }

  /// Runs everything with time ≤ `target`, then that is the time (VM rule 5).
  package func advance(to target: VirtualTime) {
    while let first = state.pending.first, first.time <= target {
      state.enter(first.time)
      let round = takeRound()
      if isWithinBudget(round) {
        for message in round { run(message) }
        commit()
      } else {
        dropInstant(round[0])
      }
    }
    state.enter(target)
  }

  /// A root message, an external or one to be skipped is a round alone; else the longest stretch (VM rule 8).
  private func takeRound() -> [ReferenceMessage] {
    var round: [ReferenceMessage] = []
    while let first = state.pending.first, first.time == state.now {
      let isAlone = first.isExternal || first.target == .root || state.skipped.contains(first.cause)
      if isAlone, !round.isEmpty { break }
      round.append(state.pending.removeFirst())
      if isAlone { break }
    }
    return round
  }

  private func isWithinBudget(_ round: [ReferenceMessage]) -> Bool {
    if round[0].isExternal { return true }
    state.messagesThisInstant += UInt64(round.count)
    return state.messagesThisInstant <= state.limits.messagesPerInstant
      && round.allSatisfy { $0.depth <= state.limits.zeroDelayDepth } && state.nodes.count <= state.limits.nodes
      && state.pending.count { !$0.isExternal && $0.time > state.now } <= state.limits.pendingMessages
  }

  private func dropInstant(_ first: ReferenceMessage) {
    let now = state.now
    state.pending.removeAll { $0.time == now && !$0.isExternal }
    record(.runaway, first)
  }

  private func run(_ message: ReferenceMessage) {
    let before = (state.root, state.nodes, effects.count)
    turn = RunningTurn(message)
    do {
      try receive(message)
    } catch {
      // The turn never happened (VM rule 19).
      (state.root, state.nodes) = (before.0, before.1)
      effects.removeSubrange(before.2...)
      record(FailedTurn.Kind(error), message)
    }
  }

  private func receive(_ message: ReferenceMessage) throws {
    if state.skipped.contains(message.cause) { return record(.skipped, message) }
    var turn = Turn<W>(host: self)
    // A copy: the root's turn may look at the state through the turn.
    var root = state.root
    switch message.content {
    case .undecodable: throw Refusal.undecodable
    case .presence(let presence): try root.presence(presence, &turn)
    case .letter(let letter): if state.takenLetters.take(letter) { try root.letter(letter, &turn) }
    case .message(let content) where message.target == .root:
      guard let content = content as? W.Message else { return }
      if let author = message.author, !W.accepts(content, from: author) { throw Refusal.refused }
      try root.receive(content, &turn)
    case .message(let content):
      guard let node = state.nodes[message.target] else { return }  // Gone: dropped (VM rule 14).
      state.nodes[message.target] = try after(node, content)
    }
    state.root = root
  }

  /// The node after it has received the message.
  private func after<N: Node>(_ node: N, _ content: any Replicated) throws -> any Node {
    guard let content = content as? N.Message else { return node }
    var node = node
    var turn = Turn<N>(host: self)
    try node.receive(content, &turn)
    return node
  }

  /// All effects of the round, in order (VM rule 10).
  private func commit() {
    for effect in effects {
      switch effect {
      case .spawn(let id, let node, let cause):
        if state.nodes[id] == nil {
          state.nodes[id] = node
        } else {
          state.failedTurns.record(FailedTurn(time: state.now, cause: cause, target: id, kind: .collision))
        }
      case .destroy(let id): state.nodes[id] = nil
      case .send(let message): state.commit(message)
      case .cancel(let ticket):
        state.pending.removeAll { !$0.isExternal && $0.cause == ticket.cause && $0.time == ticket.time }
      case .emit(let event): events.append(event)
      case .post(let letter): letters.append(letter)
      }
    }
    effects = []
  }

  func setNode(_ id: NodeID, _ node: any Node) { state.nodes[id] = node }

  private func record(_ kind: FailedTurn.Kind, _ message: ReferenceMessage) {
    state.failedTurns.record(
      FailedTurn(time: state.now, cause: message.cause, target: message.target, kind: kind))
  }
}
