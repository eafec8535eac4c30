import SeloMesh
import SeloPeer
import SeloVM
import SeloWire

// Judgement: the laws after every step.

extension Simulation {
  func judge(_ peer: SimulatedPeer<W>, _ mesh: Mesh?) {
    guard let mesh else {
      peer.seen = nil
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
    let fresh = below < mesh.log.received ? (below + 1...mesh.log.received).compactMap { mesh.log[$0] } : []
    peer.seen = (mesh.facts.me, mesh.log.received)
    let sight = Sight(
      peer: peer, mesh: mesh, reading: peer.clock.reading(at: now), fresh: fresh, before: mesh.log[below],
      rolledBackTo: cut, isNew: isNew, logs: { self.logs }, living: { self.living })
    for index in laws.indices {
      if let what = laws[index].check(sight) { violate(name(of: laws[index]), "\(peer.name): \(what)") }
    }
  }

  private func name(of law: any Law<W>) -> String {
    String("\(type(of: law))".prefix { $0 != "<" })
  }

  /// What everybody holds; the newest of a member comes last.
  private var logs: [(member: Member, log: FrameLog)] {
    peers.flatMap { peer in (peer.buried + [peer.mesh].compactMap { $0 }).map { ($0.facts.me, $0.log) } }
  }

  /// The orders of all that are alive.
  private var living: [Mesh] { peers.compactMap(\.mesh) }

  func violate(_ law: String, _ what: String) {
    let seconds = Double(now.nanoseconds) / 1e9 - 1
    report.violations.append(Violation(law: law, what: what, seconds: seconds))
    note("VIOLATION \(law): \(what)")
  }
}
