/// What a turn emitted to the views of its own peer: a sound to play, a spark to draw. It is not part of the state.
///
/// The cause is the same on every peer and in every fork, so a view can tell an event it has shown from a new one, and
/// withdraw those of a stretch that was rolled back.
public struct Event: Sendable {
  /// When the turn happened.
  public let time: VirtualTime
  /// The cause of the turn that emitted it.
  public let cause: UInt64
  /// Its place among the events of that turn, from zero: (cause, ordinal) names the event.
  public let ordinal: UInt32
  /// The node that emitted it.
  public let source: NodeID
  /// What was emitted; views ask with `as?`.
  public let value: any Sendable

  package init(time: VirtualTime, cause: UInt64, ordinal: UInt32, source: NodeID, value: any Sendable) {
    self.time = time
    self.cause = cause
    self.ordinal = ordinal
    self.source = source
    self.value = value
  }
}
