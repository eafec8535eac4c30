/// How much a ``Timeline`` keeps. When one of these is exceeded, the oldest stretch up to the next keyframe is
/// forgotten. While a delivery waits for its time no keyframe is taken, and so nothing is forgotten.
public struct TimelineLimits: Hashable, Sendable {
  /// Ticks from one keyframe to the next, at least one: how far a seek has to run. A keyframe is a frozen world, which
  /// shares with its neighbours whatever did not change between them.
  public var keyframeTicks: Int
  /// Keyframes, at least two.
  public var keyframes: Int
  /// Bytes of recorded messages and presence, each counted with 96 bytes more than it has.
  public var deliveryBytes: Int

  /// Limits other than the standard ones.
  public init(keyframeTicks: Int = 64, keyframes: Int = 256, deliveryBytes: Int = 16 << 20) {
    self.keyframeTicks = max(keyframeTicks, 1)
    self.keyframes = max(keyframes, 2)
    self.deliveryBytes = deliveryBytes
  }

  /// 256 keyframes, one in 64 ticks: at twenty ticks a second a quarter of an hour; and 16 MiB of messages.
  public static let standard = TimelineLimits()

  /// Every tick a keyframe, and nothing is forgotten: for short recordings that name fields exactly.
  public static let everything = TimelineLimits(keyframeTicks: 1, keyframes: .max, deliveryBytes: .max)
}
