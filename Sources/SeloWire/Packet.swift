/// What members say to each other inside a pair channel: a decoded unit, named by the state it announces.
///
/// A packet travels as one datagram when it fits and as numbered fragments of its channel when it does not.
package enum Packet: Hashable, Sendable {
  // Ordering
  /// Frames of a reign: fresh ones of its reflector, or old ones from any holder in answer to `repair`.
  case frames(Reign, [SignedFrame])
  /// Messages of an author on their way to the reflector.
  case envelopes(Reign, [SignedEnvelope])
  /// "My log equals the reflector's up to `received`"; now and then with the world's digest at an agreed frame.
  case ack(Reign, received: UInt64, digest: DigestVote?)
  /// What has been agreed since the last frame said so.
  case progress(Reign, agreed: UInt64, final: UInt64)
  /// Asks any holder for frames `first ..< first + count` of the reign.
  case repair(Reign, first: UInt64, count: UInt16)

  // Change of term
  /// The reflector of this reign is silent, or worse; revocable.
  case suspect(Reign, received: UInt64, SuspectReason)
  /// A promise to a new term.
  case joinTerm(SignedJoinTerm)
  /// A term has started.
  case term(TermStart)
  /// "You speak for a lower term than I promised."
  case fenced(Reign)
  /// Asks a promiser of `next` for frames of the log it holds, for staging.
  case fetch(next: Reign, first: UInt64, through: UInt64)
  /// The answer to `fetch`.
  case staged(next: Reign, [SignedFrame])
  /// A reflector that was away asks who still follows it; answered by an ack.
  case hail(Reign)
  /// Two different frames that one reflector signed for one place: proof by itself.
  case evidence(SignedFrame, SignedFrame)

  // Roster
  /// A member asks the reflector to take in a learner that knocked at its door.
  case admit(RosterEntry)
  /// To a learner whose roster frame is agreed: its id, and where the session stands.
  case welcome(Member, Reign)
  /// To a joiner that is not taken in.
  case deny(DenyReason)
  /// The sender leaves.
  case leave
  /// To a former member: the roster of this lineage that was agreed at `sequence` does not name you.
  case removed(LineageID, sequence: UInt64)

  // Snapshot
  case snapshotWanted
  case snapshotOffer(SnapshotOffer)
  /// Asks for chunk `first + i` for each bit i of the mask.
  case chunksWanted(sequence: UInt64, first: UInt32, mask: UInt64)
  case chunk(sequence: UInt64, index: UInt32, [UInt8])
}

/// A voter's word on its world at an agreed frame.
package struct DigestVote: Hashable, Sendable {
  package let sequence: UInt64
  package let digest: Bytes16

  package init(sequence: UInt64, digest: Bytes16) {
    self.sequence = sequence
    self.digest = digest
  }
}

/// A snapshot that can be had in chunks of 1 KiB, all but the last of that size.
package struct SnapshotOffer: Hashable, Sendable {
  /// The agreed frame at which it was taken.
  package let sequence: UInt64
  package let size: UInt32
  /// H("snapshot", all bytes).
  package let hash: Bytes32

  package init(sequence: UInt64, size: UInt32, hash: Bytes32) {
    self.sequence = sequence
    self.size = size
    self.hash = hash
  }
}

package enum SuspectReason: UInt8, Hashable, Sendable, CaseIterable {
  case silence = 1
  case closedPort = 2
  case noQuorum = 3
  case leaving = 4
  case badFrame = 5
}

package enum DenyReason: UInt8, Hashable, Sendable, CaseIterable {
  case doorClosed = 1
  case banned = 2
  case full = 3
  case notApproved = 4
  case protocolVersion = 5
  case world = 6
  case duplicate = 7
  case halted = 8
}
