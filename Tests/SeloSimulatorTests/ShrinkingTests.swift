import SeloVM
import SeloWorlds
import Testing

@testable import SeloSimulator

@Suite struct ShrinkingTests {
  /// Fails in the fifth second with loss (which seed 1 draws), four peers, ten messages a second and the third trouble.
  @Test func findsTheLeastThatFails() {
    var options = SimulationOptions(seed: 1, peers: 9, duration: .seconds(60), faults: .all)
    options.messagesPerSecond = 20
    var runs = 0
    var shrinking = Shrinking(options: options, law: "A") { options in
      runs += 1
      let isLossy = options.faults.contains(.loss)
      let isLeast = options.peers >= 4 && options.messagesPerSecond >= 10 && !options.spared.contains(3)
      guard isLeast else { return Shrinking.Failure(law: "B", seconds: 1) }
      guard isLossy, options.duration >= .seconds(5) else { return nil }
      return Shrinking.Failure(law: "A", seconds: 5, troubles: 5)
    }
    shrinking.shrink()
    let least = shrinking.options
    #expect(least.faults == [.loss])
    #expect(least.peers == 4)
    #expect(least.messagesPerSecond == 10)
    #expect(least.spared == [1, 2, 4, 5])
    #expect(least.duration == .milliseconds(5_001))
    #expect(runs < 100)
  }

  @Test func shrinksAWorldOfChance() {
    let options = SimulationOptions(seed: 3, peers: 4, duration: .seconds(4))
    let least = Simulation<Fickle>.shrunk(options) { _, _ in .stir }
    #expect(least?.faults == [])
    #expect(least?.peers ?? 9 < 4)
    #expect(least?.duration ?? .seconds(9) <= .seconds(2))
  }

  @Test func nothingToShrinkWhereNothingFails() {
    let options = SimulationOptions(seed: 1, peers: 2, duration: .seconds(1), faults: [])
    #expect(Simulation<Counter>.shrunk(options) { Counter.workload($0, author: $1) } == nil)
  }
}
