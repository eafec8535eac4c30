import Foundation
import SeloSimulator
import SeloTestKit
import SeloVM
import Testing

/// Worlds of a few hundred kilobytes: joining takes time, and what happens meanwhile happens while somebody loads.
///
/// `SELO_HEAVY_SEEDS=100 swift test --filter HeavyWorldTests` runs more seeds and prints what they reach.
@Suite struct HeavyWorldTests {
  private static func run(_ text: String) -> Report {
    guard let options = SimulationOptions(text) else { return Report() }
    return Simulation<Ballast>(options) { _, _ in Ballast.Message() }.run()
  }

  private static func text(_ seed: Int) -> String {
    "--seed \(seed) --peers 4 --for 12000ms --faults bandwidth,crash,restart --rate 2"
  }

  /// Somebody loads from one member, which is killed, and goes on at another: see `CoverageTests`.
  @Test(arguments: [1, 2, 3]) func joinersGoOnElsewhere(seed: Int) {
    let report = Self.run(Self.text(seed))
    #expect(report.violations == [], "\(report.reproductions)")
    #expect(report.coverage[.snapshotResumed] != nil)
  }

  @Test(.enabled(if: seeds > 0)) func moreSeeds() async {
    await withTaskGroup(of: (Int, Report).self) { group in
      for seed in 1...Self.seeds { group.addTask { (seed, Self.run(Self.text(seed))) } }
      for await (seed, report) in group {
        print(seed, report.coverage[.snapshotResumed] ?? 0, report.coverage[.admitterKilled] ?? 0, report.joins)
        #expect(report.violations == [], "\(report.reproductions)")
      }
    }
  }

  private static let seeds = ProcessInfo.processInfo.environment["SELO_HEAVY_SEEDS"].flatMap(Int.init) ?? 0
}
