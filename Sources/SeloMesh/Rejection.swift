/// Why the mesh refused input. Never thrown past a step: counted, traced, shown in transcripts.
package enum Rejection: String, Error, Equatable, Sendable, CaseIterable {
  // Packets
  /// The sender is not on a roster in force.
  case notMember
  /// The packet belongs to another lineage.
  case foreignLineage
  /// The packet speaks for a term below the one promised here.
  case lowerTerm
  /// The packet speaks for a term that is not promised here.
  case notPromised
  /// The packet does not fit the phase: an ack to one who does not reflect, an answer nobody waits for.
  case unexpected
  /// More requests for repair than one member may make.
  case tooOften
  /// A promise is not signed by the member it names.
  case badPromise
  /// A term start without the promises of a quorum, or with a log that does not lead to it.
  case unprovenTerm
  /// Someone who is no host decides for all.
  case notHost
  /// A host wants itself out: it can leave.
  case kickOfOneself
  /// A tick period that the session cannot have: outside of 5 to 200 ms, or below a millisecond for each member. In a
  /// frame also one that comes while another is pending.
  case badTick
  /// The identity was put out and may not come back.
  case banned

  // Frames
  /// Already held.
  case duplicateFrame
  /// Too far ahead of a gap.
  case tooFarAhead
  /// `previous` is not the hash of the frame before.
  case brokenChain
  /// Virtual time falls, or advances by more than 250 ms.
  case badTime
  /// `agreed` or `final` falls along the log.
  case fallingAgreement
  /// A reign begins with something else than its first frame, or a frame is of an older reign than the one before.
  case badReign
  /// An author's sequence skips or repeats.
  case badAuthorSequence
  /// An envelope of someone who may not publish.
  case notAuthor
  /// A roster change that does not fit the roster before, or comes while another is pending.
  case badRoster
  /// Two different frames of one reign and sequence.
  case equivocation

  // Envelopes at the reflector
  /// Ordered or queued before.
  case duplicateEnvelope
  /// Too far ahead of the author's last message.
  case envelopeTooFarAhead
  /// The queue is full: the author will send it again.
  case queueFull
}
