/// The handle by which a scheduled message is cancelled: it says which message, never "the first that matches".
///
/// Tickets are plain values and may be kept in state. Cancelling what is delivered, cancelled or unknown does nothing.
public struct Ticket: Hashable, Sendable {
  /// When the message is due.
  public let time: VirtualTime
  /// The cause of the message: its identity.
  public let cause: UInt64

  @inlinable
  package init(time: VirtualTime, cause: UInt64) {
    self.time = time
    self.cause = cause
  }
}
