/// The kernel of a machine without the world's type: it runs turns in order and commits what they ask for.
///
/// Read ``advance(to:lanes:)`` first: take what is due, run it in rounds, commit what the turns of a round asked for,
/// until nothing is due. It is a class whose properties are not checked for exclusive access, because turns reach it
/// while it runs them; who may touch what when is said where it is touched.
@usableFromInline
final class Engine {
  let program: Program
  @exclusivity(unchecked) var state: State
  /// What may be written without asking changes with it: see ``WriteCache``.
  @exclusivity(unchecked) var epoch: UInt64 = 1
  let caches: [WriteCache]
  let lane: Lane
  /// The lanes of rounds that several threads run.
  @exclusivity(unchecked) var helpers: [Lane] = []
  @exclusivity(unchecked) private var smallestRound = Int.max

  /// The internal messages of the instant that is running: those that were due, then those sent in it without delay.
  let instant = LinkBuffer()
  /// Where in `instant` the messages of later rounds begin.
  @exclusivity(unchecked) var next = 0
  /// Where in `instant` those begin that were sent in it, without delay.
  @exclusivity(unchecked) var firstWithoutDelay = 0
  /// The first message in `instant` whose chain of sends without delay is too long.
  @exclusivity(unchecked) var firstTooDeep = Int.max

  /// The chunks that the running exclusive turn has changed, as they were.
  @exclusivity(unchecked) var backups: [(type: Int, number: Int, chunk: Chunk)] = []
  @exclusivity(unchecked) var isUndoable = false

  @exclusivity(unchecked) var events: [Event] = []
  @exclusivity(unchecked) var letters: [Letter] = []
  /// How many messages this engine has run, those of the log included; no part of the state.
  @exclusivity(unchecked) private(set) var messagesRun: UInt64 = 0

  /// A new world: the root as the program makes it, its first turn, and what that sent without delay.
  init(program: Program, seed: UInt64, limits: MachineLimits) {
    self.program = program
    state = State(program, seed: seed, limits: limits)
    caches = program.types.map { _ in WriteCache() }
    lane = Lane(program)
    lane.engine = self
    program.makeRoot(state.root.values)
    state.root.occupy(0, word: 0)
    runRoot(.start, cause: Cause.start(seed: seed), depth: 0, author: nil)
    commit()
    runInstant(nil)
  }

  init(program: Program, state: State) {
    self.program = program
    self.state = state
    caches = program.types.map { _ in WriteCache() }
    lane = Lane(program)
    lane.engine = self
  }

  /// Runs everything with time ≤ `target`, then that is the time (VM rule 5).
  func advance(to target: VirtualTime, lanes: (any Lanes)?) {
    precondition(target >= state.now, "can not advance from \(state.now) back to \(target)")
    smallestRound = max(lanes?.smallestRound ?? .max, 2)
    while true {
      let external = state.externals.earliest
      if let due = state.queue.earliest, due <= target, external.map({ due <= $0 }) ?? true {
        state.enter(due)
        state.queue.takeInstant(into: instant)
        firstWithoutDelay = instant.count
        runInstant(lanes)
      } else if let external = state.externals.first, external.time <= target {
        state.enter(external.time)
        state.externals.removeFirst()
        run(external)
        messagesRun &+= 1
        commit()
        runInstant(lanes)
      } else {
        break
      }
    }
    state.enter(target)
  }

  /// Runs the internal messages of this time, round after round, until none is left.
  private func runInstant(_ lanes: (any Lanes)?) {
    while next < instant.count {
      let round = next..<endOfRound()
      guard isWithinBudget(round) else {
        dropInstant()
        break
      }
      next = round.upperBound
      messagesRun &+= UInt64(round.count)
      run(round, lanes)
      commit()
    }
    instant.count = 0
    (next, firstWithoutDelay, firstTooDeep) = (0, 0, .max)
  }

  /// A round is the longest stretch of messages to nodes; one to the root, or one to be skipped, is a round alone
  /// (VM rule 8). What is sent from here on belongs to later rounds.
  private func endOfRound() -> Int {
    if isAlone(instant[next]) { return next + 1 }
    var end = next + 1
    while end < instant.count, !isAlone(instant[end]) { end += 1 }
    return end
  }

  private func isAlone(_ link: Link) -> Bool {
    link.target == .root || !state.skipped.isEmpty && isSkipped(link.cause)
  }

  private func run(_ round: Range<Int>, _ lanes: (any Lanes)?) {
    let first = instant[round.lowerBound]
    if isAlone(first) { return runAlone(first, number: round.lowerBound) }
    guard round.count >= smallestRound, let lanes else { return runAlone(round) }
    let width = lanes.width(forRoundOf: round.count)
    if width > 1 { run(round, on: lanes, width: min(width, Share.limit)) } else { runAlone(round) }
    lanes.didRun(round.count, width: width)
  }

  /// Runs a round on this thread, in stretches of messages to nodes of one type.
  private func runAlone(_ round: Range<Int>) {
    lane.firstWithoutDelay = firstWithoutDelay
    var start = round.lowerBound
    while start < round.upperBound {
      let type = instant[start].target.typeIndex
      let end = instant.endOfStretch(from: start, before: round.upperBound)
      lane.prepare(type: type, self)
      program.types[type].run(lane, UnsafeBufferPointer(start: instant.links + start, count: end - start), start)
      start = end
    }
    freeContents(of: round)
  }

  /// The messages of a round are consumed.
  func freeContents(of round: Range<Int>) {
    if program.messagesLieInLinks { return }
    for index in round { free(instant[index]) }
  }

  /// The content of a message is not needed any more.
  func free(_ link: Link) {
    let type = link.target.typeIndex
    if !program.types[type].messagesLieInLinks { state.messages[type].free(link.payload) }
  }
}
