package import SeloVM
package import SeloWire

/// One peer as others may look at it: values, no secrets.
package struct PeerStatus: Equatable, Sendable {
  package var phase: PeerPhase
  package var session: SessionID?
  package var lineage: LineageID?
  /// Whether the lineage is a branch that nobody has adopted.
  package var isBranch: Bool
  package var term: Term?
  /// Name of the reflector, empty when there is none.
  package var reflector: String
  package var isReflector: Bool
  package var me: Member?
  package var received: UInt64
  package var agreed: UInt64
  package var final: UInt64
  /// Virtual time at `agreed`.
  package var agreedTime: VirtualTime
  /// The tick period that the agreed log orders; zero before there is one.
  package var tickPeriod: Delay
  /// Hash of the frame at `agreed`: equal chains, equal logs.
  package var agreedChain: Bytes32
  /// A quorum has confirmed the world that was fetched here, or it was founded here.
  package var isVouched: Bool
  /// The world's digest at `agreed`.
  package var agreedDigest: Digest?
  package var members: [MemberStatus]
  /// Own messages not yet final.
  package var outbox: Int
  /// Own messages published so far (the author sequence).
  package var published: UInt64
}

package struct MemberStatus: Equatable, Sendable {
  package var name: String
  package var identity: Identity
  package var id: MemberID
  package var standing: Standing
  package var role: Role
  package var isReflector: Bool
  package var isMe: Bool
  /// Smoothed round trip in nanoseconds; nil before the first measurement.
  package var roundTrip: UInt64?
}
