public import SeloVM

/// What a session tells its application.
public enum SessionEvent: Sendable {
  /// seeking, entering, member, electing, halted or quarantined; with halted the names of those who are missing.
  case phase(String, missing: [String])
  /// Another peer reflects: the name, the number of the term, and how long the world stood still.
  case reflector(name: String, term: UInt32)
  /// The world goes on after a change of term: the sentence in numbers.
  case resumed(term: UInt32, stoodStillMilliseconds: Double, agreedTicksLost: UInt64)
  /// Ticks that were held but not agreed were taken back: the world shows an earlier state and goes on from there.
  case rolledBack(from: UInt64, to: UInt64)
  /// The roster changed; the status tells who is in.
  case roster(version: UInt64)
  /// This peer was cut off and goes on in a branch.
  case branched(tick: UInt64)
  /// The branch met a better lineage, and this peer went there: the world goes back to the tick where they parted.
  case returned(tick: UInt64)
  /// So many own messages that only the branch held were published again; `lost` more were too many to keep.
  case resubmitted(messages: UInt64, lost: UInt64)
  /// Another session of this name goes on beside this one, or another half of it: a person has to decide.
  case rival
  /// This peer's world was not what most others computed at that tick; it fetches a fresh copy. A defect of the
  /// world's code or of this machine. The differences name node and field with both values, its own first; none when
  /// nobody answered in time, or the world is too large to be looked through. Whose world it was compared with is a
  /// peer's name.
  case diverged(tick: UInt64, [Difference], comparedWith: String?)
  /// The reflector signed two different ticks for one place: it is broken or it lies, and the others elect another.
  case equivocation(tick: UInt64)
  /// The peers' worlds differ at that tick, and nobody can tell whose is right; what differs, as with `diverged`. Told
  /// to every peer, and again every ten seconds while it lasts.
  case worldsDiffer(tick: UInt64, [Difference], comparedWith: String?)
  /// A branch that was left, or evidence of worlds that differ, is on disk: see ``SavedFile``.
  case saved(SavedFile.Kind, tick: UInt64, path: String)
  /// It could not be saved.
  case notSaved(SavedFile.Kind, tick: UInt64, SessionError)
  /// A quorum has confirmed that the world this peer was given is the session's.
  case vouched
  /// No quorum has confirmed it so far: only the peer that let this one in says so.
  case unvouched
  /// A quorum's world at that tick is another than what this peer was given: it drops that, and fetches it elsewhere.
  case contradicted(tick: UInt64)
  /// What a turn emitted to the views of this peer.
  case world(Event)
  /// The session is over for this peer; nil after a graceful leave.
  case ended(SessionError?)
}
