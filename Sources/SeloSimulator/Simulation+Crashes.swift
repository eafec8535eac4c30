import SeloMesh
import SeloPeer
import SeloVM
import SeloWire

// Crashes: some hit anybody, some wait for the moment in which they hurt most.

/// Whom a crash is aimed at.
enum Aim: CaseIterable {
  case anybody, reflector
  /// One that is elected and gathers promises.
  case candidate
  /// A reflector whose roster change is not agreed yet.
  case changer
  /// A member through whose door somebody is coming in.
  case admitter
}

extension Simulation {
  /// Kills at once where the aim is there; else at the first moment at which it is.
  func crash() {
    let drawn = chances.crash.pick(Aim.allCases)
    let place = chances.crash.below(UInt64(1) << 32)
    let targets = peers.filter { isTarget($0, $0.mesh, of: drawn) }
    guard !targets.isEmpty else { return aim = drawn }
    kill(targets[Int(place % UInt64(targets.count))])
  }

  /// Whether the armed crash has found what it waited for: it strikes after this step.
  func takeAim(at peer: SimulatedPeer<W>, _ mesh: Mesh?) {
    guard let aim, isTarget(peer, mesh, of: aim) else { return }
    self.aim = nil
    // Whoever comes in needs a while: it may be at any step of it.
    let patience: UInt64 = aim == .admitter ? 200_000 : 2_000
    queue.add(.strike(peer.index, life: peer.life), at: now + .microseconds(chances.crash.between(1, patience)))
  }

  func strike(_ index: Int, _ life: UInt64) {
    if peers[index].isAlive, peers[index].life == life, !isFair { kill(peers[index]) }
  }

  private func isTarget(_ peer: SimulatedPeer<W>, _ mesh: Mesh?, of aim: Aim) -> Bool {
    guard peer.isAlive else { return false }
    switch aim {
    case .anybody: return true
    case .reflector: return mesh?.isReflector ?? false
    case .candidate: return mesh?.isCandidate ?? false
    case .changer: return mesh?.isChangingRoster ?? false
    case .admitter: return mesh != nil && isAdmitting(peer)
    }
  }

  private func isAdmitting(_ peer: SimulatedPeer<W>) -> Bool {
    peers.contains { $0.isAlive && $0.phase == .entering && $0.lastTarget == peer.endpoint }
  }

  private func kill(_ victim: SimulatedPeer<W>) {
    guard keepsQuorum(without: victim) || weather.isReckless && leavesWorld(without: victim) else { return }
    expectFailover(without: victim)
    let mesh = victim.mesh
    if mesh?.isCandidate ?? false { cover(.candidateKilled) }
    if mesh?.isChangingRoster ?? false { cover(.killedWithRosterPending) }
    if isAdmitting(victim) { cover(.admitterKilled) }
    count(victim.isReflector ? "crash_reflector" : "crash")
    note("crash \(victim.name)")
    victim.crash()
    if weather.restarts {
      let delay = chances.crash.pick([20, 100, 500, 1_500, 4_000] as [UInt64])
      queue.add(.start(victim.index), at: now + .milliseconds(delay))
    }
  }

  /// Whether the others still are quorums of all rosters in force.
  func keepsQuorum(without victim: SimulatedPeer<W>) -> Bool {
    let reflectors = peers.filter { $0.isAlive && $0.isReflector }
    guard reflectors.count == 1, let mesh = reflectors[0].mesh else { return false }
    let voters = peers.compactMap { peer -> Member? in
      guard peer.isAwake, peer.index != victim.index, let own = peer.mesh, own.isNormal, own.promise == mesh.promise
      else { return nil }
      return own.facts.me
    }
    let rosters = mesh.log.head.rostersInForce(agreed: mesh.agreed)
    return Agreement.isQuorum(rosters, halfCounts: false) { voters.contains($0) }
  }

  /// Whether somebody lives on who can carry the world on: one that has a vote in the order that it holds, or may
  /// branch without.
  private func leavesWorld(without victim: SimulatedPeer<W>) -> Bool {
    peers.contains { peer in
      guard peer.isAlive, peer.index != victim.index, let mesh = peer.mesh else { return false }
      return mesh.isVoting || mesh.mayCarryOn
    }
  }
}

extension Mesh {
  var isCandidate: Bool {
    if case .joining = phase { return promise.term.elected == facts.me }
    return false
  }

  var isChangingRoster: Bool { isReflector && log.head.rosters.last.map { $0.sequence > agreed } ?? false }

  /// Whether this peer has a vote in a roster in force.
  var isVoting: Bool {
    log.head.rostersInForce(agreed: agreed).contains { $0.voters.contains(facts.me) }
  }

  /// Whether this is the lineage of the founding.
  var isTrunk: Bool { promise.lineage.bytes == facts.session.bytes }
}
