package import SeloWire

/// Everything that can happen to a mesh. `Peer` has opened and decoded packets and checked the signatures of frames
/// and envelopes in them; which member sent a packet is proven by its pair channel.
package enum MeshInput: Equatable, Sendable {
  /// A packet besides `frames` and `envelopes`, from the member whose channel it came through.
  case packet(Packet, from: Member)
  /// Frames of a reign, each proven to be its reflector's.
  case frames(Reign, [Proven<SignedFrame>], from: Member)
  /// Envelopes, each proven to be its author's.
  case envelopes(Reign, [Proven<SignedEnvelope>], from: Member)
  /// The application publishes one encoded message.
  case publish([UInt8])
  /// A stranger finished the handshake at this peer's door; its entry has no id yet. Repeat until the roster names it.
  case admit(RosterEntry)
  /// A channel to this member was opened: it lives, though it had nothing to say yet.
  case reached(Member)
  /// This member's port answered "connection refused": a hint.
  case refused(Member)
  /// The application leaves.
  case leave
  /// Whoever reflects here hands the reign over and stays a member.
  case stepDown
  /// A person declares the branch that is reflected here to be the trunk.
  case adopt
  /// A person at this peer decides for all; only hosts may. It is said until it is in force, for some seconds.
  case decide(Decision)
  /// The digest of this peer's world at the checkpoint that `.digestWanted` named.
  case vote(DigestVote)
  /// The deadline has come, or nothing.
  case wake
  /// The end of a wake-up: what arrived together leaves together.
  case flush
}

/// What a mesh asks of its peer, in order.
package enum MeshEffect: Equatable, Sendable {
  case send(Packet, to: Member)
  /// The world goes one frame on; the changes of presence come before its messages.
  case deliver(SignedFrame, [PresenceChange])
  /// The world goes back: everything above this frame is forgotten.
  case rollBack(to: UInt64)
  /// A mark is agreed: this is the log there. The world there is to be kept, for joiners; comes before `.agreed`.
  case marked(LogState)
  /// A quorum holds everything up to here.
  case agreed(UInt64)
  /// What is the digest of the world at this frame? Answered by `.vote`; comes before the frame is `.agreed`.
  case digestWanted(UInt64)
  /// This peer's world differed from what more than half of the voters computed: its own vote, theirs, and whose votes
  /// were others.
  case diverged(DigestVote, DigestVote, against: [MemberID])
  /// The reflector signed two frames for one place.
  case evidence(SignedFrame, SignedFrame)
  /// The voters' worlds differ at this frame, and none has more than half of them: who voted what.
  case undecided(UInt64, [MemberVote])
  /// The newest roster in the log (agreed or not) is another one.
  case roster(Roster)
  /// From here on this reign is followed; false while there is none.
  case reign(Reign, normal: Bool)
  /// Ask the reflector's port whether it is closed.
  case probe(Member)
  /// The message was taken under this author sequence.
  case published(UInt64)
  /// The outbox is full.
  case backPressure
  /// The session goes on as a branch cut off at this frame.
  case branched(UInt64)
  /// This peer is out: of its own will, or because the others went on without it.
  case detached(Detachment)
  case rejected(Rejection, from: Member?)
}

package enum Detachment: Hashable, Sendable {
  /// The application asked for it.
  case left
  /// The agreed roster does not name this peer any more.
  case evicted
  /// A host put this peer's identity out: it may not come back.
  case kicked
  /// A newer run of the same identity took over.
  case replaced
  /// Its world is not the one that the others compute: it returns with a fresh copy of theirs.
  case diverged
  /// This peer promised a term that the others did without; it can return under a new id only.
  case outvoted
}
