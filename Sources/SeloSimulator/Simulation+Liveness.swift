import SeloMesh
import SeloVM
import SeloWire

// Liveness while things go wrong: who is heard is not deposed, and who dies in fair weather is replaced in time.

/// How evenly the frames of a reign have come to a peer.
struct Pulse {
  let member: Member
  let reign: Reign
  var received: UInt64
  var agreed: UInt64
  /// When the log grew last, and since when it has grown without a gap and close behind the reflector.
  var grew: Instant
  var steadySince: Instant
  /// The same for what is agreed: acks of a quorum come in.
  var agreedGrew: Instant
  var agreeingSince: Instant
}

/// A reflector that was killed while nothing else was wrong.
struct Failover {
  let lineage: LineageID
  /// The other voters, who were all well and up to date.
  let survivors: [Member]
  /// The newest agreed frame that anybody knew.
  let agreed: UInt64
  let killed: Instant
  /// How many disturbances there had been: another one is an excuse.
  let disturbances: UInt64
}

private enum Promised {
  /// The least silence limit is 60 ms: who hears frames this close to each other has no reason to suspect.
  static let gap = Delay.milliseconds(50)
  /// A reflector that hears a quorum so often does not doubt itself.
  static let ackGap = Delay.milliseconds(400)
  /// Frames behind the reflector of one who is up to date.
  static let lag: UInt64 = 8
  /// For how long all that must have been so: words of earlier troubles are forgotten by then.
  static let steadiness = Delay.seconds(2)
  /// For how long everybody must have heard the reflector evenly before its death can be timed.
  static let composure = Delay.seconds(1)
  /// PROTOCOL section 11: a failover takes T and ten hops. The candidate's wait for more than a quorum comes on top.
  static let hops: UInt64 = 10
  static let grace = Delay.milliseconds(10)
}

extension Simulation {
  /// Follows how a peer is doing, and looks whether it leaves a term without reason.
  func feel(_ peer: SimulatedPeer<W>, _ mesh: Mesh) {
    // Whoever is cut off may well promise alone. A term needs a quorum, and one of it is among those who hear.
    if judgesPulse, let pulse = peer.pulse, pulse.member == mesh.facts.me, mesh.turns(from: pulse.reign),
      isSteady(pulse), isHeard(pulse.reign)
    {
      violate("Liveness", "\(peer.name) turns from a reflector that a quorum hears")
    }
    guard mesh.isNormal else { return peer.pulse = nil }
    guard var pulse = peer.pulse, pulse.member == mesh.facts.me, pulse.reign == mesh.promise else {
      peer.pulse = Pulse(
        member: mesh.facts.me, reign: mesh.promise, received: mesh.log.received, agreed: mesh.agreed, grew: now,
        steadySince: now, agreedGrew: now, agreeingSince: now)
      return
    }
    if mesh.log.received > pulse.received {
      let head = reflector(of: pulse.reign)?.pulse?.received ?? 0
      let isLate = now.since(pulse.grew) > Promised.gap || mesh.log.received + Promised.lag < head
      if isLate { pulse.steadySince = now }
      pulse.received = mesh.log.received
      pulse.grew = now
    }
    if mesh.agreed > pulse.agreed {
      if now.since(pulse.agreedGrew) > Promised.ackGap { pulse.agreeingSince = now }
      pulse.agreed = mesh.agreed
      pulse.agreedGrew = now
    }
    peer.pulse = pulse
  }

  /// Whether for a while a quorum has heard the reflector of this reign, and it has heard a quorum.
  private func isHeard(_ reign: Reign) -> Bool {
    guard let reflector = reflector(of: reign), reflector.isAwake, let mesh = reflector.mesh, !mesh.isLeaving,
      let pulse = reflector.pulse, now.since(pulse.agreedGrew) <= Promised.ackGap,
      now.since(pulse.agreeingSince) >= Promised.steadiness
    else { return false }
    let hearing = peers.compactMap { peer -> Member? in
      guard peer.isAwake, let pulse = peer.pulse, pulse.reign == reign, isSteady(pulse) else { return nil }
      return pulse.member
    }
    return Agreement.isQuorum(mesh.log.head.rostersInForce(agreed: mesh.agreed), halfCounts: false) { voter in
      voter == mesh.facts.me || hearing.contains(voter)
    }
  }

