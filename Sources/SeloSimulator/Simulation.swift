import SeloCrypto
import SeloMesh
import SeloPeer
public import SeloVM
import SeloWire

/// Everything that shapes one simulation. Two runs with equal options are equal to the byte.
public struct SimulationOptions: Sendable {
  public var seed: UInt64
  public var peers: Int
  /// Virtual time under faults; a fair phase follows in which everything must heal.
  public var duration: Delay
  public var faults: Faults
  /// Policy `majority` instead of `available`.
  public var majority = false
  /// Messages a second that each peer publishes.
  public var messagesPerSecond: UInt64 = 20
  /// Whether every step is written to `Simulation.trace`.
  public var traced = false

  public init(seed: UInt64, peers: Int, duration: Delay, faults: Faults = .all) {
    self.seed = seed
    self.peers = peers
    self.duration = duration
    self.faults = faults
  }
}

/// A virtual network and clock that drive the very peers that ship, with faults drawn from a seed, and judge them by
/// the laws after every step.
///
///     let report = Simulation<Counter>(options) { number, _ in .increment }.run()
///     #expect(report.violations.isEmpty, "\(report.reproduction)")
public final class Simulation<W: World> {
  let options: SimulationOptions
  let workload: (UInt64, PeerID) -> W.Message
  var chance: Chance
  var weather: Weather
  var queue = EventQueue()
  var now = Instant(nanoseconds: 1_000_000_000)
  let peers: [SimulatedPeer<W>]
  var report: Report
  var laws: [any Law<W>] = [AgreedPrefixes<W>(), WorldFollowsLog<W>()]
  /// One line a step when `options.traced`.
  public private(set) var trace: [UInt8] = []
  private var isFair = false
  private var lastAdvance: [Instant?]
  private var effects: [PeerEffect] = []

  /// - Parameter workload: the n-th message of a peer.
  public init(_ options: SimulationOptions, workload: @escaping (UInt64, PeerID) -> W.Message) {
    self.options = options
    self.workload = workload
    var chance = Chance(seed: options.seed)
    weather = Weather(options.faults, &chance)
    peers = (0..<options.peers).map { index in
      var entropy = Entropy(seed: Secret(chance.bytes(32)))
      return SimulatedPeer(index: index, keys: IdentityKeys(from: &entropy))
    }
    self.chance = chance
    lastAdvance = Array(repeating: nil, count: options.peers)
    report = Report(
      seed: options.seed,
      reproduction: "selo simulate --seed \(options.seed) --peers \(options.peers)"
        + " --for \(options.duration.nanoseconds / 1_000_000)ms --world \(W.name) --faults \(options.faults.text)"
        + " --policy \(options.majority ? "majority" : "available") --rate \(options.messagesPerSecond)")
  }

  /// Runs to the end or to the first broken law.
  public func run() -> Report {
    let start = now
    queue.add(.start(0), at: now)
    for index in 1..<max(1, peers.count) {
      queue.add(.start(index), at: now + .milliseconds(400 + chance.below(600)))
    }
    if weather.crashSpacing > 0 { planCrash() }
    let fair = start + options.duration
    let end = fair + .seconds(8)
    queue.add(.fairWeather, at: fair)
    while report.violations.isEmpty, let (at, occurrence) = queue.next(), at <= end {
      assert(at >= now)
      now = at
      happen(occurrence)
    }
    report.virtualSeconds = Double(now.since(start).nanoseconds) / 1e9
    if report.violations.isEmpty { judgeEnd() }
    return report
  }

  private func happen(_ occurrence: Occurrence) {
    switch occurrence {
    case .datagram(let bytes, let source, let index):
      if peers[index].isAlive { step(index, .datagram(bytes, from: source)) }
    case .refused(let endpoint, let index):
      if peers[index].isAlive, peers[index].probed == endpoint { step(index, .refused(endpoint)) }
    case .wake(let index, let at):
      guard peers[index].isAlive, peers[index].planned == at else { return }
      peers[index].planned = nil
      step(index, .wake)
    case .publish(let index, let life): publish(index, life)
    case .crash: crash()
    case .start(let index): start(index)
    case .fairWeather: makeFair()
    }
  }

  // Processes

  private func start(_ index: Int) {
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
    count("start")
    queue.add(.publish(index, life: peer.life), at: now + .milliseconds(chance.below(1_000)))
    step(index, .wake)
  }

