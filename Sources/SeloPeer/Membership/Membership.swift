package import SeloMesh
package import SeloVM
import SeloWire

/// A peer's place in a session: the order it takes part in, the world it runs, the door it keeps.
package struct Membership<W: World> {
  package let charter: Charter
  package var mesh: Mesh
  var world: WorldLine<W>
  var door: Door
  var pairs: Pairs
  var marks = Marks<W>()
  var vouching: Vouching
  /// Through whose door this peer came, as long as the mesh needs it.
  var guide: Guide?
  var proofs = Proofs()
  /// Strangers that came through our door and are not on the agreed roster yet, or have not answered the welcome.
  var guests: [Guest] = []
  var nextBeacon: Instant
  var formers = FormerMembers()
  var answers = Answers()
  /// Into worlds that differ, and nobody can tell whose is right.
  var inquest: Inquest<W>?
  var nextInquest = Instant.zero
  /// Agreed frames up to here have been told to the application.
  var told: UInt64

  /// A member that may be on no roster that is known here yet.
  struct Guide {
    let member: Member
    let author: Author
  }

  struct Guest {
    let entry: RosterEntry
    let since: Instant
    var next: Instant
  }

  var deadline: Instant? {
    var earliest = nextBeacon
    for guest in guests { earliest = min(earliest, guest.next) }
    let own = Instant.earliest(.earliest(earliest, mesh.deadline), .earliest(vouching.deadline, inquest?.deadline))
    return .earliest(own, .earliest(door.deadline, pairs.deadline))
  }

  /// Where members were that vanished: for an hour they hear of this session.
  struct FormerMembers {
    private var known: [(endpoint: Endpoint, until: Instant)] = []

    var endpoints: [Endpoint] { known.map(\.endpoint) }

    mutating func note(_ endpoints: [Endpoint], at now: Instant) {
      known.removeAll { $0.until <= now || endpoints.contains($0.endpoint) }
      known += endpoints.map { ($0, now + Limits.formerPatience) }
      if known.count > Limits.formerMembers { known.removeFirst(known.count - Limits.formerMembers) }
    }
  }

  /// The member that this author is on a roster in force, or on the newest one in the log.
  func member(of author: Author) -> Member? {
    for at in mesh.log.head.rosters.reversed() {
      if let entry = at.roster.entry(of: author) { return entry.member }
    }
    return mesh.guide != nil && guide?.author == author ? guide?.member : nil
  }

  /// Who a member is: by the rosters in the log, or because this peer came through its door.
  func author(of member: Member) -> Author? {
    entry(of: member)?.author ?? (guide?.member == member ? guide?.author : nil)
  }

  func entry(of member: Member) -> RosterEntry? {
    for at in mesh.log.head.rosters.reversed() {
      if let entry = at.roster[member] { return entry }
    }
    return nil
  }
}
