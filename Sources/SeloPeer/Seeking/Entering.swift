import SeloCrypto
import SeloMesh
import SeloWire

/// Let in through a door: waiting for the roster frame, then fetching the snapshot.
struct Entering {
  let charter: Charter
  let admitter: Author
  var knock: Knock
  let returning: Returning?
  var progressed: Instant
  var member: Member?
  /// The admitter's place on the roster.
  var giver: MemberID?
  var fetch: SnapshotFetch?
  /// What was fetched through another door: it is gone on with where the same mark can be had.
  var begun: SnapshotFetch?
  var badBlocks = 0
  var nextWish: Instant

  var deadline: Instant? {
    [knock.deadline, member == nil ? nil : nextWish, fetch?.deadline, progressed + Limits.entryPatience]
      .compactMap { $0 }.min()
  }

  /// What the next door may go on with.
  var remains: SnapshotFetch? {
    guard var remains = fetch ?? begun else { return nil }
    remains.forgetUnchecked()
    return remains.hasBlocks ? remains : nil
  }
}
