import SeloCrypto
import SeloMesh
import SeloWire

/// Let in through a door: waiting for the roster frame, then fetching the snapshot.
struct Entering {
  let charter: Charter
  let admitter: Author
  var knock: Knock
  let returning: SessionID?
  var progressed: Instant
  var member: Member?
  var fetch: SnapshotFetch?
  var nextWish: Instant

  var deadline: Instant? {
    [knock.deadline, member == nil ? nil : nextWish, fetch?.deadline, progressed + Limits.entryPatience]
      .compactMap { $0 }.min()
  }
}
