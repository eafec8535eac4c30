package import SeloMesh
package import SeloVM
package import SeloWire

/// A law of PROTOCOL section 11, checked after every step of every peer. It keeps what it has seen; what it sees now
/// must agree with it. One file a law.
///
/// Three judges share the laws: the simulation of whole peers, the exhaustive search, and the schedules of bare meshes
/// in the tests. What a law remembers tells states of a search apart, so it is `Hashable`.
package protocol Law: Hashable, Sendable {
  /// The number in PROTOCOL section 11; nil for what a mesh says of itself.
  static var number: Int? { get }

  /// Looks at the peer that has just been stepped; returns what is wrong, or nil.
  mutating func check(_ sight: Sight) -> String?
}

/// What a law sees: one peer after one step.
package struct Sight {
  /// Which process, and in which of its lives.
  package let index: Int
  package let life: UInt64
  package let mesh: Mesh
  /// What the peer's own clock shows.
  package let reading: Instant
  /// Frames that came to stand in the log in this step, oldest first.
  package let fresh: [SignedFrame]
  /// The frame below the fresh ones, when it is held.
  package let before: SignedFrame?
  /// The log was cut back to this frame in this step, before the fresh ones came.
  package let rolledBackTo: UInt64?
  /// A membership began in this step: nothing seen of this peer before counts.
  package let isNew: Bool
  /// The newest log of a member, also of one that is dead; nil when it is nowhere any more.
  package let log: (Member) -> FrameLog?
  /// Whether more than one peer reflects, and the orders of all that are alive.
  package let isContested: Bool
  package let living: () -> [Mesh]
  /// The digest of its world at the agreed frame; nil where meshes are stepped without worlds.
  package let digest: () -> Digest?
  /// The newest mark that its peer holds, and what joiners are given of it; nil where there are no peers.
  package let mark: () -> LogState?
  package let markBytes: () -> [UInt8]?
  /// Reigns whose reflector is known to lie: what it signed twice is no breach of the protocol.
  package let liars: [Reign]
  /// What happened in this step, where meshes are stepped without peers around them.
  package let step: Step?

  /// One step of a bare mesh.
  package struct Step {
    package let earlier: Mesh
    package let input: MeshInput
    package let effects: [MeshEffect]

    package init(earlier: Mesh, input: MeshInput, effects: [MeshEffect]) {
      self.earlier = earlier
      self.input = input
      self.effects = effects
    }
  }
}

extension Sight {
  /// One step of a bare mesh, in a session of such.
  ///
  /// - Parameter step: nil for a mesh that has just begun.
  package init(
    of index: Int, _ mesh: Mesh, after step: Step?, at now: Instant, living: @escaping () -> [Mesh],
    log: @escaping (Member) -> FrameLog?, isContested: Bool, liars: [Reign] = []
  ) {
    let known = step?.earlier.log.received ?? mesh.log.oldest - 1
    var cut: UInt64?
    for case .rollBack(let sequence) in step?.effects ?? [] { cut = min(cut ?? sequence, sequence) }
    let below = min(known, cut ?? known)
    self.init(
      index: index, life: 1, mesh: mesh, reading: now, fresh: mesh.log.stretch(above: below), before: mesh.log[below],
      rolledBackTo: cut, isNew: step == nil, log: log, isContested: isContested, living: living, digest: { nil },
      mark: { nil }, markBytes: { nil }, liars: liars, step: step)
  }

  /// Whether this is the end of a wake-up.
  var isFlushed: Bool { step.map { $0.input == .flush } ?? true }
}

extension FrameLog {
  /// The frames above `sequence` that are held.
  func stretch(above sequence: UInt64) -> [SignedFrame] {
    sequence < received ? (sequence + 1...received).compactMap { self[$0] } : []
  }
}

/// A law that was broken.
public struct Violation: Sendable, Equatable {
  /// The law's name: that of its file in `Laws`, or `Liveness`, `Ending`.
  public let law: String
  /// Who broke it and how.
  public let what: String
  /// Virtual seconds since the start.
  public let seconds: Double
}
