import Foundation
import SeloMachineKit
import SeloWorlds
import Testing

@testable import SeloVM

/// The golden logs of the worlds that come along. `SELO_REWRITE=1 make test ONLY=GoldenLogTests` writes them anew;
/// commit only a difference you can explain: with it, no peer of before meets one of after.
@Suite("Rules 30, 31: golden logs") struct GoldenLogTests {
  private static func counter() -> Timeline<Counter> {
    var timeline = Timeline<Counter>(seed: 31)
    for number in 0..<12 {
      let messages: [Counter.Message] = [.increment, .loop, .decrement, .step, .increment, .stop]
      timeline.publish(messages[number % messages.count], by: PeerID(UInt64(number % 3)))
      timeline.advance(by: .milliseconds(300))
    }
    return timeline
  }

  private static func village() -> Timeline<Village> {
    var timeline = Timeline<Village>(seed: 31)
    timeline.publish(.joined(ada, name: "Ada"))
    timeline.publish(.joined(PeerID(2), name: "Bob"))
    for number in 0..<18 as Range<UInt64> {
      timeline.publish(Village.workload(number, author: ada), by: ada)
      switch number {
      case 12: timeline.publish(.pop, by: ada)
      case 14: timeline.publish(.left(PeerID(2)))
      case 16: timeline.publish(.clear, by: PeerID(2))
      case 17: timeline.publish(.decrement, by: ada)
      default: break
      }
      timeline.advance(by: .milliseconds(70))
    }
    return timeline
  }

  @Test("31: the counter computes as it did") func counter() throws { try pass(Self.counter(), ticks: 12) }

  @Test("31: the village computes as it did") func village() throws { try pass(Self.village(), ticks: 18) }

  private func pass<W: World>(_ timeline: Timeline<W>, ticks: Int) throws {
    if ProcessInfo.processInfo.environment["SELO_REWRITE"] != nil { return try rewrite(timeline) }
    #expect(try Machine<W>.selfTest() == ticks)
    #expect(W.goldenLog == timeline.exported(keyframes: false), "SELO_REWRITE=1 shows the difference")
    try Machine<W>.checked(timeline)
  }

  private func rewrite<W: World>(_ timeline: Timeline<W>) throws {
    let lines = GoldenLog.text(timeline).split(separator: "\n").map { "        " + $0 }.joined(separator: "\n")
    let source = """
      import SeloVM

      // The golden log, written by GoldenLogTests.

      extension \(W.self) {
        /// What peers replay before they vote.
        public static var goldenLog: [UInt8]? {
          GoldenLog.bytes(
            \"\"\"
      \(lines)
            \"\"\")
        }
      }

      """
    let room = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let file = room.appendingPathComponent("Sources/SeloWorlds/\(W.self)+Golden.swift")
    try Data(source.utf8).write(to: file)
  }

  @Test("31: a peer that computes otherwise is found, with tick and field") func otherwise() throws {
    var timeline = Timeline<Stage>(seed: 1, limits: .everything)
    timeline.advance(by: .milliseconds(10))
    let machine = Machine(from: timeline.latest)
    timeline.publish(Script(1, .draw), by: ada)
    machine.external(
      Script(2, .draw), author: ada, authorKey: ada.value, authorSequence: 1, at: machine.now, sequence: 2, place: 0)
    machine.advance(to: milliseconds(20))
    timeline.record(machine.frozen())
    let error = try #require(throws: GoldenLogError.self) {
      try Machine<Stage>.selfTest(golden: timeline.exported())
    }
    guard case .divergence(let found) = error else {
      Issue.record("\(error)")
      return
    }
    #expect(found.tick == 2)
    #expect(found.differences.first?.path == "Stage.notes[0].tag")
    #expect([found.differences.first?.value, found.differences.first?.other] == ["1", "2"])
    #expect(throws: GoldenLogError.unreadable(.notATimeline)) { try Machine<Stage>.selfTest(golden: []) }
    #expect(throws: GoldenLogError.unreadable(.wrongWorld("counter"))) {
      try Machine<Stage>.selfTest(golden: Counter.goldenLog)
    }
    #expect(try Machine<Stage>.selfTest() == 0, "a world without a golden log has nothing to compare")
  }

  @Test("31: text that is no golden log is none") func text() {
    #expect(GoldenLog.bytes("00 ff\n1A") == [0, 255, 26])
    #expect(GoldenLog.bytes("0") == [] && GoldenLog.bytes("0g") == [] && GoldenLog.bytes("é0") == [])
    let timeline = Self.counter()
    #expect(GoldenLog.bytes(GoldenLog.text(timeline)) == timeline.exported(keyframes: false))
  }

  /// What the charter covers must change when a world does, and only then.
  @Test("30: name, version, types of nodes and machine version are what a charter hashes") func charter() {
    struct Pebble: Node, Codable {
      enum Message: Replicated, Codable { case roll }
      mutating func receive(_ message: Message, _ turn: inout Turn<Self>) {}
    }
    struct One: World, Codable {
      static var name: String { "one" }
      static var nodes: [any Node.Type] { [Pebble.self] }
      mutating func receive(_ message: Pebble.Message, _ turn: inout Turn<Self>) {}
    }
    struct Other: World, Codable {
      static var name: String { "one" }
      mutating func receive(_ message: Pebble.Message, _ turn: inout Turn<Self>) {}
    }
    #expect(Machine<One>.worldName == Machine<Other>.worldName)
    #expect(Machine<One>.schemaFingerprint != Machine<Other>.schemaFingerprint)
    #expect(Machine<One>.schemaFingerprint == Machine<One>.schemaFingerprint)
    #expect(Machine<One>.worldVersion == 1 && Machine<One>.machineVersion == 2)
    // Limits are not seen in the fingerprint, but in every digest.
    let limits = [MachineLimits(), MachineLimits(messagesPerInstant: 5), MachineLimits(zeroDelayDepth: 5)]
    #expect(Set(limits.map { Machine<One>(seed: 1, limits: $0).digest() }).count == 3)
  }
}
