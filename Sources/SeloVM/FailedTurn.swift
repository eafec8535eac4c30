/// The record of a message that was consumed without effect. It is part of the state: all peers hold the same ones.
public struct FailedTurn: Hashable, Sendable {
  /// The reasons there are.
  public enum Kind: UInt8, Hashable, Sendable, CaseIterable {
    /// The turn threw ``TurnError/rejected(_:)``.
    case rejected = 1
    /// The turn threw another error.
    case threw = 2
    /// ``World/accepts(_:from:)`` refused the message.
    case refused = 3
    /// The bytes of the message do not decode.
    case undecodable = 4
    /// The instant went over a budget; all its remaining internal messages were dropped.
    case runaway = 5
    /// Two nodes of the same id were spawned in one round (one chance in 2⁵⁶); the later one was dropped.
    case collision = 6
    /// All peers agreed to skip the message, because it stops every peer that runs it (``Machine/skip(cause:)``).
    case skipped = 7
  }

  /// When the message was due.
  public let time: VirtualTime
  /// The cause of the message; for a runaway that of the first one dropped.
  public let cause: UInt64
  /// Whom the message was for.
  public let target: NodeID
  /// Why there was no effect.
  public let kind: Kind

  package init(time: VirtualTime, cause: UInt64, target: NodeID, kind: Kind) {
    self.time = time
    self.cause = cause
    self.target = target
    self.kind = kind
  }
}

/// The newest failed turns, at most ``limit``, and how many there have been.
package struct FailedTurns: Sendable {
  package static let limit = 64

  package private(set) var newest: [FailedTurn] = []
  package private(set) var total: UInt64 = 0

  package init() {}

  /// Refused when the parts contradict each other.
  init?(newest: [FailedTurn], total: UInt64) {
    guard newest.count <= Self.limit, UInt64(newest.count) == min(total, UInt64(Self.limit)) else { return nil }
    self.newest = newest
    self.total = total
  }

  package mutating func record(_ turn: FailedTurn) {
    if newest.count == Self.limit { newest.removeFirst() }
    newest.append(turn)
    total &+= 1
  }
}
