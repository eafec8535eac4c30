package import SeloVM

/// Everything that peers must hold alike.
package struct ReferenceState<W: World> {
  package let seed: UInt64
  package let limits: MachineLimits
  package private(set) var now = VirtualTime.zero
  package var messagesThisInstant: UInt64 = 0
  package var root: W
  package var nodes: [NodeID: any Node] = [:]
  /// In the one order of a world (VM rule 2).
  package var pending: [ReferenceMessage] = []
  package var failedTurns = FailedTurns()
  package var takenLetters = TakenLetters()
  package var skipped: Set<UInt64> = []
  /// How many internal messages have been committed.
  private var committed: UInt64 = 0

  init(seed: UInt64, limits: MachineLimits, root: W) {
    self.seed = seed
    self.limits = limits
    self.root = root
  }

  mutating func enter(_ time: VirtualTime) {
    if time > now { messagesThisInstant = 0 }
    now = time
  }

  mutating func insert(_ message: ReferenceMessage) {
    pending.insert(message, at: pending.firstIndex { message.precedes($0) } ?? pending.count)
  }

  /// The sequence of an internal message is the order of commit (VM rule 3).
  mutating func commit(_ message: ReferenceMessage) {
    var message = message
    message.sequence = committed
    committed += 1
    insert(message)
  }
}

/// A message that waits for its time.
package struct ReferenceMessage {
  package enum Content {
    case message(any Replicated)
    case undecodable
    case presence(Presence)
    case letter(Letter)
  }

  package let time: VirtualTime
  package let isExternal: Bool
  package var sequence: UInt64
  package let place: UInt32
  package let target: NodeID
  package let cause: UInt64
  package let depth: UInt32
  package let author: PeerID?
  package let content: Content

  func precedes(_ other: ReferenceMessage) -> Bool {
    if time != other.time { return time < other.time }
    if isExternal != other.isExternal { return !isExternal }
    return (sequence, place) < (other.sequence, other.place)
  }
}

/// The turn that is running, and how much it has asked for.
struct RunningTurn {
  var me = NodeID.root
  var author: PeerID?
  var cause: UInt64 = 0
  var depth: UInt32 = 0
  var sends: UInt64 = 0
  var spawns: UInt64 = 0
  var draws: UInt64 = 0
  var emitted: UInt32 = 0

  init() {}

  init(me: NodeID, cause: UInt64) {
    self.me = me
    self.cause = cause
  }

  init(_ message: ReferenceMessage) {
    me = message.target
    author = message.author
    cause = message.cause
    depth = message.depth
  }
}

/// What a turn asks for; it happens when the round is over (VM rule 10).
enum ReferenceEffect {
  case spawn(NodeID, any Node, cause: UInt64)
  case destroy(NodeID)
  case send(ReferenceMessage)
  case cancel(Ticket)
  case emit(Event)
  case post(Letter)
}
