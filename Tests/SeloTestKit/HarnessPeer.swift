package import SeloMesh
package import SeloWire

/// One peer of a harness: a mesh, and what its world has heard.
package struct HarnessPeer {
  package let name: String
  package let author: Author
  package let notary: GlassNotary
  package var mesh: Mesh { didSet { setAlarm() } }
  /// When its mesh is to be woken.
  private(set) var wakes: Instant?
  package var isAlive = true
  /// Stopped until then; what arrives meanwhile waits.
  package var pausedUntil: Instant?
  /// How long it is busy with whatever arrives; nil: not at all.
  package var pace: Delay?
  /// Thousandths of true time that its clock counts, and since when it has.
  private var clock = (permille: UInt64(1_000), since: Instant.zero, shown: Instant.zero)
  var inbox: [Flight] = []
  /// What its world has heard since it began behind `began`.
  package var applied: [SignedFrame] = []
  /// Who came and went in its ears, each with the frame before which it heard so.
  package var presence: [(frame: UInt64, change: PresenceChange)] = []
  package var began: UInt64
  package var detachment: Detachment?
  /// What its process brought along from another lineage and has not published yet.
  package var luggage = Luggage()
  /// Its world computes something else than the others' do.
  package var errs = false
  /// Its earlier memberships, by index.
  package var moved: [Int] = []
  /// The newest marks it has seen agreed, oldest first.
  package var marks: [LogState] = []
  /// What it published and the mesh took.
  package var said: [String] = []

  init(name: String, author: Author, mesh: Mesh) {
    self.name = name
    self.author = author
    self.mesh = mesh
    notary = GlassNotary(identity: author.identity)
    began = mesh.log.oldest - 1
    setAlarm()
  }

  /// From now on its clock is so fast.
  mutating func setClock(permille: UInt64, at now: Instant) {
    clock = (permille, now, reading(at: now))
    setAlarm()
  }

  private mutating func setAlarm() { wakes = mesh.deadline.map { instant(of: $0) } }

  /// What its clock shows.
  func reading(at now: Instant) -> Instant {
    clock.shown + Delay(nanoseconds: now.since(clock.since).nanoseconds * clock.permille / 1_000)
  }

  /// The first instant at which its clock shows `reading`.
  func instant(of reading: Instant) -> Instant {
    let wanted = reading.since(clock.shown).nanoseconds
    return clock.since + Delay(nanoseconds: (wanted * 1_000 + clock.permille - 1) / clock.permille)
  }

  func isDue(at now: Instant) -> Bool { !isAway && wakes.map { $0 <= now } ?? false }

  /// Whether its world has heard the log from its founding on.
  package var hasHeardAll: Bool { began == 0 }
  package var member: Member { mesh.facts.me }
  package var isAway: Bool { !isAlive || pausedUntil != nil }
  /// Takes part: alive, and not out of the session.
  package var isMember: Bool { isAlive && detachment == nil }

  /// The messages its world has heard, as text.
  package var heard: [String] {
    applied.flatMap { applied in
      guard case .messages(let envelopes) = applied.frame.body else { return [String]() }
      return envelopes.flatMap(\.envelope.messages).map { String(decoding: $0, as: UTF8.self) }
    }
  }
}

/// A packet on its way.
struct Flight {
  let arrival: Instant
  let order: UInt64
  let source: Int
  let target: Int
  let bytes: [UInt8]
}

/// Flights by arrival, then by order of departure: a binary heap.
struct Flights {
  private var heap: [Flight] = []

  var first: Flight? { heap.first }
  var isEmpty: Bool { heap.isEmpty }

  mutating func insert(_ flight: Flight) {
    heap.append(flight)
    var child = heap.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard Self.comes(heap[child], before: heap[parent]) else { return }
      heap.swapAt(child, parent)
      child = parent
    }
  }

  mutating func removeFirst() -> Flight {
    heap.swapAt(0, heap.count - 1)
    let first = heap.removeLast()
    var parent = 0
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count {
        if Self.comes(heap[child], before: heap[least]) { least = child }
      }
      if least == parent { return first }
      heap.swapAt(parent, least)
      parent = least
    }
  }

  private static func comes(_ left: Flight, before right: Flight) -> Bool {
    (left.arrival, left.order) < (right.arrival, right.order)
  }
}
