import SeloMesh
import SeloVM
import SeloWire

/// A law of PROTOCOL section 12, checked after every step of every peer. It keeps what it has seen; what it sees now
/// must agree with it. One file a law.
protocol Law<W> {
  associatedtype W: World

  /// Looks at the peer that has just been stepped; returns what is wrong, or nil.
  mutating func check(_ sight: Sight<W>) -> String?
}

/// What a law sees: one peer after one step.
struct Sight<W: World> {
  let peer: SimulatedPeer<W>
  let mesh: Mesh
  /// What the peer's own clock shows.
  let reading: Instant
  /// Frames that came to stand in the log in this step, oldest first.
  let fresh: [SignedFrame]
  /// The frame below the fresh ones, when it is held.
  let before: SignedFrame?
  /// The log was cut back to this frame in this step, before the fresh ones came.
  let rolledBackTo: UInt64?
  /// A membership began in this step: nothing seen of this peer before counts.
  let isNew: Bool
  /// The newest log of a member, also of one that is dead; nil when it is nowhere any more.
  let log: (Member) -> FrameLog?
  /// Whether more than one peer reflects, and the orders of all that are alive.
  let isContested: Bool
  let living: () -> [Mesh]
}

/// A law that was broken.
public struct Violation: Sendable, Equatable {
  /// The law's name: that of its file in `Laws`, or `Liveness`, `Ending`.
  public let law: String
  /// Who broke it and how.
  public let what: String
  /// Virtual seconds since the start.
  public let seconds: Double
}
