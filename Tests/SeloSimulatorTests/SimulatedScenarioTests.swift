import SeloSimulator
import SeloWire
import SeloWorlds
import Testing

/// Scenarios of docs/TESTING.md for which the network and clocks of whole peers are needed.
@Suite struct SimulatedScenarioTests {
  private func report(_ seed: UInt64, peers: Int, _ faults: Faults, for time: Delay) -> Report {
    var options = SimulationOptions(seed: seed, peers: peers, duration: time, faults: faults)
    options.messagesPerSecond = 5
    return Simulation<Counter>(options) { number, author in Counter.workload(number, author: author) }.run()
  }

  /// Clocks begin up to 20 s apart, are wrong by up to 5 %, and jump. A wrong stamp would break the second law.
  @Test(arguments: [3, 8] as [UInt64]) func scenario33ClocksThatAreWrong(seed: UInt64) {
    let report = report(seed, peers: 4, .clock, for: .seconds(12))
    #expect(report.violations == [], "\(report.reproductions)")
    #expect(report.rejections["mesh.badTime"] == nil)
    #expect(report.branches == 0)
    #expect(report.joins == 4)
  }

  /// Everything is noticed up to 400 ms late, by one peer or by all.
  @Test(arguments: [1, 4] as [UInt64]) func scenario41StarvedProcessors(seed: UInt64) {
    let report = report(seed, peers: 4, .starvation, for: .seconds(15))
    #expect(report.violations == [], "\(report.reproductions)")
    #expect(report.faults.contains { $0.key.hasPrefix("starve") })
    #expect(report.branches == 0)
    #expect(report.joins == 4, "somebody was dropped")
  }
}