  private func publish(_ index: Int, _ life: UInt64) {
    let peer = peers[index]
    guard peer.isAlive, peer.life == life, options.messagesPerSecond > 0 else { return }
    let isOver = isFair && lastPublish.map { now >= $0 } ?? false
    if isOver { return }
    if case .member = peer.phase {
      peer.published += 1
      report.messages += 1
      step(index, .publish(workload(peer.published, peer.keys.identity.peerID).encoded()))
    }
    let mean = 1_000_000_000 / options.messagesPerSecond
    queue.add(.publish(index, life: life), at: now + Delay(nanoseconds: chance.between(mean / 2, mean * 3 / 2)))
  }

  private func planCrash() {
    let spacing = chance.between(weather.crashSpacing / 2, weather.crashSpacing * 3 / 2)
    queue.add(.crash, at: now + Delay(nanoseconds: spacing))
  }

  /// Kills a process, every other time the reflector's; two voters at least live on, else the session would be gone.
  private func crash() {
    if isFair { return }
    planCrash()
    let alive = peers.filter(\.isAlive)
    let voters = alive.filter { peer in
      peer.mesh.map { mesh in mesh.isNormal && mesh.roster.voters.contains(mesh.facts.me) } ?? false
    }
    guard voters.count >= 3 else { return }
    let reflectors = voters.filter { $0.mesh?.isReflector ?? false }
    let victims = chance.below(2) == 0 && !reflectors.isEmpty ? reflectors : alive
    let victim = victims[Int(chance.below(UInt64(victims.count)))]
    let wasReflector = victim.mesh?.isReflector ?? false
    victim.crash()
    note("crash \(victim.name)")
    count(wasReflector ? "crash.reflector" : "crash")
    if weather.restarts {
      queue.add(.start(victim.index), at: now + .milliseconds(chance.between(50, 4_000)))
    }
  }

  private var lastPublish: Instant?

  /// From here on nothing goes wrong, everybody is back, and after three seconds nobody publishes.
  private func makeFair() {
    isFair = true
    weather = .fair
    lastPublish = now + .seconds(3)
    for peer in peers where !peer.isAlive && options.faults.contains(.restart) { start(peer.index) }
  }

  // Steps

  private func step(_ index: Int, _ input: PeerInput) {
    let peer = peers[index]
    report.steps += 1
    effects.removeAll(keepingCapacity: true)
    peer.step(input, at: now, into: &effects)
    note(peer, input)
    for effect in effects { carryOut(effect, of: peer) }
    for law in laws.indices {
      if let what = laws[law].check(peer, at: now) { violate("\(type(of: laws[law]))", what) }
    }
    plan(peer)
  }

  private func plan(_ peer: SimulatedPeer<W>) {
    guard peer.isAlive, let deadline = peer.deadline else { return }
    let at = max(deadline, now + .microseconds(1))
    if let planned = peer.planned, planned <= at, planned > now { return }
    peer.planned = at
    queue.add(.wake(peer.index, at: at), at: at)
  }

  private func carryOut(_ effect: PeerEffect, of peer: SimulatedPeer<W>) {
    switch effect {
    case .send(let bytes, let target): send(bytes, from: peer, to: target)
    case .announce(let bytes):
      for other in peers where other.index != peer.index { send(bytes, from: peer, to: other.endpoint) }
    case .connectProbe(let endpoint): peer.probed = endpoint
    case .probe: probe(from: peer)
    case .event(let event): notice(event, of: peer)
    case .rejected(let rejection): report.rejections[rejection.description, default: 0] += 1
    case .verify, .published, .notPublished: break
    }
  }

  private func notice(_ event: PeerEvent, of peer: SimulatedPeer<W>) {
    switch event {
    case .advanced:
      if let last = lastAdvance[peer.index] {
        let outage = Double(now.since(last).nanoseconds) / 1e6
        report.maxOutageMilliseconds = max(report.maxOutageMilliseconds, outage)
      }
      lastAdvance[peer.index] = now
    case .reflector(let term, _):
      if peer.mesh?.isReflector ?? false, term.number > 1 { report.failovers += 1 }
    case .branched: if peer.mesh?.isReflector ?? false { report.branches += 1 }
    case .rolledBack: report.rollbacks += 1
    case .phase(.member): report.joins += 1
    case .ended(let reason):
      if reason != .replaced { violate("Ending", "\(peer.name) ended: \(reason)") }
    case .ordered, .roster, .phase: break
    }
  }

