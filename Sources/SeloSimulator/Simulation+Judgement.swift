import SeloMesh
import SeloPeer
import SeloVM
import SeloWire

// Judgement: the laws after every step, liveness at the end.

extension Simulation {
  func judge(_ peer: SimulatedPeer<W>) {
    guard let mesh = peer.mesh else {
      peer.seen = nil
      return
    }
    let isNew = peer.seen?.member != mesh.facts.me
    if isNew {
      report.joins += 1
      highestTerm = max(highestTerm, mesh.promise.term.number)
    }
    let known = isNew ? mesh.log.oldest - 1 : peer.seen?.received ?? 0
    let cut = effects.compactMap { effect -> UInt64? in
      if case .event(.rolledBack(_, let sequence)) = effect { return sequence }
      return nil
    }.min()
    let below = min(known, cut ?? known)
    let fresh = below < mesh.log.received ? (below + 1...mesh.log.received).compactMap { mesh.log[$0] } : []
    peer.seen = (mesh.facts.me, mesh.log.received)
    let sight = Sight(
      peer: peer, mesh: mesh, now: now, fresh: fresh, before: mesh.log[below], rolledBackTo: cut, isNew: isNew,
      logs: { self.logs })
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

  /// Liveness, after the fair phase: one reflector, one lineage, all alive are members and caught up, no outbox holds
  /// anything.
  func judgeEnd() {
    let alive = peers.filter(\.isAlive)
    let members = alive.compactMap(\.mesh)
    if members.count < alive.count {
      let outside = alive.filter { $0.mesh == nil }.map { "\($0.name) \($0.phase.map { "\($0)" } ?? "-")" }
      return violate("Liveness", "not members in the end: \(outside.joined(separator: ", "))")
    }
    let places = alive.map { peer in
      "\(peer.name) \(peer.mesh.map { "\($0.promise.term.number).\($0.facts.me.id.value) at \($0.agreed)" } ?? "-")"
    }.joined(separator: ", ")
    if members.contains(where: { $0.promise != members[0].promise }) {
      return violate("Liveness", "more than one reign in the end: \(places)")
    }
    if members.count(where: \.isReflector) != 1 { return violate("Liveness", "no one reflector in the end: \(places)") }
    let agreed = members.map(\.agreed)
    if let low = agreed.min(), let high = agreed.max(), high - low > 5 {
      return violate("Liveness", "not caught up in the end: \(places)")
    }
    // Without restarts the dead stay on the roster for ten seconds, and nothing is final meanwhile.
    let unsent = members.filter { mesh in
      let logged = mesh.log.head.authors.last(of: mesh.facts.author)
      return !mesh.outbox.unordered(logged: logged).isEmpty
        || mesh.outbox.count > 0 && members[0].roster.voters.count <= members.count
    }
    if !unsent.isEmpty { return violate("Liveness", "\(unsent.count) outboxes hold messages in the end: \(places)") }
  }

  func violate(_ law: String, _ what: String) {
    let seconds = Double(now.nanoseconds) / 1e9 - 1
    report.violations.append(Violation(law: law, what: what, seconds: seconds))
    note("VIOLATION \(law): \(what)")
  }
}
