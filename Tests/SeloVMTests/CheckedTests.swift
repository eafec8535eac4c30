import SeloMachineKit
import SeloWorlds
import Testing

@testable import SeloVM

/// Each mistake that worlds make is found, and its field named.
@Suite("Checked worlds") struct CheckedTests {
  private func check<W: World>(_ world: W.Type, ticks: Int = 12) throws {
    try Machine<W>.checked { timeline in
      for _ in 0..<ticks { timeline.advance(by: .milliseconds(10)) }
    }
  }

  private func divergence<W: World>(of world: W.Type, ticks: Int = 12) throws -> Divergence {
    try #require(throws: Divergence.self) { try check(world, ticks: ticks) }
  }

  @Test("good worlds pass", arguments: 1...3 as ClosedRange<UInt64>) func good(seed: UInt64) throws {
    try Machine<Village>.checked(seed: seed) { timeline in
      timeline.publish(.joined(ada, name: "Ada"))
      for number in 0..<24 as Range<UInt64> {
        timeline.publish(Village.workload(number, author: ada), by: ada)
        timeline.advance(by: .milliseconds(40))
      }
      #expect(timeline.latest.nodeCount > 1)
    }
    try Machine<Counter>.checked(seed: seed) { timeline in
      timeline.publish(.loop, by: ada)
      for _ in 0..<24 { timeline.advance(by: .milliseconds(60)) }
      #expect(timeline.latest.root.count == 2)
    }
  }

  @Test("the stage passes, with failures, futures and presence", arguments: 1...4 as ClosedRange<UInt64>)
  func stage(seed: UInt64) throws {
    try Machine<Stage>.checked(recording(of: RandomLog(seed: seed, frames: 16, messages: 200)))
  }

  @Test("a Dictionary, even one that kept its order so far") func dictionary() throws {
    let found = try divergence(of: DictionaryWorld.self, ticks: 2)
    #expect(found.tick == 0)
    #expect(found.differences.map(\.path) == ["DictionaryWorld.scores"])
    #expect(found.suspicion == .unorderedCollection)
  }

  @Test("a Set deep inside of a node") func set() throws {
    let found = try divergence(of: SetWorld.self)
    let first = try #require(found.differences.first)
    #expect(first.path.hasPrefix("Crowd 01") && first.path.hasSuffix(".inner.names[0]"), "\(first.path)")
    #expect(first.node?.typeIndex == 1)
    #expect(found.suspicion == .unorderedCollection)
  }

  @Test("a Set in a message, published and waiting") func setInMessage() throws {
    let published = try #require(throws: Divergence.self) {
      try Machine<HearingWorld>.checked { timeline in
        timeline.publish(HearingWorld.Letter(), by: ada)
        timeline.advance(by: .milliseconds(1))
      }
    }
    #expect(published.differences.map(\.path) == ["message.names"])
    #expect(published.suspicion == .unorderedCollection)
    let machine = Machine<HearingWorld>(seed: 1)
    machine.external(
      HearingWorld.Letter(), author: ada, authorKey: 1, authorSequence: 1, at: .zero, sequence: 1, place: 0)
    machine.advance(to: .zero)
    var timeline = Timeline(from: machine.frozen())
    timeline.advance(by: .milliseconds(1))
    let waiting = try #require(throws: Divergence.self) { try Machine<HearingWorld>.checked(timeline) }
    #expect(waiting.differences.map(\.path) == ["message to HearingWorld at 1000000000 ns.names"])
  }

  @Test("objects that many ways lead to are looked into once") func ring() throws { try check(RingWorld.self) }

  @Test("a global variable") func global() throws {
    let found = try divergence(of: GlobalWorld.self)
    #expect(found.tick == 1)
    #expect(found.differences.map(\.path) == ["GlobalWorld.seen"])
    #expect(found.suspicion == .hiddenState)
    #expect("\(found)".contains("global variable"))
  }

  @Test("a clock") func clock() throws {
    let found = try divergence(of: ClockWorld.self)
    #expect(found.differences.map(\.path) == ["ClockWorld.elapsed"])
    #expect(found.suspicion == .hiddenState)
  }

  @Test("a field that the witness forgets") func forgotten() throws {
    let found = try divergence(of: ForgetfulWorld.self)
    let first = try #require(found.differences.first)
    #expect(first.path.hasPrefix("Purse 01") && first.path.hasSuffix(".money.coins"), "\(first.path)")
    #expect([first.value, first.other] == ["1", "0"])
    #expect(found.suspicion == .forgottenField)
  }

  @Test("an object that forks share") func shared() throws {
    let found = try divergence(of: SharedWorld.self)
    #expect(found.differences.map(\.path) == ["SharedWorld.box"])
    #expect(found.suspicion == .sharedReference)
  }

  @Test("a NaN with bits of its own") func oddNumber() throws {
    let found = try divergence(of: OddNumberWorld.self)
    #expect(found.tick == 2)
    #expect(found.differences.map(\.path) == ["OddNumberWorld.heat"])
    #expect(found.differences.map(\.value) == ["-nan(0x1234)"])
    #expect(found.suspicion == .notANumber)
  }

  @Test("what the last tick did wrong is found, too") func lastTick() throws {
    #expect(try divergence(of: OddNumberWorld.self, ticks: 2).tick == 2)
    try check(OddNumberWorld.self, ticks: 1)
  }

  @Test("a world that refuses its own bytes") func refusing() throws {
    let found = try divergence(of: RefusingWorld.self)
    #expect(found.tick == 3)
    #expect(found.suspicion == .unreadableSnapshot(.unreadable(type: "RefusingWorld")))
  }

  @Test("a message that loses what it carries") func losing() throws {
    let found = try divergence(of: LosingWorld.self)
    #expect(found.tick == 0)
    #expect(found.differences.map(\.path) == ["message to LosingWorld at 30000000 ns.text"])
    #expect(found.suspicion == .forgottenField)
  }

  /// A hash is the same in one process; the test's child process has another hash seed and tells what it recorded.
  @Test("a hash, by the recording of another process") func hash() async throws {
    try check(HashWorld.self)
    let result = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
      var timeline = Timeline<HashWorld>(seed: 1, limits: .everything)
      for _ in 0..<5 { timeline.advance(by: .milliseconds(10)) }
      print("\nrecording," + timeline.exported().map(String.init).joined(separator: ","))
    }
    let output = String(decoding: try #require(result).standardOutputContent, as: UTF8.self)
    let line = try #require(output.split(separator: "\n").first { $0.hasPrefix("recording,") })
    let bytes = line.split(separator: ",").compactMap { UInt8($0) }
    let theirs = try Timeline<HashWorld>(imported: bytes)
    let found = try #require(theirs.verified())
    #expect(found.tick == 3)
    #expect(found.differences.map(\.path) == ["HashWorld.hashes[0]"])
    #expect(found.message == "step to HashWorld")
    #expect(found.suspicion == .hiddenState)
  }
}
