import SeloMesh
import SeloPeer
import SeloVM
import SeloWire

// Judgement: the laws after every step.

extension Simulation {
  func judge(_ peer: SimulatedPeer<W>, _ mesh: Mesh?) {
    guard let mesh else {
      peer.seen = nil
      peer.pulse = nil
      return
    }
    let isNew = peer.seen?.member != mesh.facts.me
    if isNew {
      report.joins += 1
      highestTerm = max(highestTerm, mesh.promise.term.number)
    }
    let known = isNew ? mesh.log.oldest - 1 : peer.seen?.received ?? 0
    var cut: UInt64?
    for case .event(.rolledBack(_, let sequence)) in effects { cut = min(cut ?? sequence, sequence) }
    let below = min(known, cut ?? known)
    peer.seen = (mesh.facts.me, mesh.log.received)
    let sight = Sight(
      index: peer.index, life: peer.life, mesh: mesh, reading: peer.clock.reading(at: now),
      fresh: mesh.log.stretch(above: below), before: mesh.log[below], rolledBackTo: cut, isNew: isNew,
      log: { self.log(of: $0) }, isContested: reflectors > 1, living: { self.living },
      digest: { peer.errs == nil ? peer.digest : nil },
      mark: { peer.newestMark }, markBytes: { peer.markBytes }, liars: lies.reigns, step: nil)
    watchLies(peer, sight.fresh)
    for (law, _, what) in laws.check(sight) { violate(law, "\(peer.name): \(what)") }
    feel(peer, mesh)
  }

  /// What a member holds, or held when it died.
  private func log(of member: Member) -> FrameLog? {
    for peer in peers.reversed() {
      if peer.watch?.member == member, let mesh = peer.mesh { return mesh.log }
      if let mesh = peer.buried.last(where: { $0.facts.me == member }) { return mesh.log }
    }
    return nil
  }

  /// How many peers reflect, as far as was last seen.
  private var reflectors: Int {
    var count = 0
    for peer in peers where peer.isReflector { count += 1 }
    return count
  }

  /// The orders of all that are alive.
  private var living: [Mesh] { peers.compactMap(\.mesh) }

  func violate(_ law: String, _ what: String) {
    let seconds = Double(now.nanoseconds) / 1e9 - 1
    report.violations.append(Violation(law: law, what: what, seconds: seconds))
    note("VIOLATION \(law): \(what)")
  }
}
