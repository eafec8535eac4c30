/// The kernel of a machine without the world's type: it runs turns in order and commits what they ask for.
///
/// Read ``advance(to:)`` first: take what is due, run it as a round, commit the effects, until nothing is due.
@usableFromInline
final class Engine {
  let program: Program
  var state: State
  private(set) var events: [Event] = []
  /// What the turns of the running round asked for, in order (message, call).
  var effects: [TurnEffect] = []
  var current = TurnContext()

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
