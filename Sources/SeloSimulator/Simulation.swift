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
///     #expect(report.violations.isEmpty, "\(report.reproductions)")
public final class Simulation<W: World> {
  let options: SimulationOptions
  let workload: (UInt64, PeerID) -> W.Message
  var chance: Chance
  var weather: Weather
  var queue = EventQueue()
  var now = Instant(nanoseconds: 1_000_000_000)
  let peers: [SimulatedPeer<W>]
  var report = Report()
  var laws: [any Law<W>] = [
    AgreedPrefixes<W>(), TimeNeverFalls<W>(), AuthorsCountOn<W>(), OneReflector<W>(), FinalStays<W>(),
    PromisesRise<W>(), LevelsOfTruth<W>(), WorldFollowsLog<W>(), OnlyTheFollowedTermWrites<W>(), IdsVoteOnce<W>(),
    OneRosterChangeAtATime<W>(), NothingIsLost<W>(), LimitsHold<W>(),
  ]
  var nonces = NoncesAreFresh()
  /// One line a step when `options.traced`.
  public internal(set) var trace: [UInt8] = []
  var isFair = false
  var lastPublish: Instant?
  /// When each peer last saw an agreed tick.
  var lastAdvance: [Instant?]
  var effects: [PeerEffect] = []
  var highestTerm: UInt32 = 1

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
  }

  /// The command that runs exactly this again.
  public var reproduction: String {
    "selo simulate --seed \(options.seed) --peers \(options.peers) --for \(options.duration.nanoseconds / 1_000_000)ms"
      + " --world \(W.name) --faults \(options.faults.text) --policy \(options.majority ? "majority" : "available")"
      + " --rate \(options.messagesPerSecond)"
  }

  /// Runs to the end or to the first broken law.
  public func run() -> Report {
    let start = now
    queue.add(.start(0), at: now)
    for index in 1..<max(1, peers.count) {
      queue.add(.start(index), at: now + .milliseconds(400 + chance.below(600)))
    }
    planCrash()
    planPause()
    let fair = start + options.duration
    let end = fair + .seconds(8)
    queue.add(.fairWeather, at: fair)
    while report.violations.isEmpty, let (at, occurrence) = queue.next(), at <= end {
      assert(at >= now, "time runs backwards")
      now = at
      happen(occurrence)
    }
    report.virtualSeconds = Double(now.since(start).nanoseconds) / 1e9
    if report.violations.isEmpty { judgeEnd() }
    if !report.violations.isEmpty {
      report.failures = 1
      report.reproductions = [reproduction]
    }
    return report
  }

  private func happen(_ occurrence: Occurrence) {
    switch occurrence {
    case .datagram(let bytes, let source, let index): receive(bytes, from: source, at: index)
    case .refused(let endpoint, let index):
      if peers[index].isAwake, peers[index].probed == endpoint { step(index, .refused(endpoint)) }
    case .wake(let index, let at):
      guard peers[index].isAwake, peers[index].planned == at else { return }
      peers[index].planned = nil
      step(index, .wake)
    case .publish(let index, let life): publish(index, life)
    case .crash: crash()
    case .pause: pause()
    case .resume(let index, let life): resume(index, life)
    case .start(let index): start(index)
    case .fairWeather: makeFair()
    }
  }

  /// One step of one peer, all it asks for, and the judgement.
  func step(_ index: Int, _ input: PeerInput) {
    let peer = peers[index]
    report.steps += 1
    effects.removeAll(keepingCapacity: true)
    peer.step(input, at: now, into: &effects)
    if options.traced { note(peer, input) }
    for effect in effects { carryOut(effect, of: peer) }
    judge(peer)
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
    case .published: report.messages += 1
    case .verify, .notPublished: break
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
      // Each term that starts at its reflector is a failover; the founding's is none.
      if peer.isReflector, term.number > highestTerm {
        highestTerm = term.number
        report.failovers += 1
      }
    case .branched: if peer.isReflector { report.branches += 1 }
    case .rolledBack: report.rollbacks += 1
    case .returned: report.merges += 1
    case .phase(.member): break
    case .phase(.seeking): lastAdvance[peer.index] = nil
    case .ended(let reason):
      if reason != .replaced { violate("Ending", "\(peer.name) ended: \(reason)") }
    case .ordered, .roster, .phase, .resubmitted, .rival, .equivocation: break
    case .diverged(let evidence): violate("Digests", "\(peer.name) diverged at \(evidence.sequence)")
    case .worldsDiffer(let sequence): violate("Digests", "worlds differ at \(sequence)")
    }
  }
}
