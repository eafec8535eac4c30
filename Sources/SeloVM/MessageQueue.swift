/// The place of a message in the one order of a world (VM rules 2, 3).
struct Position: Comparable, Sendable {
  /// Internal messages of a time come before external ones.
  enum Class: UInt8, Sendable {
    case `internal` = 0
    case external = 1
  }

  let time: VirtualTime
  let `class`: Class
  /// Of an internal message: how many were committed before it. Of an external one: its frame's sequence.
  let sequence: UInt64
  /// Of an external message: its place in the frame.
  let place: UInt32

  static func < (left: Position, right: Position) -> Bool {
    if left.time != right.time { return left.time < right.time }
    if left.class != right.class { return left.class.rawValue < right.class.rawValue }
    if left.sequence != right.sequence { return left.sequence < right.sequence }
    return left.place < right.place
  }
}

/// A message that waits for its time.
struct PendingMessage: Sendable {
  enum Content: Sendable {
    /// A message of the target's type.
    case message(any Cell)
    case presence(Presence)
    /// An external message whose bytes do not decode.
    case undecodable
  }

  let position: Position
  let target: NodeID
  let cause: UInt64
  /// How many sends without delay led here from a message of another time or from outside.
  let depth: UInt32
  /// Who published it; nil for internal messages and presence.
  let author: PeerID?
  let content: Content

  /// Whether it may share a round with others: an internal message to a node (VM rule 8).
  var sharesRound: Bool { position.class == .internal && target != .root }
}

/// The messages of a world in their order.
struct MessageQueue: Sendable {
  private var messages = ChunkedTable<Position, PendingMessage>()

  var count: Int { messages.count }

  var first: PendingMessage? { messages.first?.value }

  mutating func insert(_ message: PendingMessage) {
    precondition(messages[message.position] == nil, "two messages at \(message.position)")
    messages.set(message, for: message.position)
  }

  mutating func removeFirst() { messages.removeFirst() }

  /// Takes the internal message out that the ticket names, if it waits. O(messages due at the same time).
  mutating func cancel(_ ticket: Ticket) {
    var found: Position?
    messages.forEach(from: Position(time: ticket.time, class: .internal, sequence: 0, place: 0)) { position, message in
      guard position.time == ticket.time, position.class == .internal else { return false }
      if message.cause == ticket.cause { found = position }
      return found == nil
    }
    if let found { messages.remove(found) }
  }

  /// All messages in order.
  func forEach(_ body: (PendingMessage) throws -> Void) rethrows {
    try messages.forEach { _, message in
      try body(message)
      return true
    }
  }
}
