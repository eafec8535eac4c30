/// The turn that is running: whose it is and how much it has asked for, which numbers what it asks for next.
struct TurnContext {
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

  init(_ message: PendingMessage) {
    me = message.target
    author = message.author
    cause = message.cause
    depth = message.depth
  }
}

/// What a turn asks for; it happens when the round is over (VM rule 10).
enum TurnEffect {
  case spawn(NodeID, any Cell, cause: UInt64)
  case destroy(NodeID)
  case send(Ticket, to: NodeID, depth: UInt32, any Cell)
  case cancel(Ticket)
  case emit(Event)
}
