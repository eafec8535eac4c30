/// The kernel of a machine without the world's type: it runs turns in order and commits what they ask for.
///
/// Read ``advance(to:)`` first: take what is due, run it as a round, commit the effects, until nothing is due.
@usableFromInline
final class Engine {
  let program: Program
  var state: State
  private(set) var events: [Event] = []
  /// What the turns of the running round asked for, in order (message, call).
  private var effects: [TurnEffect] = []
  private(set) var current = TurnContext()

  /// A new world: the root as the program makes it, then its first turn.
  init(program: Program, seed: UInt64, limits: MachineLimits) {
    self.program = program
    state = State(seed: seed, limits: limits, root: program.initialRoot())
    current = TurnContext(me: .root, cause: Cause.start(seed: seed))
    state.root = program.start(self, state.root)
    commit()
  }

  init(program: Program, state: State) {
    self.program = program
    self.state = state
  }

  /// Runs everything with time ≤ `target`, then that is the time (VM rule 5).
  func advance(to target: VirtualTime) {
    precondition(target >= state.now, "can not advance from \(state.now) back to \(target)")
    while let next = state.queue.first, next.position.time <= target {
      state.enter(next.position.time)
      let round = takeRound()
      if isWithinBudget(round) {
        for message in round { run(message) }
        commit()
      } else {
        dropInstant(from: round[0])
      }
    }
    state.enter(target)
  }

  /// The longest stretch of internal messages of one time to nodes; a root message or an external is a round alone
  /// (VM rule 8). What is sent from here on belongs to later rounds.
  private func takeRound() -> [PendingMessage] {
    var round: [PendingMessage] = []
    while let next = state.queue.first, next.position.time == state.now {
      if !round.isEmpty && !next.sharesRound { break }
      state.queue.removeFirst()
      round.append(next)
      if !next.sharesRound { break }
    }
    return round
  }

  private func run(_ message: PendingMessage) {
    let effectsBefore = effects.count
    current = TurnContext(message)
    do {
      if message.target == .root { try runRoot(message) } else { try runNode(message) }
    } catch {
      // The turn never happened (VM rule 19).
      effects.removeSubrange(effectsBefore...)
      record(FailedTurn.Kind(error), message)
    }
  }

  /// An exclusive turn: it may change every node, so a failure puts all of them back.
  private func runRoot(_ message: PendingMessage) throws {
    let nodesBefore = state.nodes
    do {
      state.root = try rootAfter(message)
    } catch {
      state.nodes = nodesBefore
      throw error
    }
  }

  private func runNode(_ message: PendingMessage) throws {
    guard let node = state.nodes[message.target] else { return }  // Gone: dropped (VM rule 14).
    guard case .message(let cell) = message.content else { preconditionFailure("a node hears no presence") }
    let after = try program.types[message.target.typeIndex].receive(self, node, cell)
    state.nodes.set(after, for: message.target)
  }

  private func rootAfter(_ message: PendingMessage) throws -> any Cell {
    switch message.content {
    case .undecodable: throw Refusal.undecodable
    case .presence(let presence): return try program.presence(self, state.root, presence)
    case .message(let cell):
      if let author = message.author, !program.accepts(cell, author) { throw Refusal.refused }
      return try program.types[0].receive(self, state.root, cell)
    }
  }

  /// All effects of the round, in order (VM rule 10).
  private func commit() {
    for effect in effects {
      switch effect {
      case .spawn(let id, let cell, let cause):
        if state.nodes.holds(id) {
          state.failedTurns.record(FailedTurn(time: state.now, cause: cause, target: id, kind: .collision))
        } else {
          state.nodes.set(cell, for: id)
        }
      case .destroy(let id): state.nodes.remove(id)
      case .send(let ticket, let target, let depth, let cell):
        let position = Position(time: ticket.time, class: .internal, sequence: state.nextSequence, place: 0)
        state.nextSequence += 1
        state.queue.insert(
          PendingMessage(
            position: position, target: target, cause: ticket.cause, depth: depth, author: nil,
            content: .message(cell)))
      case .cancel(let ticket): state.queue.cancel(ticket)
      case .emit(let event): keep(event)
      }
    }
    effects.removeAll(keepingCapacity: true)
  }
}

// What is refused, dropped and recorded.
extension Engine {
  /// Why a message to the root does not even become a turn.
  enum Refusal: Error {
    case refused
    case undecodable
  }

  /// Counts the internal messages of a round against the budget of the instant (VM rule 21).
  private func isWithinBudget(_ round: [PendingMessage]) -> Bool {
    guard round[0].position.class == .internal else { return true }
    state.messagesThisInstant += UInt64(round.count)
    return state.messagesThisInstant <= state.limits.messagesPerInstant
      && round.allSatisfy { $0.depth <= state.limits.zeroDelayDepth }
  }

  /// Drops all internal messages of this time, the round they were found in included, and records why once.
  private func dropInstant(from first: PendingMessage) {
    while let next = state.queue.first, next.position.time == state.now, next.position.class == .internal {
      state.queue.removeFirst()
    }
    record(.runaway, first)
  }

  private func record(_ kind: FailedTurn.Kind, _ message: PendingMessage) {
    state.failedTurns.record(
      FailedTurn(time: state.now, cause: message.cause, target: message.target, kind: kind))
  }
}

// What the host takes out.
extension Engine {
  /// Events kept for a host that does not fetch them.
  static let eventLimit = 65_536

  private func keep(_ event: Event) {
    if events.count == Self.eventLimit { events.removeFirst(Self.eventLimit / 2) }
    events.append(event)
  }

  func drainEvents() -> [Event] {
    let drained = events
    events = []
    return drained
  }
}

// What a turn asks for; ``Turn`` is the typed door to these.
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
    let id = NodeID.spawned(typeIndex: typeIndex, cause: current.cause, ordinal: current.spawns) { id in
      state.nodes.holds(id) || current.spawned.contains(id)
    }
    current.spawned.append(id)
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

extension State {
  func ids(ofType typeIndex: Int?) -> [NodeID] {
    guard let typeIndex, typeIndex > 0 else { return [] }
    var ids: [NodeID] = []
    nodes.forEach(ofType: typeIndex) { id, _ in ids.append(id) }
    return ids
  }
}

extension FailedTurn.Kind {
  fileprivate init(_ error: any Error) {
    switch error {
    case Engine.Refusal.refused: self = .refused
    case Engine.Refusal.undecodable: self = .undecodable
    case TurnError.rejected: self = .rejected
    default: self = .threw
    }
  }
}