  // The network

  private func send(_ bytes: [UInt8], from peer: SimulatedPeer<W>, to target: Endpoint) {
    guard let receiver = peers.first(where: { $0.endpoint == target }) else { return }
    if chance.happens(weather.lossPermyriad) { return count("loss") }
    deliver(bytes, from: peer, to: receiver)
    if chance.happens(weather.duplicationPermyriad) {
      count("duplication")
      deliver(bytes, from: peer, to: receiver)
    }
  }

  private func deliver(_ bytes: [UInt8], from peer: SimulatedPeer<W>, to receiver: SimulatedPeer<W>) {
    var delay = weather.delayNanoseconds / 2 + chance.below(weather.delayNanoseconds / 2 + 1)
    if chance.happens(weather.reorderingPermyriad) {
      count("reordering")
      delay += chance.below(50_000_000)
    }
    queue.add(
      .datagram(bytes, from: peer.endpoint, to: receiver.index), at: now + Delay(nanoseconds: delay))
  }

  /// A closed port answers at once, unless the answer is lost.
  private func probe(from peer: SimulatedPeer<W>) {
    guard let endpoint = peer.probed, let target = peers.first(where: { $0.endpoint == endpoint }) else { return }
    if target.isAlive || chance.happens(weather.lossPermyriad) { return }
    queue.add(.refused(endpoint, to: peer.index), at: now + Delay(nanoseconds: weather.delayNanoseconds))
  }

  // The end

  /// Liveness: after the fair phase there is one reflector, everybody is caught up, and no outbox holds anything.
  private func judgeEnd() {
    let alive = peers.filter(\.isAlive)
    let members = alive.compactMap(\.mesh)
    if members.count < alive.count {
      let outside = alive.filter { $0.mesh == nil }.map { "\($0.name) \($0.phase.map { "\($0)" } ?? "-")" }
      return violate("Liveness", "not members in the end: \(outside.joined(separator: ", "))")
    }
    let reigns = Set(members.map(\.promise))
    if reigns.count > 1 { return violate("Liveness", "\(reigns.count) reigns in the end") }
    let reflectors = members.count(where: \.isReflector)
    if reflectors != 1 { return violate("Liveness", "\(reflectors) reflectors in the end") }
    let agreed = members.map(\.agreed)
    if let low = agreed.min(), let high = agreed.max(), high - low > 5 {
      return violate("Liveness", "agreed frames \(agreed) in the end")
    }
    let held = members.map(\.outbox.count)
    if held.contains(where: { $0 > 0 }) { return violate("Liveness", "outboxes hold \(held) in the end") }
  }

  func violate(_ law: String, _ what: String) {
    let seconds = Double(now.nanoseconds) / 1e9 - 1
    report.violations.append(Violation(law: law, what: what, seconds: seconds))
    note("VIOLATION \(law): \(what)")
  }

  private func count(_ fault: String) { report.faults[fault, default: 0] += 1 }

  // Trace

  private func note(_ text: String) {
    guard options.traced else { return }
    trace += Array("\(now.nanoseconds) \(text)\n".utf8)
  }

  private func note(_ peer: SimulatedPeer<W>, _ input: PeerInput) {
    guard options.traced else { return }
    let what =
      switch input {
      case .datagram(let bytes, let source): "datagram \(bytes.count) from \(source)"
      case .refused: "refused"
      case .publish: "publish"
      case .verified: "verified"
      case .wake: "wake"
      case .flush: "flush"
      case .leave: "leave"
      }
    var line = "\(now.nanoseconds) \(peer.name) \(what)"
    if let mesh = peer.mesh {
      line += " | term \(mesh.promise.term.number) received \(mesh.log.received) agreed \(mesh.agreed)"
    }
    trace += Array(line.utf8)
    trace.append(10)
    for effect in effects {
      switch effect {
      case .event(let event): trace += Array("    \(event)\n".utf8)
      case .rejected(let rejection): trace += Array("    rejected \(rejection)\n".utf8)
      case .send(let bytes, let target): trace += Array("    send \(bytes.count) to \(target)\n".utf8)
      default: break
      }
    }
  }
}
