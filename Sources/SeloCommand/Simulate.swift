import ArgumentParser
import Foundation
import SeloKit
import SeloSimulator
import SeloVM
import SeloWorlds

/// Runs the very peers that ship on a virtual network and clock, with faults drawn from a seed, and judges every step.
struct SimulateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate", abstract: "Try failover and order under faults, on a virtual network and clock.",
    discussion: """
      Every seed is a simulation of its own: how much is lost, doubled, delayed, reordered, killed and stopped is drawn \
      from it. After each step the laws of the protocol are checked, and in the end everything must have healed. A \
      failing seed prints one line that runs exactly it again.
      """)

  @Option(help: "The first seed.")
  var seed: UInt64 = 1

  @Option(help: "How many seeds, one after the other.")
  var seeds: UInt64 = 1

  @Option(help: "Peers in the session.")
  var peers = 5

  @Option(name: .customLong("for"), help: "Virtual time under faults; eight seconds of fair weather follow.")
  var duration = DelayArgument(.seconds(30))

  @Option(
    help: ArgumentHelp(
      "The world: \(BuiltInWorld.allCases.map(\.rawValue).joined(separator: ", ")).", valueName: "name"))
  var world = BuiltInWorld.village.rawValue

  @Option(help: "all, none, or some of: \(Faults.named.map(\.name).joined(separator: ",")).")
  var faults = FaultsArgument(.all)

  @Option(help: "available or majority.")
  var policy = PolicyArgument.available

  @Option(help: "Messages a second that each peer publishes.")
  var rate: UInt64 = 20

  @Option(help: ArgumentHelp("Write every step to a file: the same bytes for the same options.", valueName: "file"))
  var trace: String?

  @Flag(help: "Print one JSON object.")
  var json = false

  func validate() throws {
    guard (1...64).contains(peers) else { throw ValidationError("--peers is between 1 and 64.") }
    guard seeds > 0 else { throw ValidationError("--seeds is at least 1.") }
    guard BuiltInWorld(rawValue: world) != nil else {
      throw ValidationError("--world is one of \(BuiltInWorld.allCases.map(\.rawValue).joined(separator: ", ")).")
    }
    guard trace == nil || seeds == 1 else { throw ValidationError("--trace is for one seed.") }
  }

  func run() async throws {
    let start = ContinuousClock.now
    let report = try await simulateAll()
    let wall = ContinuousClock.now - start
    let seconds = Double(wall.components.seconds) + Double(wall.components.attoseconds) / 1e18
    if json {
      Output.result(json: Line(report, wallSeconds: seconds))
    } else {
      Output.result(text(report, wallSeconds: seconds))
    }
    if report.failures > 0 { throw ExitCode(1) }
  }

  /// Seeds side by side, as many as there are processors; their order in the report is that of the seeds.
  private func simulateAll() async throws -> Report {
    var reports: [(seed: UInt64, report: Report)] = []
    try await withThrowingTaskGroup(of: (UInt64, Report).self) { group in
      var next = seed
      let end = seed + seeds
      for _ in 0..<max(1, ProcessInfo.processInfo.activeProcessorCount) where next < end {
        add(next, to: &group)
        next += 1
      }
      while let (done, report) = try await group.next() {
        for line in report.reproductions { Output.note("failed: \(line)") }
        reports.append((done, report))
        if next < end {
          add(next, to: &group)
          next += 1
        }
      }
    }
    return reports.sorted { $0.seed < $1.seed }.reduce(into: Report.none) { $0.add($1.report) }
  }

  private func add(_ seed: UInt64, to group: inout ThrowingTaskGroup<(UInt64, Report), any Error>) {
    var options = SimulationOptions(seed: seed, peers: peers, duration: duration.delay, faults: faults.faults)
    options.majority = policy == .majority
    options.messagesPerSecond = rate
    options.traced = trace != nil
    let (world, file) = ((BuiltInWorld(rawValue: world) ?? .village).world, trace)
    group.addTask { (seed, try Self.simulate(world, options, trace: file)) }
  }

  private static func simulate<W: TextualWorld>(
    _ world: W.Type, _ options: SimulationOptions, trace file: String?
  ) throws -> Report {
    let simulation = Simulation<W>(options) { number, author in W.workload(number, author: author) }
    let report = simulation.run()
    if let file { try Data(simulation.trace).write(to: URL(filePath: file)) }
    return report
  }

  private func text(_ report: Report, wallSeconds: Double) -> String {
    let faults = report.faults.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    let head = "\(report.seeds) seeds, \(Int(report.virtualSeconds)) virtual seconds in \(Int(wallSeconds)) s:"
    let body =
      " \(report.steps) steps, \(report.failovers) failovers, \(report.joins) joins, \(report.branches) branches,"
      + " longest outage \(Int(report.maxOutageMilliseconds)) ms\nfaults: \(faults)\nfailures: \(report.failures)"
    let broken = report.violations.map { "\n  \($0.law) at \($0.seconds) s: \($0.what)" }.joined()
    return head + body + broken
  }

  /// The object that `--json` prints.
  private struct Line: Encodable {
    let schema = "selo.simulate/1"
    let failures: UInt64
    let failovers: UInt64
    let seeds: UInt64
    let steps: UInt64
    let virtualSeconds: Double
    let wallSeconds: Double
    let faults: [String: UInt64]
    let maxOutageMs: Double
    let merges: UInt64
    let branches: UInt64
    let joins: UInt64
    let rollbacks: UInt64
    let messages: UInt64
    let rejections: [String: UInt64]
    let violations: [String]
    let reproductions: [String]

    init(_ report: Report, wallSeconds: Double) {
      failures = report.failures
      failovers = report.failovers
      seeds = report.seeds
      steps = report.steps
      virtualSeconds = report.virtualSeconds
      self.wallSeconds = wallSeconds
      faults = report.faults
      maxOutageMs = report.maxOutageMilliseconds
      merges = report.merges
      branches = report.branches
      joins = report.joins
      rollbacks = report.rollbacks
      messages = report.messages
      rejections = report.rejections
      violations = report.violations.map { "\($0.law) at \($0.seconds) s: \($0.what)" }
      reproductions = report.reproductions
    }
  }
}

/// A list of faults on the command line.
struct FaultsArgument: ExpressibleByArgument {
  let faults: Faults

  init(_ faults: Faults) { self.faults = faults }

  init?(argument: String) {
    guard let faults = Faults(argument) else { return nil }
    self.faults = faults
  }

  var defaultValueDescription: String { faults.text }
}
