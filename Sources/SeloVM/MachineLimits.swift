/// How much a world may do in one instant before it counts as a runaway (VM rule 21). Part of the state and the
/// charter.
public struct MachineLimits: Hashable, Sendable {
  /// Internal messages at one virtual time.
  public var messagesPerInstant: UInt64
  /// How long a chain of sends without delay may be.
  public var zeroDelayDepth: UInt32

  /// Limits other than the standard ones; both count inside one instant of virtual time.
  public init(messagesPerInstant: UInt64 = 1_000_000, zeroDelayDepth: UInt32 = 10_000) {
    self.messagesPerInstant = messagesPerInstant
    self.zeroDelayDepth = zeroDelayDepth
  }

  /// A million messages, a chain of ten thousand.
  public static let standard = MachineLimits()
}
