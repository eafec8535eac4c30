/// What one simulation found.
public struct Report: Sendable, Equatable {
  public var seed: UInt64
  public var violations: [Violation] = []
  public var steps: UInt64 = 0
  public var virtualSeconds: Double = 0
  public var failovers: UInt64 = 0
  public var branches: UInt64 = 0
  public var joins: UInt64 = 0
  public var rollbacks: UInt64 = 0
  public var messages: UInt64 = 0
  /// The longest time between two agreed ticks of a peer that lived through it.
  public var maxOutageMilliseconds: Double = 0
  /// How often each fault happened.
  public var faults: [String: UInt64] = [:]
  /// How often each rejection was counted, by its description.
  public var rejections: [String: UInt64] = [:]
  /// The command that runs exactly this again.
  public var reproduction: String
}
