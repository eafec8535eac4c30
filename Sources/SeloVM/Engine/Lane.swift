/// One thread's share of a round: the turn that is running in it, and what its turns have asked for.
///
/// ``Turn`` is the typed door to it. It is a class, so that a turn's methods need not mutate the turn, and its
/// properties are not checked for exclusive access: one turn runs in a lane at a time, on one thread, and the checks
/// would cost more than all the rest of a message.
@usableFromInline
final class Lane {
  /// The engine it belongs to, which outlives it.
  @usableFromInline @exclusivity(unchecked) unowned(unsafe) var engine: Engine?
  /// Another machine behind the same turns; nil in the engine's own lanes.
  @usableFromInline let host: (any TurnHost)?
  @usableFromInline let identities: [ObjectIdentifier]
  /// Whether it is the only lane of its round and may put messages where they stay.
  @usableFromInline @exclusivity(unchecked) var isAlone = true

  // The running turn.
  @usableFromInline @exclusivity(unchecked) var now = VirtualTime.zero
  @usableFromInline @exclusivity(unchecked) var me = NodeID.root
  @usableFromInline @exclusivity(unchecked) var mySlot = Link.unknown
  @usableFromInline @exclusivity(unchecked) var cause: UInt64 = 0
  @usableFromInline @exclusivity(unchecked) var depth: UInt32 = 0
  @usableFromInline @exclusivity(unchecked) var author: PeerID?
  @usableFromInline @exclusivity(unchecked) var sends: UInt64 = 0
  @usableFromInline @exclusivity(unchecked) var draws: UInt64 = 0
  @usableFromInline @exclusivity(unchecked) var spawns: UInt64 = 0
  @usableFromInline @exclusivity(unchecked) var emitted: UInt32 = 0
  /// The number of its message in the round.
  @usableFromInline @exclusivity(unchecked) var number = 0
  @usableFromInline @exclusivity(unchecked) var linksBefore = 0
  @usableFromInline @exclusivity(unchecked) var requestsBefore = 0

  // What the turns of the round asked for, in order (message, call).
  @usableFromInline let links = LinkBuffer()
  @usableFromInline @exclusivity(unchecked) var requests: [Request] = []
  @exclusivity(unchecked) var failures: [(number: Int, kind: FailedTurn.Kind)] = []

  // Of a lane beside others: its messages' numbers in the round, and how far what each turn asked for reaches.
  @exclusivity(unchecked) var numbers: [Int] = []
  @exclusivity(unchecked) var turns: [(number: Int, links: Int, requests: Int)] = []
  /// Contents of messages that a lane beside others sent, by type, until the round is over.
  @exclusivity(unchecked) var staged: [Int: Slab] = [:]

  /// From which number on the messages of the instant were sent in it, without delay.
  @usableFromInline @exclusivity(unchecked) var firstWithoutDelay = 0

  // The nodes of the stretch that is running.
  @usableFromInline @exclusivity(unchecked) var entries: UnsafeMutablePointer<WriteCache.Entry>
  @usableFromInline @exclusivity(unchecked) var epoch: UInt64 = 0
  @usableFromInline @exclusivity(unchecked) var slotLimit: UInt32 = 0
  @usableFromInline @exclusivity(unchecked) var typeIndex = 0
  private let noCache = WriteCache()

  init(_ program: Program) {
    host = nil
    identities = program.identities
    entries = noCache.entries
  }

  /// A lane whose turns belong to another machine.
  package init(host: any TurnHost) {
    self.host = host
    identities = []
    entries = noCache.entries
  }
}

/// What a turn asks for besides sending; it happens when the round is over (VM rule 10).
@usableFromInline
struct Request {
  enum Kind {
    /// The value lies in a chunk of its own until it has a slot.
    case spawn(NodeID, Chunk, cause: UInt64)
    case destroy(NodeID)
    case cancel(Ticket)
    case emit(Event)
    case post(Letter)
  }

  let kind: Kind
  /// How many messages had been sent in this lane before it.
  let links: Int
}
