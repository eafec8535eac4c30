import SeloSimulator
import SeloVM
import SeloWorlds
import Testing

@Suite struct SimulationTests {
  @Test func threePeersMeetWithoutFaults() {
    let options = SimulationOptions(seed: 1, peers: 3, duration: .seconds(5), faults: [])
    let report = Simulation<Counter>(options) { number, author in Counter.workload(number, author: author) }.run()
    #expect(report.violations == [], "\(report.reproductions)")
    #expect(report.messages > 100)
    #expect(report.failovers == 0)
  }
}
