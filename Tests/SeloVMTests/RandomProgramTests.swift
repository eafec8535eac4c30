import SeloMachineKit
import SeloVM
import Testing

/// Random programs, each run by the reference machine and then by the engine in many ways that must not matter.
/// SeloConformance does the same for millions of messages.
@Suite("Rules 5, 25, 26, 29 on random programs") struct RandomProgramTests {
  static let seeds = 1...6 as ClosedRange<UInt64>

  private static let logs = seeds.map { RandomLog(seed: $0, frames: 20, messages: 400) }
  private static let outcomes = logs.map { Outcome(of: $0) }

  @Test("the programs do something worth comparing") func programsAreRich() {
    let machines = Self.logs.map { $0.played() }
    #expect(machines.reduce(0) { $0 + $1.messagesRun } > 3_000)
    #expect(machines.reduce(0) { $0 + $1.frozen().nodeCount } > 600)
    #expect(machines.reduce(0) { $0 + $1.frozen().pendingCount } > 200)
    let more = (1...150).map { RandomLog(seed: $0, frames: 16, messages: 200).played() }
    let kinds = Set(more.flatMap { $0.failedTurns.map(\.kind) })
    #expect(kinds.isSuperset(of: [.rejected, .threw, .refused, .undecodable, .runaway, .skipped]))
    #expect(Set(machines.map { $0.digest() }).count == machines.count)
  }

  @Test("alone, on lanes, forked, rolled back, restored, in pieces: the same", arguments: seeds)
  func everyWay(seed: UInt64) {
    let place = Int(seed - Self.seeds.lowerBound)
    for variant in Variant.all(seed: seed) {
      let performance = Performance.of(Self.logs[place], variant, expecting: Self.outcomes[place])
      #expect(performance.difference == nil, "\(variant)")
    }
  }

  @Test("a log may be delivered ahead of time, in any order", arguments: seeds) func deliveredAhead(seed: UInt64) {
    let place = Int(seed - Self.seeds.lowerBound)
    let log = Self.logs[place]
    let machine = Machine<Stage>(seed: log.seed, limits: log.limits)
    log.prepare(machine)
    for number in log.frames.indices.reversed() { log.deliver(number, to: machine) }
    machine.advance(to: log.end)
    #expect(machine.digest() == Self.outcomes[place].digest)
    #expect(machine.snapshot() == Self.outcomes[place].snapshot)
  }

  @Test("what differs is found") func differencesAreFound() {
    let log = RandomLog([.init(0, [.script(Script(1, .spawn, .emit(1)), author: 1)]), .init(5, [.joined(2)])])
    let variant = Variant(.shuffled(2), forks: true, seed: 3)
    #expect(log.difference(variant) == nil)
    for script in [Script(1, .emit(1)), Script(2, .spawn, .emit(1)), Script(1, .spawn, .emit(2)), Script(1, .spawn)] {
      let other = RandomLog([.init(0, [.script(script, author: 1)]), .init(5, [.joined(2)])])
      #expect(Performance.of(log, variant, expecting: Outcome(of: other)).difference != nil)
    }
  }

  @Test("a program that fails is made small and told as a test") func failuresShrink() {
    let log = RandomLog([
      .init(0, [.script(Script(1, .crowd(9)), author: 1), .joined(2)]), .init(5, [.noise(3)]),
      .init(
        9, [.script(Script(2, .raiseAll, .tell(8, from: 3, after: 5, Script(3, .draw, .fail)), .spawn), author: 2)]),
    ])
    func fails(_ script: Script) -> Bool {
      script.steps.contains { step in
        if case .tell(let count, _, _, let nested) = step { count > 2 && nested.steps.contains(.fail) } else { false }
      }
    }
    let variant = Variant(.threads(3), forks: true, restores: true, seed: 3)
    let small = Shrinking(log, variant) { log, variants in
      let items = log.frames.flatMap(\.items)
      let isFailing = items.contains { if case .script(let script, _) = $0 { fails(script) } else { false } }
      return isFailing ? variants.first { $0.restores } : nil
    }
    #expect(
      small.log.test(small.variant, named: "a story") == """
        @Test("a story") func programThatFailed() {
          let log = RandomLog([
            .init(9, [.script(Script(2, .tell(3, from: 0, after: 5, Script(3, .fail))), author: 2)]),
          ], seed: 5)
          #expect(log.difference(Variant(.alone, restores: true, seed: 3)) == nil)
        }
        """)
  }
}