  private func isSteady(_ pulse: Pulse) -> Bool {
    now.since(pulse.grew) <= Promised.gap && now.since(pulse.steadySince) >= Promised.steadiness
  }

  private func reflector(of reign: Reign) -> SimulatedPeer<W>? {
    peers.first { $0.isReflector && $0.pulse?.reign == reign }
  }

  // Failover in time

  /// A reflector is about to be killed. If nothing else is wrong, the others have T and ten hops.
  func expectFailover(without victim: SimulatedPeer<W>) {
    disturbances += 1
    guard judgesPulse, weather.isQuiet, partition.isWhole, victim.isReflector, let mesh = victim.mesh else { return }
    let rosters = mesh.log.head.rostersInForce(agreed: mesh.agreed)
    let voters = Set(rosters.flatMap(\.voters)).subtracting([mesh.facts.me])
    let survivors = peers.filter { voters.contains($0.mesh?.facts.me ?? mesh.facts.me) && $0.isWell(at: now) }
    let meshes = survivors.compactMap(\.mesh)
    // A reckless crash may leave no quorum: to go on as half of the voters, or as a branch, takes longer.
    guard survivors.count == voters.count, meshes.allSatisfy({ $0.follows(mesh) }), keepsQuorum(without: victim),
      survivors.allSatisfy({ now.since($0.pulse?.steadySince ?? now) >= Promised.composure })
    else { return }
    let silence = meshes.map(\.silenceLimit).max() ?? .zero
    let hops = Delay(nanoseconds: weather.delayNanoseconds * Promised.hops)
    let failover = Failover(
      lineage: mesh.promise.lineage, survivors: meshes.map(\.facts.me),
      agreed: (meshes + [mesh]).map(\.agreed).max() ?? 0, killed: now,
      disturbances: disturbances)
    queue.add(.failoverDue(failover), at: now + silence + hops + Promised.grace)
  }

  /// Everybody who was there must know of something new.
  func judge(_ failover: Failover) {
    guard failover.disturbances == disturbances else { return }
    cover(.failoverTimed)
    let millis = now.since(failover.killed).nanoseconds / 1_000_000
    for peer in peers where peer.isAlive {
      guard let mesh = peer.mesh, failover.survivors.contains(mesh.facts.me), mesh.agreed <= failover.agreed,
        mesh.promise.lineage == failover.lineage
      else { continue }
      violate("Liveness", "\(peer.name) knows of nothing new \(millis) ms after the reflector was killed")
    }
  }
}

extension SimulatedPeer {
  /// Neither stopped nor starved nor slow.
  fileprivate func isWell(at now: Instant) -> Bool {
    isAwake && slowness == nil && starvedUntil.map { $0 <= now } ?? true
  }
}

extension Mesh {
  /// Whether this peer holds the reign for over.
  fileprivate func turns(from reign: Reign) -> Bool {
    switch phase {
    case .suspecting: promise == reign
    case .joining: promise.lineage == reign.lineage && promise.term.number > reign.term.number
    case .following, .staging, .reflecting, .detached: false
    }
  }

  fileprivate func follows(_ reflector: Mesh) -> Bool {
    guard case .following = phase else { return false }
    return promise == reflector.promise && log.received + Limits.caughtUpFrames >= reflector.log.received
  }
}

extension Weather {
  /// Every datagram arrives, once, and as soon as the way allows.
  fileprivate var isQuiet: Bool {
    lossPermyriad == 0 && duplicationPermyriad == 0 && reorderingPermyriad == 0 && bandwidth == 0
  }
}
