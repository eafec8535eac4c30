import SeloSimulator
import SeloVM
import Testing

@Suite struct OptionsTests {
  @Test func faultsReadBackAsTheyAreWritten() {
    for rawValue in UInt32(0)...Faults.all.rawValue {
      let faults = Faults(rawValue: rawValue)
      #expect(Faults(faults.text) == faults)
    }
    #expect(Faults("loss,rain") == nil)
  }

  @Test func optionsReadBackAsTheyAreWritten() throws {
    var options = SimulationOptions(seed: 1_234, peers: 4, duration: .milliseconds(1_500), faults: [.loss, .pause])
    options.majority = true
    options.messagesPerSecond = 3
    #expect(
      options.text == "--seed 1234 --peers 4 --for 1500ms --faults loss,pause --policy majority --rate 3")
    #expect(SimulationOptions(options.text) == options)
    options.together = true
    #expect(options.text.hasSuffix(" --rate 3 --start together"))
    #expect(SimulationOptions(options.text) == options)
    options.spared = [2, 7]
    #expect(options.text.contains(" --spare 2,7"))
    #expect(SimulationOptions(options.text) == options)
    #expect(SimulationOptions("--seed 5")?.peers == 5)
    for wrong in [
      "--seed", "--seed x", "--peers 0", "--peers 65", "--for 3s", "--rate 2000", "--rain 1", "--policy no",
      "--spare 0", "--spare 1,",
      "--start now",
    ] {
      #expect(SimulationOptions(wrong) == nil)
    }
  }

  /// A swarm names about half of the faults, different ones for each seed; named faults are always there.
  @Test func aSwarmDrawsItsFaults() {
    let drawn = (UInt64(0)..<200).map { Faults.all.drawn(by: $0) }
    for (name, fault) in Faults.named where Faults.all.contains(fault) {
      let share = drawn.count { $0.contains(fault) }
      #expect((60...160).contains(share), "\(name): \(share) of 200")
    }
    #expect(Set(drawn).count > 150)
    #expect(Faults([.loss, .crash]).drawn(by: 7) == [.loss, .crash])
  }

  /// To name what a seed draws is the same simulation: what shrinking begins with.
  @Test func namedFaultsAreThoseOfTheSwarm() {
    var options = SimulationOptions(seed: 6, peers: 3, duration: .seconds(2))
    let swarm = Simulation<Fickle>(options) { _, _ in .stir }
    options.faults = options.faults.drawn(by: options.seed)
    let named = Simulation<Fickle>(options) { _, _ in .stir }
    #expect(swarm.run().steps == named.run().steps)
  }
}
