import SeloCrypto
import SeloMesh
import SeloPeer
public import SeloVM
import SeloWire

/// A virtual network and clock that drive the very peers that ship, with faults drawn from a seed, and judge them by
/// the laws after every step.
///
///     let report = Simulation(seed: 7, peers: 5, world: Counter.self) { number, _ in .increment }.run()
///     #expect(report.violations.isEmpty, "\(report.reproductions)")
///
/// Use one object from one task; options, workload and report are `Sendable`, so many can run side by side.
public final class Simulation<W: World> {
  /// What shapes this run.
  public let options: SimulationOptions
  let workload: @Sendable (UInt64, PeerID) -> W.Message
  var chances: Chances
  var weather: Weather
  var queue = EventQueue()
  var now = Instant(nanoseconds: 1_000_000_000)
  /// When the first peer started.
  private var began: Instant?
  let peers: [SimulatedPeer<W>]
  let indices: [Endpoint: Int]
  var report = Report()
  var laws = AllLaws()
  var nonces = NoncesAreFresh()
  /// One line a step when `options.traced`.
  public internal(set) var trace: [UInt8] = []
  /// When the fair phase began.
  var fairSince: Instant?
  /// The longest silence limit of a member then.
  var fairLimit = Delay.zero
  /// How many members each lineage has had since, at most.
  var companies: [LineageID: Int] = [:]
  var lastPublish: Instant?
  var isOver = false
  /// Since when all has healed, and in which reigns.
  var calm: (since: Instant, reigns: [Reign])?
  /// Two trunks of the session have met: no rule makes them one.
  var metRival = false
  /// What was agreed in each lineage without a quorum when it was last looked at.
  var haltedAt: [LineageID: UInt64] = [:]
  /// Links that carry nothing while the network is in parts.
  var partition = Partition()
  /// What the next aimed crash waits for.
  var aim: Aim?
  /// Peers whose worlds went astray, because their machines erred.
  package internal(set) var quarantined: [Quarantined] = []
  /// Who lies, and what came of it.
  let liar: Int?
  var lies = LieRecord()
  var isExpelled = false
  var effects: [PeerEffect] = []
  var highestTerm: UInt32 = 1
  /// Whether who is heard may not be deposed: clocks are right, and nobody lies.
  let judgesPulse: Bool
  /// Kills, stops, splits and the like so far.
  var disturbances: UInt64 = 0

  /// A simulation with these options.
  ///
  /// - Parameter workload: the n-th message that a peer publishes.
  public init(_ options: SimulationOptions, workload: @escaping @Sendable (UInt64, PeerID) -> W.Message) {
    precondition((1...64).contains(options.peers), "a simulation has 1 to 64 peers")
    self.options = options
    self.workload = workload
    var chances = Chances(seed: options.seed)
    let faults = options.faults.drawn(by: options.seed)
    let weather = Weather(faults, seed: options.seed, majority: options.majority)
    liar = Self.liar(options, faults)
    judgesPulse = !faults.contains(.clock) && !faults.contains(.byzantine)
    let start = now
    peers = (0..<options.peers).map { index in
      var entropy = Entropy(seed: Secret(chances.entropy.bytes(32)))
      let clock = weather.clock(at: start, &chances.clock)
      // One seed in sixteen signs and verifies for good.
      let isReal = options.seed % 16 == 15
      return SimulatedPeer(index: index, keys: IdentityKeys(from: &entropy), clock: clock, signsForGood: isReal)
    }
    indices = Dictionary(uniqueKeysWithValues: peers.map { ($0.endpoint, $0.index) })
    self.chances = chances
    self.weather = weather
  }

  /// A simulation of `peers` peers that run `world` for `duration` under `faults`, then for a while without.
  ///
  /// - Parameter workload: the n-th message that a peer publishes.
  public convenience init(
    seed: UInt64, peers: Int, world: W.Type = W.self, duration: Delay = .seconds(30), faults: Faults = .all,
    workload: @escaping @Sendable (UInt64, PeerID) -> W.Message
  ) {
    self.init(SimulationOptions(seed: seed, peers: peers, duration: duration, faults: faults), workload: workload)
  }

