import SeloSimulator
import SeloVM
import SeloWorlds
import Testing

/// A simulator that has become quiet finds nothing. These seeds together reach every rare event that there is.
///
/// When the code changes, so do the runs: the seed that reached an event may miss it. Then look for another one with
/// `selo simulate --seeds 200 --peers 4 --for 8s --faults crash,restart,partition,pause`, or ask why nothing reaches
/// it.
@Suite struct CoverageTests {
  private static let seeds = [
    "--seed 8 --peers 4 --for 8000ms --faults crash,restart,pause,partition",
    "--seed 12 --peers 4 --for 8000ms --faults crash,restart,pause,partition",
    "--seed 13 --peers 4 --for 8000ms --faults crash,restart,pause,partition",
    "--seed 14 --peers 4 --for 8000ms --faults crash,restart,pause,partition",
    "--seed 16 --peers 4 --for 8000ms --faults crash,restart,pause,partition",
    "--seed 20 --peers 4 --for 8000ms --faults crash,restart,pause,partition",
    "--seed 22 --peers 4 --for 8000ms --faults crash,restart,pause,partition",
    "--seed 27 --peers 4 --for 8000ms --faults crash,restart,pause,partition",
    "--seed 40 --peers 4 --for 8000ms --faults crash,restart,pause,partition",
    "--seed 47 --peers 4 --for 8000ms --faults crash,restart,pause,partition",
    "--seed 236 --peers 4 --for 8000ms --faults crash,restart,pause,partition",
    // A judge once expected a failover in time of half the voters.
    "--seed 312 --peers 4 --for 8000ms --faults crash,restart,pause,partition",
    // Reflectors that die while nothing else is wrong.
    "--seed 2 --peers 5 --for 8000ms --faults crash,restart",
    // A session without a quorum: the killed do not come back.
    "--seed 29 --peers 3 --for 4000ms --faults crash --policy majority --rate 0",
    // Swarms: starved, slow, jumping clocks, narrow lines.
    "--seed 11 --peers 5 --for 5000ms --faults all",
    "--seed 14 --peers 5 --for 5000ms --faults all",
    "--seed 35 --peers 5 --for 5000ms --faults all",
    // A liar.
    "--seed 1 --peers 4 --for 6000ms --faults byzantine",
  ]

  @Test func theSeedsReachEveryRareEvent() async {
    var report = Report.none
    await withTaskGroup(of: Report.self) { group in
      for text in Self.seeds { group.addTask { Self.run(text) } }
      for await one in group { report.add(one) }
    }
    // A counter is loaded too quickly to be gone on with elsewhere.
    report.add(HeavyWorldTests.report(70))
    #expect(report.violations == [], "\(report.reproductions)")
    // Somebody always lives on who holds the world. Lineages that meet become one: for rivals everybody a branch misses
    // must have come back into it while the trunk lives on elsewhere. No world here errs; QuarantineTests has one.
    let elsewhere = RareEvent.unreachable + [.sessionLost, .twoLineagesInTheEnd, .quarantined, .rivals]
    let missing = RareEvent.allCases.filter { !elsewhere.contains($0) && report.coverage[$0] == nil }
    #expect(missing == [])
    let appeared = RareEvent.unreachable.filter { report.coverage[$0] != nil }
    #expect(appeared == [], "built by now: take them out of the list")
  }

  /// Each fault that can be named happens.
  @Test func everyFaultHappens() {
    let words: [(Faults, String)] = [
      (.loss, "loss"), (.duplication, "duplication"), (.reordering, "reordering"), (.delay, "delay"),
      (.crash, "crash"), (.restart, "restart"), (.pause, "pause"), (.partition, "partition"),
      (.bandwidth, "line_waits"), (.clock, "clock_jump"), (.starvation, "starve"), (.slowness, "slow"),
    ]
    #expect(words.map(\.0).reduce(into: Faults()) { $0.formUnion($1) } == .all)
    var report = Report.none
    // To name all at once would leave the choice to the seed.
    report.add(Self.run("--seed 2 --peers 3 --for 5000ms --faults loss,duplication,reordering,delay,bandwidth,clock"))
    report.add(Self.run("--seed 2 --peers 3 --for 7000ms --faults starvation,slowness"))
    report.add(Self.run("--seed 40 --peers 4 --for 8000ms --faults crash,restart,pause,partition"))
    for (_, word) in words { #expect(report.faults.contains { $0.key.hasPrefix(word) }, "\(word)") }
  }

  private static func run(_ text: String) -> Report {
    guard let options = SimulationOptions(text) else { return Report() }
    return Simulation<Counter>(options) { number, author in Counter.workload(number, author: author) }.run()
  }
}
