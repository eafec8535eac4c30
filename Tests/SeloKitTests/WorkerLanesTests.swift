import SeloKit
import Synchronization
import Testing

@Suite("Worker lanes") struct WorkerLanesTests {
  @Test("every lane of every round runs once, whatever the width", arguments: [1, 2, 3, 5])
  func eachRunsOnce(count: Int) {
    let lanes = WorkerLanes(count: count)
    #expect(lanes.count == count)
    let runs = (0..<count).map { _ in Counter() }
    var expected = Array(repeating: 0, count: count)
    for round in 0..<2_000 {
      let width = 1 + round % count
      lanes.run(width: width) { runs[$0].value.add(1, ordering: .relaxed) }
      for lane in 0..<width { expected[lane] += 1 }
    }
    #expect(runs.map { $0.value.load(ordering: .relaxed) } == expected)
  }

  @Test("small rounds stay alone") func small() {
    let lanes = WorkerLanes(count: 2)
    for _ in 0..<1_000 {
      #expect(lanes.width(forRoundOf: 10) == 1)
      lanes.didRun(10, width: 1)
    }
  }

  @Test("a world on worker threads is the same world", arguments: [2, 3]) func sameWorld(count: Int) {
    let lanes = Always(lanes: WorkerLanes(count: count))
    let (alone, together) = (Machine<Crowd>(seed: 1), Machine<Crowd>(seed: 1))
    for step in 1...60 as ClosedRange<Int64> {
      let time = VirtualTime(nanoseconds: step * 10)
      alone.advance(to: time)
      together.advance(to: time, lanes: lanes)
      if step % 20 == 0 { #expect(alone.snapshot() == together.snapshot()) }
    }
    #expect(alone.digest() == together.digest())
    #expect(alone.frozen().nodeCount > 300)
    #expect(alone.failedTurnCount > 0 && alone.failedTurnCount == together.failedTurnCount)
  }

  private final class Counter: Sendable {
    let value = Atomic<Int>(0)
  }

  /// Lanes that are used for every round.
  private struct Always: Lanes {
    let lanes: WorkerLanes
    func width(forRoundOf messages: Int) -> Int { lanes.count }
    func run(width: Int, _ lane: @Sendable (Int) -> Void) { lanes.run(width: width, lane) }
  }
}

/// People who greet each other, at once and later; some have children, some fail.
private struct Crowd: World, Codable {
  static var nodes: [any Node.Type] { [Person.self] }
  enum Message: Replicated, Codable { case nothing }

  mutating func start(_ turn: inout Turn<Crowd>) {
    var last: Ref<Person>?
    for number in 0..<300 {
      let person = turn.spawn(Person(neighbour: last?.id.value ?? 0, greetings: number))
      turn.send(.wake, to: person, after: .nanoseconds(10))
      last = person
    }
  }

  mutating func receive(_ message: Message, _ turn: inout Turn<Crowd>) {}
}

private struct Person: Node, Codable {
  let neighbour: UInt64
  var greetings: Int

  enum Message: Replicated, Codable { case wake, greet(String) }

  mutating func receive(_ message: Message, _ turn: inout Turn<Person>) throws {
    greetings &+= turn.random.int(in: 1...9)
    guard case .wake = message else {
      if greetings % 7 == 0 { throw TurnError.rejected("in a hurry") }
      return
    }
    turn.future(.nanoseconds(10), .wake)
    turn.send(.greet("hello"), to: Ref<Person>(NodeID(neighbour)))
    if greetings % 400 == 0 { _ = turn.spawn(Person(neighbour: turn.me.id.value, greetings: 1)) }
  }
}
