/// Everything that peers must hold alike, as one value: copying it is O(1), and that is what a fork is.
struct State: Sendable {
  let seed: UInt64
  let limits: MachineLimits
  var now = VirtualTime.zero
  /// Internal messages that ran at `now`, for the budget of the instant.
  var messagesThisInstant: UInt64 = 0
  /// The sequence of the next internal message to be committed.
  var nextSequence: UInt64 = 0
  var root: any Cell
  var nodes = NodeTable()
  var queue = MessageQueue()
  var failedTurns = FailedTurns()

  init(seed: UInt64, limits: MachineLimits, root: any Cell) {
    self.seed = seed
    self.limits = limits
    self.root = root
  }

  /// Virtual time moves on to `time`; a new instant has a new budget.
  mutating func enter(_ time: VirtualTime) {
    precondition(time >= now, "virtual time can not go back from \(now) to \(time)")
    guard time > now else { return }
    now = time
    messagesThisInstant = 0
  }

  /// The ids of the nodes of a type in ascending order; none for the root's type or one that the world does not have.
  func ids(ofType typeIndex: Int?) -> [NodeID] {
    guard let typeIndex, typeIndex > 0 else { return [] }
    var ids: [NodeID] = []
    nodes.forEach(ofType: typeIndex) { id, _ in ids.append(id) }
    return ids
  }
}
