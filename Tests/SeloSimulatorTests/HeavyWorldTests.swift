import Foundation
import SeloSimulator
import SeloTestKit
import SeloVM
import Testing

/// Worlds of a few hundred kilobytes: joining takes time, and what happens meanwhile happens while somebody loads.
///
/// `SELO_HEAVY_SEEDS=100 make test ONLY=moreSeeds` runs more seeds, one after the other, and prints what each
/// reaches: how often a snapshot was gone on with elsewhere, how often an admitter was killed, joins.
@Suite struct HeavyWorldTests {
  static func report(_ seed: Int) -> Report {
    guard let options = SimulationOptions(text(seed)) else { return Report() }
    return Simulation<Ballast>(options) { _, _ in Ballast.Message() }.run()
  }

  private static func text(_ seed: Int) -> String {
    "--seed \(seed) --peers 4 --for 6000ms --faults bandwidth,crash,restart --rate 2"
  }

  @Test(arguments: [1, 2]) func theLawsHoldWhileSomebodyLoads(seed: Int) {
    let report = Self.report(seed)
    #expect(report.violations == [], "\(report.reproductions)")
    #expect(report.joins > 3)
  }

  /// Somebody loads from a member that is killed, and goes on at another.
  @Test func aJoinerGoesOnElsewhere() {
    let report = Self.report(70)
    #expect(report.violations == [], "\(report.reproductions)")
    #expect(report.coverage[.snapshotResumed] != nil)
  }

  @Test(.enabled(if: seeds > 0)) func moreSeeds() {
    for seed in 1...max(Self.seeds, 1) {
      let report = Self.report(seed)
      print(seed, report.coverage[.snapshotResumed] ?? 0, report.coverage[.admitterKilled] ?? 0, report.joins)
      #expect(report.violations == [], "\(report.reproductions)")
    }
  }

  private static let seeds = ProcessInfo.processInfo.environment["SELO_HEAVY_SEEDS"].flatMap(Int.init) ?? 0
}
