/// What `perform` returns when a message is agreed: a quorum holds it, and every peer runs it at the same place.
public struct Receipt: Equatable, Sendable {
  /// The message's number among those of this peer, counted from one.
  public let sequence: UInt64
  /// The tick (frame) that carries it.
  public let tick: UInt64

  package init(sequence: UInt64, tick: UInt64) {
    self.sequence = sequence
    self.tick = tick
  }
}
