import SeloMesh
package import SeloWire

/// What a peer asks of its shell, in order.
package enum PeerEffect: Sendable {
  /// Send one datagram from the unicast socket.
  case send([UInt8], to: Endpoint)
  /// Send one datagram to the multicast group of every usable interface (and to the run directory's peers).
  case announce([UInt8])
  /// Connect the probe socket to this address and forget the one before; nil closes it.
  case connectProbe(Endpoint?)
  /// Send an empty datagram on the probe socket; a closed port answers with `.refused`.
  case probe
  /// Check a signature and step `.verified`.
  case verify(Verification)
  /// The message was taken and will be ordered: its author sequence.
  case published(UInt64)
  /// The message was not taken.
  case notPublished(PublishRefusal)
  /// Something the application may want to know.
  case event(PeerEvent)
  /// Input was refused: counted, traced, never more.
  case rejected(PeerRejection)
}

/// Why a message was not taken.
package enum PublishRefusal: Error, Equatable, Sendable {
  /// The message has more bytes than `Limits.messageBytes`.
  case tooLarge(bytes: Int)
  /// Too much is under way: try again when the outbox has drained.
  case backPressure
  /// The peer is not (or not yet) a caught-up member.
  case notMember
  /// Spectators read.
  case spectator
  /// The bytes are no message of this world, or `accepts` refused them.
  case notAccepted
}

/// What a peer tells its application.
package enum PeerEvent: Equatable, Sendable {
  /// Seeking, entering, member, halted: see `PeerPhase`.
  case phase(PeerPhase)
  /// The world stands at frames up to `received`, of which `agreed` are held by a quorum.
  case advanced(received: UInt64, agreed: UInt64, time: VirtualTime)
  /// Messages of one author are agreed: `first ..< first + count`, ordered at frame `sequence`.
  case ordered(sequence: UInt64, author: Author, first: UInt64, count: UInt32)
  /// Another reflector orders from here on.
  case reflector(Term, name: String)
  /// The world went back: frames above `to` are forgotten. None of them was agreed.
  case rolledBack(from: UInt64, to: UInt64)
  /// The agreed roster changed.
  case roster(version: UInt64)
  /// The session went on as a branch, cut off at `sequence`.
  case branched(sequence: UInt64)
  /// This peer left a beaten branch for a better lineage.
  case returned(Return)
  /// So many own messages of earlier memberships were published again; `lost` more were kept by nobody but the branch.
  case resubmitted(count: UInt64, lost: UInt64)
  /// This peer's world differed from what more than half of the voters computed; it fetches a fresh copy.
  case diverged(Evidence)
  /// The voters' worlds differ at this tick, and none has more than half of them: nobody can tell whose is right.
  case worldsDiffer(Evidence)
  /// The reflector signed two frames for one place; here they are. It is suspected for that.
  case equivocation(sequence: UInt64, [UInt8], [UInt8])
  /// Another trunk of this session, or another founding of its name, goes on beside this one: a person decides.
  case rival
  /// A snapshot that was begun through another door goes on here: chunks held, and chunks in all.
  case snapshotResumed(held: Int, all: Int)
  /// A quorum has confirmed the world that was fetched.
  case vouched
  /// No quorum has said anything of the world that was fetched; it is asked on.
  case unvouched
  /// A quorum has another log or world at this mark than what was fetched: it is dropped, and fetched elsewhere.
  case contradicted(sequence: UInt64)
  /// The peer is out of the session and takes no further input.
  case ended(EndReason)
}

/// The end of a membership in a beaten lineage, with what is needed to keep it.
package struct Return: Equatable, Sendable {
  package let from: LineageID
  package let to: LineageID
  /// The last frame that the abandoned branch shares with its parent; 0 for another founding.
  package let cut: UInt64
  /// The newest agreed frame of the abandoned branch.
  package let agreed: UInt64
  /// The session there: log state and world, to be saved.
  package let abandoned: [UInt8]
}

package enum PeerPhase: Equatable, Sendable {
  /// Looking for the session.
  case seeking
  /// Let in; fetching roster, snapshot and tail.
  case entering
  /// On the roster and following or reflecting.
  case member
  /// Its world is not what the others computed: shown to nobody, until a fresh copy is here.
  case quarantined
  /// No reflector just now; electing.
  case electing
  /// Policy `majority` and no quorum; the names of those who are missing.
  case halted(missing: [String])
}

package enum EndReason: Equatable, Sendable {
  /// The application asked for it.
  case left
  /// Nobody answered: no beacon, no given address.
  case nobody
  /// Sessions answered, none with this name and passphrase.
  case notAdmitted
  /// The session refused: its reason.
  case denied(DenyReason)
  /// The session runs another world or version of it; the text names both.
  case otherWorld(String)
  /// A host put this peer out.
  case kicked
  /// A newer run of the same identity took this one's place.
  case replaced
  /// A listed session of this name exists (founding only).
  case alreadyThere
}
