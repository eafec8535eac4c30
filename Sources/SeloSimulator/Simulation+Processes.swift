import SeloCrypto
import SeloMesh
import SeloPeer
import SeloVM
import SeloWire

// Processes: they start, publish, are stopped, are late, and go on.

extension Simulation {
  var isFair: Bool { fairSince != nil }

  /// One founds and the others come after a while; or all come at once and see who founds.
  func planStarts() {
    if !options.together { queue.add(.start(0), at: now) }
    for index in (options.together ? 0 : 1)..<max(1, peers.count) {
      let delay =
        options.together
        ? chances.processes.below(UInt64(50_000)) : 1_000 * (400 + chances.processes.below(UInt64(600)))
      queue.add(.start(index), at: now + .microseconds(delay))
    }
  }

  private func purpose(of peer: SimulatedPeer<W>) -> PeerOptions.Purpose {
    if peer.life > 0 { return .join }
    if options.together { return .meet }
    return peer.index == 0 ? .found : .join
  }

  func start(_ index: Int) {
    let peer = peers[index]
    guard !peer.isAlive, !(isExpelled && index == liar) else { return }
    var options = PeerOptions(
      purpose: purpose(of: peer), sessionName: "simulation",
      passwordSecret: Secret(Array(repeating: 7, count: 32)), keys: peer.keys,
      entropy: Secret(chances.entropy.bytes(32)),
      incarnation: Incarnation((now.nanoseconds / 1_000_000) << 16 | chances.entropy.below(UInt64(65_536))),
      name: peer.name, port: peer.endpoint.port)
    options.policy = self.options.majority ? .majority : .available
    options.patience = .seconds(3_600)
    peer.start(options, at: now)
    note("start \(peer.name)")
    count(peer.life == 1 ? "start" : "restart")
    queue.add(.publish(index, life: peer.life), at: now + .milliseconds(chances.workload.below(UInt64(1_000))))
    step(index, .wake)
  }

  func publish(_ index: Int, _ life: UInt64) {
    let peer = peers[index]
    guard peer.isAlive, peer.life == life, options.messagesPerSecond > 0 else { return }
    if let lastPublish, now >= lastPublish { return }
    if !peer.isPaused, case .member = peer.phase {
      peer.published += 1
      step(index, .publish(workload(peer.published, peer.keys.identity.peerID).encoded()))
    }
    let mean = 1_000_000_000 / options.messagesPerSecond
    let pause = chances.workload.between(mean / 2, mean * 3 / 2)
    queue.add(.publish(index, life: life), at: now + Delay(nanoseconds: pause))
  }

  func wake(_ index: Int, _ at: Instant) {
    let peer = peers[index]
    guard peer.isAwake, peer.planned == at else { return }
    peer.planned = nil
    if isStarved(peer) { return sleep(peer) }
    step(index, .wake)
  }

  /// Stops a process for a while, as by SIGSTOP.
  func stop(_ peer: SimulatedPeer<W>, for span: Delay) {
    peer.isPaused = true
    peer.lastAdvance = nil
    queue.add(.resume(peer.index, life: peer.life), at: now + span)
  }

  func resume(_ index: Int, _ life: UInt64) {
    let peer = peers[index]
    guard peer.isAlive, peer.life == life, peer.isPaused else { return }
    note("resume \(peer.name)")
    peer.isPaused = false
    peer.planned = nil
    peer.lastAdvance = nil
    if peer.slowness != nil {
      beginServing(peer)
      return step(index, .wake)
    }
    // Whether the timer or the socket is first is up to the event loop.
    if peer.inbox.isEmpty || chances.pause.happens(5_000) { step(index, .wake) }
    takeInbox(peer)
  }

  private func takeInbox(_ peer: SimulatedPeer<W>) {
    let inbox = peer.inbox
    peer.inbox = []
    for arrival in inbox where peer.isAlive { step(peer.index, .datagram(arrival.bytes, from: arrival.source)) }
  }

  // Starving and slow

  func isStarved(_ peer: SimulatedPeer<W>) -> Bool {
    guard let until = peer.starvedUntil, !peer.isPaused else { return false }
    if now < until { return true }
    peer.starvedUntil = nil
    return false
  }

  /// Something wants a starved process: it notices later.
  func sleep(_ peer: SimulatedPeer<W>) {
    count("starved")
    stop(peer, for: .microseconds(chances.starvation.below(UInt64(400_000))))
  }

  func beginServing(_ peer: SimulatedPeer<W>) {
    guard let slowness = peer.slowness, !peer.isServing, !peer.inbox.isEmpty else { return }
    peer.isServing = true
    queue.add(.serve(peer.index, life: peer.life), at: now + slowness)
  }

  func serve(_ index: Int, _ life: UInt64) {
    let peer = peers[index]
    guard peer.isAlive, peer.life == life, peer.isServing else { return }
    peer.isServing = false
    guard !peer.isPaused, !peer.inbox.isEmpty else { return }
    let arrival = peer.inbox.removeFirst()
    step(index, .datagram(arrival.bytes, from: arrival.source))
    beginServing(peer)
  }

  /// A slow peer is slow no longer.
  func hurry(_ index: Int) {
    let peer = peers[index]
    guard peer.slowness != nil else { return }
    note("hurry \(peer.name)")
    peer.slowness = nil
    if peer.isAwake { takeInbox(peer) }
  }
}
