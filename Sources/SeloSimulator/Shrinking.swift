public import SeloVM
import SeloWire

/// Makes a failing simulation small: the fewest faults, peers, messages and single troubles and the shortest time with
/// which the same law still breaks.
///
/// It tries one smaller thing after the other and keeps what still fails, until nothing smaller does. Smaller is not
/// always simpler: fewer peers meet other chances, so what is found may break the law in another way.
struct Shrinking {
  private(set) var options: SimulationOptions
  /// The law that has to break.
  let law: String
  /// Runs a simulation and says what broke first.
  let run: (SimulationOptions) -> Failure?

  /// The law that broke first, when, in virtual seconds, and after how many troubles.
  struct Failure {
    let law: String
    let seconds: Double
    var troubles = 0
  }

  /// With more troubles than this a run for each would take too long.
  private static let fewTroubles = 40

  /// Looks for smaller options until none fails any more. A few dozen simulations.
  mutating func shrink() {
    options.faults = options.faults.drawn(by: options.seed)
    var before: SimulationOptions
    repeat {
      before = options
      shorten()
      dropFaults()
      dropPeers()
      dropMessages()
      dropTroubles()
    } while options != before
  }

  /// First to the moment of the failure, then by halves.
  private mutating func shorten() {
    if let broken = run(options), broken.law == law {
      let needed = Delay.milliseconds(UInt64(max(0, broken.seconds) * 1_000) + 1)
      if needed < options.duration { _ = attempt { $0.duration = needed } }
    }
    while options.duration > .milliseconds(200) {
      let half = Delay.milliseconds(options.duration.nanoseconds / 2_000_000)
      guard attempt({ $0.duration = half }) else { return }
    }
  }

  private mutating func dropFaults() {
    for (_, fault) in Faults.named where options.faults.contains(fault) { _ = attempt { $0.faults.remove(fault) } }
  }

  private mutating func dropPeers() {
    for peers in 1..<options.peers where attempt({ $0.peers = peers }) { return }
  }

  private mutating func dropMessages() {
    for rate: UInt64 in [0, 1, 4, 10] where rate < options.messagesPerSecond {
      if attempt({ $0.messagesPerSecond = rate }) { return }
    }
  }

  /// The last ones first: what comes later depends on what was before.
  private mutating func dropTroubles() {
    guard let broken = run(options), broken.troubles <= Self.fewTroubles else { return }
    for number in (1...max(1, broken.troubles)).reversed() where !options.spared.contains(number) {
      if number <= broken.troubles { _ = attempt { $0.spared = ($0.spared + [number]).sorted() } }
    }
  }

  /// Keeps the change when the same law still breaks.
  private mutating func attempt(_ change: (inout SimulationOptions) -> Void) -> Bool {
    var smaller = options
    change(&smaller)
    guard smaller != options, run(smaller)?.law == law else { return false }
    options = smaller
    return true
  }
}

extension Simulation {
  /// Smaller options with which the same law breaks as in a simulation with `options`; nil when that breaks none.
  ///
  /// It runs some dozens of simulations, one after the other.
  ///
  /// - Parameter workload: the n-th message that a peer publishes.
  public static func shrunk(
    _ options: SimulationOptions, workload: @escaping @Sendable (UInt64, PeerID) -> W.Message
  ) -> SimulationOptions? {
    let run: (SimulationOptions) -> Shrinking.Failure? = { options in
      let report = Simulation(options, workload: workload).run()
      return report.violations.first.map {
        Shrinking.Failure(law: $0.law, seconds: $0.seconds, troubles: Int(report.troubles))
      }
    }
    var untraced = options
    untraced.traced = false
    guard let broken = run(untraced) else { return nil }
    var shrinking = Shrinking(options: untraced, law: broken.law, run: run)
    shrinking.shrink()
    return shrinking.options
  }
}
