import SeloMesh
import SeloVM
import SeloWire

/// What this peer learned to be agreed lately: ticks, the worlds there, and what came of each author. By it peers are
/// compared, and it knows how long a world stood still.
struct AgreedPast<W: World> {
  private(set) var ring = AgreedRing()
  private var authors = AuthorAudit()
  /// The run whose frames `authors` counts: a membership that begins behind a snapshot counts anew.
  private var auditor: Author?
  /// The newest agreed worlds. They share what did not change.
  private var worlds: [(tick: UInt64, world: Frozen<W>)] = []

  /// Worlds that are kept, and how many go at once.
  private static var capacity: Int { 128 }
  private static var drop: Int { 32 }

  /// A world that goes on after it stood still.
  struct Resumption {
    let term: UInt32
    let stoodStill: Delay
    /// Agreed ticks that were taken back; a correct session has none.
    let lost: UInt64
  }

  /// `run` is told that messages of an author are agreed.
  mutating func ordered(tick: UInt64, author: Author, first: UInt64, count: UInt32, toldTo run: Author?) {
    if let run, run != auditor {
      auditor = run
      authors = AuthorAudit()
    }
    authors.ordered(tick: tick, author: author, first: first, count: count)
  }

  mutating func rollBack(to tick: UInt64) { ring.rollBack(to: tick) }

  /// The lineage was left for another one that shares the ticks up to `cut`.
  mutating func leave(for cut: UInt64) {
    ring.leave(for: cut)
    worlds.removeAll { $0.tick > cut }
  }

  /// Notes the newest agreed tick; returns how long the world stood still when it is the first of a new term.
  mutating func note(_ mesh: Mesh, _ world: Frozen<W>?, at now: Instant) -> Resumption? {
    guard mesh.agreed > ring.entries.last?.sequence ?? 0 else { return nil }
    let term = mesh.promise.term.number
    let before = ring.entries.last?.term ?? 0
    ring.append(.init(sequence: mesh.agreed, chain: mesh.log.floor.chain, term: term, instant: now))
    if let world {
      if worlds.count >= Self.capacity { worlds.removeFirst(Self.drop) }
      worlds.append((mesh.agreed, world))
    }
    guard before > 0, term > before, let outage = ring.outage(of: term) else { return nil }
    return Resumption(term: term, stoodStill: outage, lost: ring.lost)
  }

  /// What is agreed above tick `after`; the digest of the world at `tick`, if it is one of the newest.
  func report(after: UInt64, at tick: UInt64?, received: [(author: Author, last: UInt64)]) -> AuditReport {
    let world = worlds.last { $0.tick == tick }?.world
    return AuditReport(
      now: Clock.now(), ring: ring, after: after, audit: authors, received: received,
      digest: world.map { "\($0.digest())" })
  }
}
