public import SeloVM

/// Somebody's avatar in the chat: it falls asleep by itself when its user neither speaks nor walks for a while.
public struct Visitor: Node, Codable {
  /// What its user is called.
  public let name: String
  /// Where it stands.
  public private(set) var position: Point
  /// Whether nothing was heard of its user for ``patience``.
  public private(set) var isAsleep = false
  private var nap: Ticket?

  /// How long a visitor stays awake without a sign of its user.
  public static let patience = Delay.seconds(300)

  /// A visitor who has just come.
  public init(name: String, at position: Point) {
    self.name = name
    self.position = position
  }

  /// What it hears.
  public enum Message: Replicated, Hashable, Sendable, Codable {
    /// Its user gave a sign.
    case wake
    /// Its user wants it there.
    case walk(Point)
    /// What it says to itself for later.
    case sleep
  }

  public mutating func receive(_ message: Message, _ turn: inout Turn<Visitor>) {
    switch message {
    case .wake: stayAwake(turn)
    case .walk(let point):
      position = point
      stayAwake(turn)
    case .sleep:
      isAsleep = true
      nap = nil
    }
  }

  private mutating func stayAwake(_ turn: borrowing Turn<Visitor>) {
    if let nap { turn.cancel(nap) }
    nap = turn.future(Self.patience, .sleep)
    isAsleep = false
  }
}
