import SeloCrypto
import SeloMesh
import SeloWire

/// Pair handshakes of a membership: those under way as initiator, and the door for those of others.
struct Pairs {
  struct Attempt {
    let author: Author
    var knock: PairKnock
    /// Requests that nothing answered on the direct way.
    var repetitions = 0
  }

  /// A member that cannot be reached just now.
  struct Pause {
    let author: Author
    let until: Instant
  }

  var door: PairDoor
  var attempts: [Attempt] = []
  var pauses: [Pause] = []
  /// Newer members that were given the time to knock first.
  var waits: [Author] = []
  /// Grows with every handshake of this run.
  var timestamp: UInt64 = 0

  init(session: SessionID, ownStatic: KeyPair) {
    door = PairDoor(session: session, ownStatic: ownStatic)
  }

  var deadline: Instant? {
    var earliest: Instant?
    for attempt in attempts { earliest = .earliest(earliest, attempt.knock.deadline) }
    for pause in pauses { earliest = .earliest(earliest, pause.until) }
    return earliest
  }

  /// Whether a handshake with this member may begin.
  func isIdle(_ author: Author) -> Bool {
    !attempts.contains { $0.author == author } && !pauses.contains { $0.author == author }
  }
}
