/// Who a peer is to the world: 64 bits of the hash of its identity, the same over restarts.
public struct PeerID: Hashable, Comparable, Sendable, Codable {
  /// The 64 bits.
  public let value: UInt64

  /// The peer that these 64 bits name.
  public init(_ value: UInt64) { self.value = value }

  public static func < (left: PeerID, right: PeerID) -> Bool { left.value < right.value }
}

/// Sixteen bytes that name a session: the first half of the hash of its charter, so it certifies itself.
package struct SessionID: Hashable, Sendable {
  package let bytes: Bytes16

  package init(_ bytes: Bytes16) { self.bytes = bytes }
}

/// Sixteen bytes that name a lineage: the session's own for the trunk, the hash of its first frame for a branch.
package struct LineageID: Hashable, Comparable, Sendable {
  package let bytes: Bytes16

  package init(_ bytes: Bytes16) { self.bytes = bytes }

  package static func < (left: LineageID, right: LineageID) -> Bool { left.bytes < right.bytes }
}

/// The long-lived Ed25519 public key of a peer.
package struct Identity: Hashable, Comparable, Sendable {
  package let key: Bytes32

  package init(_ key: Bytes32) { self.key = key }

  package static func < (left: Identity, right: Identity) -> Bool { left.key < right.key }
}

/// One run of a peer's process: larger numbers are newer (milliseconds since 1970 in the upper 48 bits, chance below).
package struct Incarnation: Hashable, Comparable, Sendable {
  package let value: UInt64

  package init(_ value: UInt64) { self.value = value }

  package static func < (left: Incarnation, right: Incarnation) -> Bool { left.value < right.value }
}

/// The source of external messages: one run of one identity. It outlives a change of lineage, not a restart.
package struct Author: Hashable, Comparable, Sendable {
  package let identity: Identity
  package let incarnation: Incarnation

  package init(identity: Identity, incarnation: Incarnation) {
    self.identity = identity
    self.incarnation = incarnation
  }

  package static func < (left: Author, right: Author) -> Bool {
    (left.identity, left.incarnation) < (right.identity, right.incarnation)
  }
}

/// A number that a roster frame gives to one run of one peer: 1 + the highest in the log it stands on.
package struct MemberID: Hashable, Comparable, Sendable {
  package let value: UInt32

  package init(_ value: UInt32) { self.value = value }

  package static func < (left: MemberID, right: MemberID) -> Bool { left.value < right.value }
}

/// A member as quorums count it: an id together with the incarnation its channel or signature proves.
package struct Member: Hashable, Comparable, Sendable {
  package let id: MemberID
  package let incarnation: Incarnation

  package init(id: MemberID, incarnation: Incarnation) {
    self.id = id
    self.incarnation = incarnation
  }

  package static func < (left: Member, right: Member) -> Bool {
    (left.id, left.incarnation) < (right.id, right.incarnation)
  }
}

/// One reflector's reign: compared by number, then by who was elected, then by hand-overs inside it.
package struct Term: Hashable, Comparable, Sendable {
  /// Grows with each election.
  package let number: UInt32
  package let elected: Member
  /// Grows with each graceful hand-over inside the number.
  package let handover: UInt32

  package init(number: UInt32, elected: Member, handover: UInt32) {
    self.number = number
    self.elected = elected
    self.handover = handover
  }

  /// The term behind this one when its reflector hands over.
  package var handedOver: Term { Term(number: number, elected: elected, handover: handover &+ 1) }

  /// The term in which an election put this one's first reflector.
  package var election: Term { Term(number: number, elected: elected, handover: 0) }

  package static func < (left: Term, right: Term) -> Bool {
    (left.number, left.elected, left.handover) < (right.number, right.elected, right.handover)
  }
}
