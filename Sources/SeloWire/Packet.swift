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
  /// A host tells the reflector to put this identity out: whoever speaks for it is dropped, and stays out. When it is
  /// the reflector itself, all are told.
  case kick(Identity)
  /// A host tells the reflector which tick period the session shall have.
  case tick(Delay)
  /// To a former member: the roster of this lineage that was agreed at `sequence` does not name you.
  case removed(LineageID, sequence: UInt64)

  // Around a link that carries nothing (PROTOCOL section 5, "Relay")
  /// To a third member: "pass this datagram on", to whom its channel or handshake is.
  case relay(to: Member, [UInt8])
  /// A datagram that another member asked to be passed on, and where its sender is heard to be.
  case relayed(from: Member, at: Endpoint, [UInt8])
  /// "Nothing of you comes on the direct way", and through whom a word of you came just now, if through anybody.
  case unheard(through: Member?)

  // Snapshot
  /// Asks for an offer, if possible of the mark that was begun elsewhere; 0 when none was.
  case snapshotWanted(begun: UInt64)
  /// A mark that can be had here, and which member the giver is.
  case snapshotOffer(SnapshotOffer, giver: MemberID)
  /// Asks for chunk `first + i` for each bit i of the mask.
  case chunksWanted(sequence: UInt64, first: UInt32, mask: UInt64)
  case chunk(sequence: UInt64, index: UInt32, [UInt8])
  /// Asks a voter for its word on a mark.
  case statementWanted(sequence: UInt64, nonce: Bytes16)
  /// A voter's signed word on a mark.
  case statement(SignedStatement)

  // Divergence
  /// Asks what the receiver's world was at a checkpoint; the answer is wanted in pieces, piece i for each bit i of the
  /// mask.
  case question(Question, [UInt8], mask: UInt64)
  /// One piece of the answer, of `count`; none when there is no answer.
  case answer(Question, index: UInt8, count: UInt8, [UInt8])
}

/// Which question at which checkpoint: its number is the asker's own.
package struct Question: Hashable, Sendable {
  package let sequence: UInt64
  package let number: UInt32

  package init(sequence: UInt64, number: UInt32) {
    self.sequence = sequence
    self.number = number
  }
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

/// The snapshot at a mark: the same bytes from every member that holds it.
package struct SnapshotOffer: Hashable, Sendable {
  /// The mark, an agreed frame.
  package let sequence: UInt64
  package let size: UInt32
  /// H("snapshot", size ‖ hashes of all blocks), see `SnapshotBlocks` in SeloMesh.
  package let root: Bytes32

  package init(sequence: UInt64, size: UInt32, root: Bytes32) {
    self.sequence = sequence
    self.size = size
    self.root = root
  }
}

package enum SuspectReason: UInt8, Hashable, Sendable, CaseIterable {
  case silence = 1
  case closedPort = 2
  case noQuorum = 3
  case leaving = 4
  case badFrame = 5
  case wrongClock = 6
  /// A host wants the reflector out, and it does not hand over.
  case kicked = 7
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
