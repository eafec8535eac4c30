public import SeloVM

/// The smallest world worth having: a number that peers raise and lower together, and a loop that raises it by itself
/// every half second of virtual time. The struct stands in the README as it is.
public struct Counter: World, Codable {
  public var count = 0
  public var loop: Ticket?
  public init() {}
  public enum Message: Replicated, Codable, Sendable { case increment, decrement, loop, step, stop }
  public mutating func receive(_ message: Message, _ turn: inout Turn<Counter>) throws {
    switch message {
    case .increment: count += 1
    case .decrement: count -= 1
    case .loop: if loop == nil { loop = turn.future(.milliseconds(500), .step) }
    case .step:
      guard turn.author == nil else { throw TurnError.rejected("step is internal") }
      count += 1
      loop = turn.future(.milliseconds(500), .step)
    case .stop:
      if let loop { turn.cancel(loop) }
      loop = nil
    }
  }
}