  /// What runs exactly this again: a command for the worlds that `selo` brings along, else an expression of Swift.
  public var reproduction: String {
    if let world = options.commandWorld { return "selo simulate --world \(world) \(options.text)" }
    return "Simulation<\(W.self)>(SimulationOptions(\"\(options.text)\")!, workload: …).run()"
  }

  /// Runs to the end or to the first broken law.
  public func run() -> Report {
    run(until: nil)
    report.virtualSeconds = Double(now.since(began ?? now).nanoseconds) / 1e9
    if !report.violations.isEmpty {
      report.failures = 1
      report.reproductions = [reproduction]
    }
    return report
  }

  /// Begins, or goes on, until this instant: a story stops to look and to change the network.
  func run(until end: Instant?) {
    if began == nil { begin() }
    while report.violations.isEmpty, !isOver {
      if let end, let next = queue.nextInstant, next > end { break }
      guard let (at, occurrence) = queue.next() else { break }
      if at < now { violate("Time", "an occurrence of the past") }
      now = at
      happen(occurrence)
    }
    if let end { now = max(now, end) }
  }

  private func begin() {
    began = now
    planStarts()
    for trouble in Trouble.allCases { plan(trouble) }
    queue.add(.fairWeather, at: now + options.duration)
  }

  private func happen(_ occurrence: Occurrence) {
    switch occurrence {
    case .datagram(let bytes, let source, let index): receive(bytes, from: source, at: index)
    case .refused(let source, let index):
      let endpoint = peers[source].endpoint
      if peers[index].isAwake, peers[index].probed == endpoint { step(index, .refused(endpoint)) }
    case .wake(let index, let at): wake(index, at)
    case .publish(let index, let life): publish(index, life)
    case .start(let index): start(index)
    case .resume(let index, let life): resume(index, life)
    case .serve(let index, let life): serve(index, life)
    case .trouble(let trouble): make(trouble)
    case .strike(let index, let life): strike(index, life)
    case .heal(let number): heal(number)
    case .hurry(let index): hurry(index)
    case .fairWeather: makeFair()
    case .look: look()
    case .failoverDue(let failover): judge(failover)
    }
  }

  /// One step of one peer, all it asks for, and the judgement.
  func step(_ index: Int, _ input: PeerInput) {
    let peer = peers[index]
    report.steps += 1
    effects.removeAll(keepingCapacity: true)
    peer.step(input, at: now, into: &effects)
    let mesh = peer.mesh
    if options.traced { note(peer, mesh, input) }
    for effect in effects { carryOut(effect, of: peer) }
    judge(peer, mesh)
    observe(peer, mesh)
    plan(peer)
  }

  private func plan(_ peer: SimulatedPeer<W>) {
    guard peer.isAlive, let deadline = peer.deadline else { return }
    let at = max(peer.clock.instant(of: deadline), now + .microseconds(1))
    if let planned = peer.planned, planned <= at, planned > now { return }
    peer.planned = at
    queue.add(.wake(peer.index, at: at), at: at)
  }

  /// A clock has jumped: what was planned by it comes earlier.
  func planAnew(_ peer: SimulatedPeer<W>) {
    peer.planned = nil
    plan(peer)
  }

  private func carryOut(_ effect: PeerEffect, of peer: SimulatedPeer<W>) {
    switch effect {
    case .send(let bytes, let target): send(bytes, from: peer, to: target)
    case .announce(let bytes):
      for other in peers where other.index != peer.index { send(bytes, from: peer, to: other.endpoint) }
    case .connectProbe(let endpoint): peer.probed = endpoint
    case .probe: probe(from: peer)
    case .event(let event): notice(event, of: peer)
    case .rejected(let rejection): noticeRejection(rejection)
    case .published(let sequence):
      report.messages += 1
      peer.submitted[sequence] = peer.watch?.promise.term.number ?? 0
    case .verify, .notPublished: break
    }
  }
}
