import SeloMesh
import SeloWire

/// Out of a session against its will, and on the way back (PROTOCOL section 6, "Adoption").
///
/// A peer remembers the lineage that it was in: it may still be alive, and better than the one whose door opens first.
/// Two lineages that each take in the other's lost members would both believe that nobody is missing. After a while
/// what can be found has to do.
struct Returning: Equatable {
  let session: SessionID
  /// What the peer's own lineage claimed; nil for one who looks at another lineage while it is a member of its own.
  private let claim: LineageClaim?
  private let until: Instant

  init(to session: SessionID) {
    self.session = session
    claim = nil
    until = Instant(nanoseconds: 0)
  }

  init(to claim: LineageClaim, at now: Instant) {
    session = claim.session
    self.claim = claim
    until = now + Limits.returnPatience
  }

  /// Lineages that do not come up to this are not entered yet.
  func claim(at now: Instant) -> LineageClaim? { now < until ? claim : nil }
}
