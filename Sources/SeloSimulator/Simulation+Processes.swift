import SeloCrypto
import SeloMesh
import SeloPeer
import SeloVM
import SeloWire

// Processes: they start, publish, are stopped, are killed, and come back.

extension Simulation {
  func start(_ index: Int) {
    let peer = peers[index]
    guard !peer.isAlive else { return }
    var options = PeerOptions(
      purpose: peer.life == 0 && index == 0 ? .found : .join, sessionName: "simulation",
      passwordSecret: Secret(Array(repeating: 7, count: 32)), keys: peer.keys, entropy: Secret(chance.bytes(32)),
      incarnation: Incarnation((now.nanoseconds / 1_000_000) << 16 | chance.below(65_536)), name: peer.name,
      port: peer.endpoint.port)
    options.policy = self.options.majority ? .majority : .available
    options.patience = .seconds(3_600)
    peer.start(options, at: now)
    lastAdvance[index] = nil
    count(peer.life == 1 ? "start" : "restart")
    queue.add(.publish(index, life: peer.life), at: now + .milliseconds(chance.below(1_000)))
    step(index, .wake)
  }

  func publish(_ index: Int, _ life: UInt64) {
    let peer = peers[index]
    guard peer.isAlive, peer.life == life, options.messagesPerSecond > 0 else { return }
    if isFair, let lastPublish, now >= lastPublish { return }
    if !peer.isPaused, case .member = peer.phase {
      peer.published += 1
      step(index, .publish(workload(peer.published, peer.keys.identity.peerID).encoded()))
    }
    let mean = 1_000_000_000 / options.messagesPerSecond
    queue.add(.publish(index, life: life), at: now + Delay(nanoseconds: chance.between(mean / 2, mean * 3 / 2)))
  }

  func planCrash() {
    if weather.crashSpacing == 0 { return }
    let spacing = chance.between(weather.crashSpacing / 2, weather.crashSpacing * 3 / 2)
    queue.add(.crash, at: now + Delay(nanoseconds: spacing))
  }

  func planPause() {
    if weather.pauseSpacing == 0 { return }
    let spacing = chance.between(weather.pauseSpacing / 2, weather.pauseSpacing * 3 / 2)
    queue.add(.pause, at: now + Delay(nanoseconds: spacing))
  }

  /// Kills a process, every other time the reflector's.
  func crash() {
    if isFair { return }
    planCrash()
    guard let victim = victim(survivorAlone: true) else { return }
    let wasReflector = victim.isReflector
    victim.crash()
    note("crash \(victim.name)")
    count(wasReflector ? "crash_reflector" : "crash")
    if weather.restarts {
      queue.add(.start(victim.index), at: now + .milliseconds(chance.between(50, 4_000)))
    }
  }

  /// Stops a process for a while, every other time the reflector's.
  func pause() {
    if isFair { return }
    planPause()
    guard let victim = victim(survivorAlone: false) else { return }
    count(victim.isReflector ? "pause_reflector" : "pause")
    note("pause \(victim.name)")
    victim.isPaused = true
    let spans: [UInt64] = [50, 200, 800, 2_000, 5_000]
    let span = spans[Int(chance.below(5))]
    queue.add(.resume(victim.index, life: victim.life), at: now + .milliseconds(span))
  }

  func resume(_ index: Int, _ life: UInt64) {
    let peer = peers[index]
    guard peer.isAlive, peer.life == life, peer.isPaused else { return }
    note("resume \(peer.name)")
    peer.isPaused = false
    peer.planned = nil
    lastAdvance[index] = nil
    let inbox = peer.inbox
    peer.inbox = []
    // Whether the timer or the socket is first is up to the event loop.
    if chance.happens(5_000) { step(index, .wake) }
    for datagram in inbox where peer.isAlive { step(index, .datagram(datagram.bytes, from: datagram.source)) }
    if inbox.isEmpty { step(index, .wake) }
  }

  /// A process whose absence leaves quorums of all rosters in force: within that the laws promise one lineage. Or the
  /// older of the last two, so that the survivor goes on alone; not by a pause, after which two lineages would meet.
  private func victim(survivorAlone: Bool) -> SimulatedPeer<W>? {
    let alive = peers.filter(\.isAlive)
    let reflectors = alive.filter(\.isReflector)
    guard reflectors.count == 1, let mesh = reflectors[0].mesh else { return nil }
    let voters = alive.compactMap { peer -> Member? in
      guard !peer.isPaused, let own = peer.mesh, own.isNormal, own.promise == mesh.promise else { return nil }
      return own.facts.me
    }
    let rosters = mesh.log.head.rostersInForce(agreed: mesh.agreed)
    let candidates = chance.below(2) == 0 ? reflectors : alive
    let chosen = candidates[Int(chance.below(UInt64(candidates.count)))]
    guard !chosen.isPaused else { return nil }
    let gone = chosen.member
    if Agreement.isQuorum(rosters, halfCounts: false, holds: { voters.contains($0) && $0 != gone }) { return chosen }
    return survivorAlone && peers.count == 2 && alive.count == 2 && voters.count == 2 && !options.majority
      ? chosen : nil
  }

  /// From here on nothing goes wrong, everybody is back, and after three seconds nobody publishes.
  func makeFair() {
    isFair = true
    weather = .fair
    lastPublish = now + .seconds(3)
    for peer in peers where peer.isPaused { resume(peer.index, peer.life) }
    for peer in peers where !peer.isAlive && options.faults.contains(.restart) { start(peer.index) }
  }
}
