/// Everything that peers must hold alike, as one value: copying it is O(types), and that is what a fork is.
struct State: Sendable {
  let seed: UInt64
  let limits: MachineLimits
  var now = VirtualTime.zero
  /// Internal messages that ran at `now`, for the budget of the instant.
  var messagesThisInstant: UInt64 = 0
  /// The root alone, in slot zero.
  var root: Chunk
  /// The nodes of each type; the first column, of the root's type, stays empty.
  var columns: [Column]
  /// The contents of messages that do not lie in their links, by type of the target.
  var messages: [Slab]
  /// What waits for nodes, and for the root from inside.
  var queue: TimeQueue
  /// What waits for the root from outside.
  var externals = ExternalQueue()
  var failedTurns = FailedTurns()
  var takenLetters = TakenLetters()
  /// The causes that no peer may run, in ascending order (VM rule 22).
  var skipped: [UInt64] = []

  init(_ program: Program, seed: UInt64, limits: MachineLimits, at now: VirtualTime = .zero) {
    self.seed = seed
    self.limits = limits
    self.now = now
    root = Chunk(program.types[0].nodeLayout, slots: 1)
    columns = program.types.map { Column($0.nodeLayout) }
    messages = program.types.map { Slab($0.messageLayout) }
    queue = TimeQueue(at: now)
  }

  /// Virtual time moves on to `time`; a new instant has a new budget.
  mutating func enter(_ time: VirtualTime) {
    precondition(time >= now, "virtual time can not go back from \(now) to \(time)")
    guard time > now else { return }
    now = time
    messagesThisInstant = 0
  }

  /// How many nodes there are besides the root.
  var nodeCount: Int { columns.reduce(0) { $0 + $1.count } }

  /// How many messages wait.
  var pendingCount: Int { queue.count + externals.count }

  /// The value of a node, or of the root, to be read.
  func value(of id: NodeID) -> UnsafeMutableRawPointer? {
    if id == .root { return root.values }
    guard columns.indices.contains(id.typeIndex), id.typeIndex > 0 else { return nil }
    return columns[id.typeIndex].value(of: id)
  }
}
