/// How much a world may do in one instant before it counts as a runaway (VM rule 21). Part of the state and the
/// charter.
public struct MachineLimits: Hashable, Sendable {
  /// Internal messages at one virtual time.
  public var messagesPerInstant: UInt64
  /// How long a chain of sends without delay may be.
  public var zeroDelayDepth: UInt32

  /// Nodes besides the root.
  public var nodes: Int
  /// Messages that wait for later instants.
  public var pendingMessages: Int

  /// Limits other than the standard ones. The first two count inside one instant of virtual time; a world that is over
  /// one of the others has all its instants cut short until it is below again.
  public init(
    messagesPerInstant: UInt64 = 1_000_000, zeroDelayDepth: UInt32 = 10_000, nodes: Int = 4_194_304,
    pendingMessages: Int = 8_388_608
  ) {
    self.messagesPerInstant = messagesPerInstant
    self.zeroDelayDepth = zeroDelayDepth
    self.nodes = nodes
    self.pendingMessages = pendingMessages
  }

  /// A million messages and a chain of ten thousand; four million nodes, eight million messages that wait.
  public static let standard = MachineLimits()
}
