import SeloVM
import SeloWire

/// A law of PROTOCOL section 12, checked after every step of every peer. It keeps what it has seen; what it sees now
/// must agree with it.
protocol Law<W> {
  associatedtype W: World

  /// Looks at the peer that has just been stepped; returns what is wrong, or nil.
  mutating func check(_ peer: SimulatedPeer<W>, at now: Instant) -> String?
}

/// A law that was broken.
public struct Violation: Sendable, Equatable {
  public let law: String
  public let what: String
  /// Virtual seconds since the start.
  public let seconds: Double
}
