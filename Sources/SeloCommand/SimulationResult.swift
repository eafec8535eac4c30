import SeloSimulator

/// The object that `selo simulate --json` prints.
struct SimulationResult: Encodable {
  let schema = "selo.simulate/2"
  let seeds: UInt64
  let failures: UInt64
  let virtualSeconds: Double
  /// Virtual seconds a second.
  let speed: Double
  let failovers: UInt64
  let maxOutageMs: Double
  let merges: UInt64
  let joins: UInt64
  /// How often each rare event was reached, zeros included.
  let coverage: [String: UInt64]
  let faults: [String: UInt64]
  let rejections: [String: UInt64]
  let violations: [String]
  let reproductions: [String]

  init(_ report: Report, wallSeconds: Double) {
    seeds = report.seeds
    failures = report.failures
    virtualSeconds = report.virtualSeconds
    speed = report.virtualSeconds / max(wallSeconds, 1e-3)
    failovers = report.failovers
    maxOutageMs = report.maxOutageMilliseconds
    merges = report.merges
    joins = report.joins
    coverage = Dictionary(
      uniqueKeysWithValues: RareEvent.allCases.map { ($0.rawValue, report.coverage[$0] ?? 0) })
    faults = report.faults
    rejections = report.rejections
    violations = report.violations.map(\.text)
    reproductions = report.reproductions
  }
}

/// The same for people.
struct SimulationText {
  let text: String

  init(_ report: Report, wallSeconds: Double) {
    let speed = Int(report.virtualSeconds / max(wallSeconds, 1e-3))
    let head =
      "\(report.seeds) seeds, \(Int(report.virtualSeconds)) virtual seconds at \(speed) times their pace: \(report.steps) "
      + "steps, \(report.messages) messages, \(report.failovers) failovers, \(report.joins) joins, longest outage "
      + "\(Int(report.maxOutageMilliseconds)) ms, healed within \(Int(report.longestHealingMilliseconds)) ms"
    let faults = report.faults.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    let reached = RareEvent.allCases.map { event in
      let name = event.rawValue + String(repeating: " ", count: max(0, 28 - event.rawValue.count))
      let count = report.coverage[event] ?? 0
      return "  \(name)\(count)\(RareEvent.unreachable.contains(event) ? "  (not built yet)" : "")"
    }
    let broken = report.violations.map { "\n  \($0.text)" }.joined()
    text =
      head + "\nfaults: \(faults)\nreached:\n" + reached.joined(separator: "\n") + "\nfailures: \(report.failures)"
      + broken
  }
}

extension Violation {
  fileprivate var text: String { "\(law) at \(seconds) s: \(what)" }
}
