import SeloVM
import Testing

/// Random programs, each run plainly and in a way that must not matter; snapshots and digests must be equal.
@Suite("Rules 5, 25, 26, 29 on random programs") struct RandomProgramTests {
  static let seeds = 1...20 as ClosedRange<UInt64>

  /// What each program leaves when it is run plainly.
  private static let results = seeds.map { seed in
    let machine = RandomLog(seed: seed).played()
    return (digest: machine.digest(), snapshot: machine.snapshot())
  }

  @Test("the programs do something worth comparing") func programsAreRich() {
    let machines = Self.seeds.map { RandomLog(seed: $0).played() }
    #expect(machines.reduce(0) { $0 + $1.root.notes.count } > 1_000)
    #expect(machines.reduce(0) { $0 + $1.frozen().nodeCount } > 600)
    #expect(machines.reduce(0) { $0 + $1.frozen().pendingCount } > 60)
    #expect(Set(machines.flatMap { $0.failedTurns.map(\.kind) }).isSuperset(of: [.rejected, .threw]))
    #expect(Set(machines.map { $0.digest() }).count == machines.count)
  }

  @Test("advancing in pieces is advancing at once", arguments: seeds) func splitAnywhere(seed: UInt64) {
    let log = RandomLog(seed: seed)
    var chance = Chance(seed)
    let machine = Machine<Stage>(seed: 5)
    for number in log.frames.indices {
      while chance.one(in: 2), machine.now < log.frames[number].time {
        machine.advance(
          to: VirtualTime(nanoseconds: (machine.now.nanoseconds + log.frames[number].time.nanoseconds) / 2))
      }
      log.deliver(number, to: machine)
      if chance.one(in: 2) { machine.advance(to: log.frames[number].time) }
    }
    machine.advance(to: log.end)
    expectPlain(machine, seed)
  }

  @Test("a log may be delivered ahead of time, in any order", arguments: seeds) func deliveredAhead(seed: UInt64) {
    let log = RandomLog(seed: seed)
    let machine = Machine<Stage>(seed: 5)
    for number in log.frames.indices.reversed() { log.deliver(number, to: machine) }
    machine.advance(to: log.end)
    expectPlain(machine, seed)
  }

  @Test("a fork goes on like its original, and neither disturbs the other", arguments: seeds) func forks(seed: UInt64) {
    let log = RandomLog(seed: seed)
    var chance = Chance(seed)
    var machine = Machine<Stage>(seed: 5)
    var left: [(machine: Machine<Stage>, nextFrame: Int, digest: Digest)] = []
    for number in log.frames.indices {
      if chance.one(in: 4) {
        left.append((machine, number, machine.digest()))
        machine = machine.fork()
      }
      log.deliver(number, to: machine)
      machine.advance(to: log.frames[number].time)
    }
    machine.advance(to: log.end)
    expectPlain(machine, seed)
    for (machine, nextFrame, digest) in left {
      #expect(machine.digest() == digest)
      for number in nextFrame..<log.frames.count { log.deliver(number, to: machine) }
      machine.advance(to: log.end)
    }
    for fork in left.map(\.machine) { expectEqual(fork, machine) }
  }

  @Test("a restored snapshot goes on like its original", arguments: seeds) func restored(seed: UInt64) throws {
    let log = RandomLog(seed: seed)
    var chance = Chance(seed)
    var machine = Machine<Stage>(seed: 5)
    for number in log.frames.indices {
      log.deliver(number, to: machine)
      if chance.one(in: 4) { machine = try twin(of: machine) }
      machine.advance(to: log.frames[number].time)
      if chance.one(in: 4) { machine = try twin(of: machine) }
    }
    machine.advance(to: log.end)
    expectPlain(machine, seed)
  }

  private func twin(of machine: Machine<Stage>) throws -> Machine<Stage> {
    let twin = try Machine<Stage>(snapshot: machine.snapshot())
    expectEqual(twin, machine)
    return twin
  }

  private func expectPlain(
    _ machine: Machine<Stage>, _ seed: UInt64, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let plain = Self.results[Int(seed - Self.seeds.lowerBound)]
    #expect(machine.digest() == plain.digest, sourceLocation: sourceLocation)
    #expect(machine.snapshot() == plain.snapshot, sourceLocation: sourceLocation)
  }

  private func expectEqual(
    _ left: Machine<Stage>, _ right: Machine<Stage>, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(left.digest() == right.digest(), sourceLocation: sourceLocation)
    #expect(left.snapshot() == right.snapshot(), sourceLocation: sourceLocation)
  }
}
