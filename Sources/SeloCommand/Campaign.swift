import Foundation
import SeloSimulator
import SeloVM
import SeloWorlds

/// Many seeds of one kind of simulation, some of them side by side. The report is that of one seed after the other.
struct Campaign: Sendable {
  let world: BuiltInWorld
  /// What all seeds share; its seed is the first.
  let template: SimulationOptions
  /// How many; nil: until one fails.
  let seeds: UInt64?
  let untilFailure: Bool
  let jobs: Int
  let trace: String?

  func run() async throws -> Report {
    var reports: [UInt64: Report] = [:]
    var next = template.seed
    var firstFailure: UInt64?
    func isWanted(_ seed: UInt64) -> Bool {
      if let seeds, seed - template.seed >= seeds { return false }
      return !untilFailure || firstFailure == nil
    }
    try await withThrowingTaskGroup(of: (UInt64, Report).self) { group in
      for _ in 0..<jobs where isWanted(next) {
        add(next, to: &group)
        next += 1
      }
      while let (seed, report) = try await group.next() {
        reports[seed] = report
        for line in report.reproductions { Output.note("failed: \(line)") }
        if report.failures > 0 { firstFailure = min(firstFailure ?? seed, seed) }
        if isWanted(next) {
          add(next, to: &group)
          next += 1
        }
      }
    }
    // What ran beside the first failure and comes after it does not count: another time it may not have run.
    let last = untilFailure ? firstFailure ?? .max : .max
    return reports.filter { $0.key <= last }.sorted { $0.key < $1.key }.reduce(into: Report.none) { $0.add($1.value) }
  }

  /// The command of the smallest simulation that breaks the same law.
  func shrunk(_ options: SimulationOptions) -> String {
    Self.shrunk(world.world, options)
  }

  private static func shrunk<W: TextualWorld>(_ world: W.Type, _ options: SimulationOptions) -> String {
    let smaller = Simulation<W>.shrunk(options) { number, author in W.workload(number, author: author) }
    let line = Simulation<W>(smaller ?? options) { number, author in W.workload(number, author: author) }.reproduction
    Output.note("shrunk: \(line)")
    return line
  }

  private func add(_ seed: UInt64, to group: inout ThrowingTaskGroup<(UInt64, Report), any Error>) {
    var options = template
    options.seed = seed
    let (world, file, one) = (world.world, trace, options)
    group.addTask { (seed, try Self.simulate(world, one, trace: file)) }
  }

  private static func simulate<W: TextualWorld>(
    _ world: W.Type, _ options: SimulationOptions, trace file: String?
  ) throws -> Report {
    let simulation = Simulation<W>(options) { number, author in W.workload(number, author: author) }
    let report = simulation.run()
    if let file { try Data(simulation.trace).write(to: URL(filePath: file)) }
    return report
  }
}
