import SeloMesh
import SeloPeer
import SeloVM
import SeloWire

// What happened: counted, never judged.

/// What the coverage remembers of a peer from one step to the next.
struct Watch {
  let member: Member
  let promise: Reign
  let isReflector: Bool
  let isElecting: Bool
  let isHailing: Bool
  let isVoting: Bool
  let agreed: UInt64
  let received: UInt64
}

extension Simulation {
  func cover(_ event: RareEvent) { report.coverage[event, default: 0] += 1 }

  func observe(_ peer: SimulatedPeer<W>, _ mesh: Mesh?) {
    if aim != nil { takeAim(at: peer, mesh) }
    if peer.bridged > peer.knownBridged { cover(.relayed) }
    peer.knownBridged = peer.bridged
    guard let mesh else {
      if peer.watch != nil { peer.watch = nil }
      return
    }
    let isReflector = mesh.isReflector
    let watch = Watch(
      member: mesh.facts.me, promise: mesh.promise, isReflector: isReflector, isElecting: !mesh.isNormal,
      isHailing: isReflector && mesh.stalledSince != nil,
      isVoting: mesh.isVoting, agreed: mesh.agreed, received: mesh.log.received)
    defer { peer.watch = watch }
    guard let before = peer.watch, before.member == watch.member else {
      if peers.contains(where: { $0.watch?.isElecting ?? false }) { cover(.joinDuringTermChange) }
      if peer.returns { cover(.returned) }
      peer.returns = true
      return
    }
    if before.isVoting, !watch.isVoting, mesh.roster[mesh.facts.me] != nil { cover(.demoted) }
    if watch.isHailing, !before.isHailing { cover(.hailed) }
    if watch.isElecting, before.isElecting, watch.promise != before.promise, case .joining = mesh.phase {
      cover(.contestedElection)
    }
    if isReflector, before.isReflector, watch.agreed > before.agreed, isHalf(mesh) { cover(.halfQuorum) }
    if before.isReflector, mesh.takesUpAnothersTerm { cover(.zombieFenced) }
    if isReflector, !before.isReflector {
      if watch.received > before.received + 1 { cover(.candidateFetched) }
      if watch.promise.term.handover > before.promise.term.handover { cover(.handOver) }
    }
  }

  /// Whether exactly half of the voters hold what is agreed, as far as the reflector knows.
  private func isHalf(_ mesh: Mesh) -> Bool {
    guard let roster = mesh.log.head.rostersInForce(agreed: mesh.agreed).last, roster.voters.count > 1 else {
      return false
    }
    let holders = roster.voters.count { voter in
      voter == mesh.facts.me || mesh.contacts[voter]?.held ?? 0 >= mesh.agreed
    }
    return 2 * holders == roster.voters.count
  }

  func notice(_ event: PeerEvent, of peer: SimulatedPeer<W>) {
    switch event {
    case .advanced: noticeAdvance(of: peer)
    case .reflector(let term, _):
      // Each term that starts at its reflector is a failover; the founding's is none.
      if peer.mesh?.isReflector ?? false, term.number > highestTerm {
        highestTerm = term.number
        report.failovers += 1
      }
    case .branched:
      guard let mesh = peer.mesh, mesh.isReflector else { return }
      report.branches += 1
      cover(.branch)
      judgeBranch(of: peer.name, mesh)
      let lineages = Set(mesh.log.head.history.map(\.reign.lineage))
      if lineages.count > 2 { cover(.branchOfBranch) }
    case .rolledBack:
      report.rollbacks += 1
      cover(.executedRolledBack)
    case .ordered(_, let author, let first, let count):
      guard author == peer.mesh?.facts.author else { return }
      noticeOrdered(first, count, of: peer)
    case .phase(.seeking): peer.lastAdvance = nil
    case .ended(let reason):
      end(peer, reason)
    case .returned:
      report.merges += 1
      cover(.merge)
    case .rival:
      if !metRival { cover(.rivals) }
      metRival = true
    case .diverged(let evidence):
      guard peer.errs != nil else {
        if lies.reigns.isEmpty { violate("Digests", "\(peer.name) diverged at \(evidence.sequence)") }
        return
      }
      cover(.quarantined)
      quarantined.append(Quarantined(peer: peer.index, at: now, evidence: evidence))
    case .worldsDiffer(let evidence):
      let isExpected = liar != nil || peers.contains { $0.errs != nil }
      if !isExpected { violate("Digests", "worlds differ at \(evidence.sequence)") }
    case .equivocation(_, let one, _):
      cover(.equivocation)
      judgeEvidence(one, at: peer)
    case .snapshotResumed: cover(.snapshotResumed)
    case .contradicted(let sequence):
      if liar == nil { violate("Statements", "\(peer.name) is contradicted at \(sequence)") }
    case .roster, .phase, .resubmitted, .vouched, .unvouched: break
    }
  }

  /// Nobody is promised entry while the network fails: who was turned away tries again, as its user would.
  private func end(_ peer: SimulatedPeer<W>, _ reason: EndReason) {
    switch reason {
    case .replaced: break
    case .notAdmitted where fairSince.map { now.since($0) < .seconds(5) } ?? true:
      count("turned_away")
      peer.crash()
      queue.add(.start(peer.index), at: now + .seconds(1))
    default: violate("Ending", "\(peer.name) ended: \(reason)")
    }
  }

  private func noticeAdvance(of peer: SimulatedPeer<W>) {
    if let last = peer.lastAdvance {
      let outage = Double(now.since(last).nanoseconds) / 1e6
      report.maxOutageMilliseconds = max(report.maxOutageMilliseconds, outage)
    }
    peer.lastAdvance = now
  }

  private func noticeOrdered(_ first: UInt64, _ count: UInt32, of peer: SimulatedPeer<W>) {
    let number = peer.mesh?.promise.term.number ?? 0
    for sequence in first..<(first + UInt64(count)) {
      guard let submitted = peer.submitted.removeValue(forKey: sequence), number > submitted else { continue }
      cover(.messageAcrossTerms)
      if number > submitted + 1 { cover(.messageAcrossManyTerms) }
    }
  }

  func noticeRejection(_ rejection: PeerRejection) {
    report.rejections[rejection.description, default: 0] += 1
  }
}

extension Mesh {
  /// Whether somebody else's term is followed here, or is being taken up.
  fileprivate var takesUpAnothersTerm: Bool {
    switch phase {
    case .staging, .following: true
    case .suspecting, .joining, .reflecting, .detached: false
    }
  }
}
