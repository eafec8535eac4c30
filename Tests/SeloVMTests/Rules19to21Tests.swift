import SeloMachineKit
import SeloVM
import Testing

@Suite("Rules 19–21: failed turns and budgets") struct FailedTurnTests {
  @Test("19: a throw undoes the state and all effects of the turn", arguments: [Step.fail, .reject])
  func nothingHappened(how: Step) {
    var theatre = Theatre(actors: 2)
    theatre.play(1, Script(0, .send(0, after: 4, Script(5))))
    let before = theatre.machine.frozen()
    theatre.play(
      2,
      Script(
        1, .spawn, .destroy(0), .future(10, Script(2)), .set(1, 77), .raiseAll, .emit(1), .draw, .cancel(0), how))
    #expect(theatre.machine.root.encoded() == before.root.encoded())
    #expect(theatre.actor(0)?.number == 0)
    #expect(theatre.actor(1)?.number == 0)
    #expect(theatre.machine.frozen().nodeCount == 2)
    #expect(theatre.machine.frozen().pendingCount == 1)
    #expect(theatre.machine.drainEvents().isEmpty)
    theatre.advance(5)
    #expect(theatre.heard(0) == [[5, 5]], "neither cancelled nor destroyed")
  }

  @Test("19: the same for a node in a round, whose other turns stand") func nodeFails() {
    var theatre = Theatre(actors: 2)
    theatre.play(
      0,
      Script(
        0, .send(0, after: 10, Script(1, .emit(1))), .send(0, after: 10, Script(2, .emit(2), .spawn, .fail)),
        .send(0, after: 10, Script(3, .emit(3))), .send(1, after: 10, Script(4, .emit(4)))))
    theatre.advance(10)
    #expect(theatre.heard(0) == [[10, 1], [10, 3]])
    #expect(theatre.heard(1) == [[10, 4]])
    #expect(theatre.machine.drainEvents().map { $0.value as? Int } == [1, 3, 4])
    #expect(theatre.machine.frozen().nodeCount == 2)
  }

  @Test("19: the record says when, what caused it, whom it was for and why") func record() {
    var theatre = Theatre(actors: 1)
    theatre.play(7, Script(1, .future(3, Script(2, .reject)), .send(0, after: 4, Script(3, .fail))))
    theatre.advance(20)
    let tickets = theatre.machine.root.tickets
    let failed = theatre.machine.failedTurns
    #expect(failed.map(\.time) == [milliseconds(10), milliseconds(11)])
    #expect(failed.map(\.cause) == tickets.map(\.cause))
    #expect(failed.map(\.target) == [.root, theatre.machine.root.actors[0].id])
    #expect(failed.map(\.kind) == [.rejected, .threw])
  }

  @Test("19: the message counts as consumed and the ring is bounded, inside the state") func ring() throws {
    var theatre = Theatre()
    for time in 0..<100 as Range<Int64> { theatre.play(time, Script(1, .fail)) }
    #expect(theatre.machine.failedTurns.count == 64)
    #expect(theatre.machine.failedTurns.last?.time == milliseconds(99))
    #expect(theatre.machine.failedTurnCount == 100)
    let restored = try Machine<Stage>(snapshot: theatre.machine.snapshot())
    #expect(restored.failedTurns == theatre.machine.failedTurns)
    #expect(restored.failedTurnCount == 100)
  }

  @Test("19: a presence that throws never happened either") func presenceFails() {
    let machine = Machine<Stage>(seed: 1)
    machine.presence(.joined(ada, name: "nobody"), at: .zero, sequence: 1, place: 0)
    machine.presence(.joined(ada, name: "ada"), at: .zero, sequence: 1, place: 1)
    machine.presence(.left(ada), at: .zero, sequence: 2, place: 0)
    machine.advance(to: .zero)
    #expect(machine.root.peers == ["+ada", "-\(ada.value)"])
    #expect(machine.failedTurns.map(\.kind) == [.rejected])
    #expect(machine.frozen().nodeCount == 2)
  }

  @Test("20: what the world does not accept is consumed as refused, at delivery") func refused() {
    #expect(!Stage.accepts(Script(Script.refusedTag), from: ada), "its author can ask before publishing")
    var theatre = Theatre()
    theatre.tell(5, Script(Script.refusedTag, .spawn, .emit(1)))
    #expect(theatre.failures.isEmpty)
    theatre.advance(5)
    #expect(theatre.heard.isEmpty)
    #expect(theatre.failures == [.refused])
  }

  @Test("20: messages that nodes send are not asked for") func internalIsNotAsked() {
    var theatre = Theatre()
    theatre.play(5, Script(1, .future(0, Script(Script.refusedTag))))
    #expect(theatre.heard.count == 2)
    #expect(theatre.failures.isEmpty)
  }

  @Test("20: bytes that are no message are consumed alike", arguments: [[], [1, 2, 3], Script(1).encoded() + [0]])
  func undecodable(bytes: [UInt8]) {
    let machine = Machine<Stage>(seed: 1)
    machine.external(encoded: bytes, author: ada, authorKey: 1, authorSequence: 1, at: .zero, sequence: 1, place: 0)
    machine.advance(to: .zero)
    #expect(machine.failedTurns.map(\.kind) == [.undecodable])
    #expect(machine.root.notes.isEmpty)
  }

  @Test("20: a message and its bytes are the same to the machine") func encodedIsTheSame() {
    let script = Script(3, .spawn, .draw, .future(5, Script(4)))
    let typed = Machine<Stage>(seed: 1)
    typed.external(script, author: ada, authorKey: 1, authorSequence: 1, at: .zero, sequence: 1, place: 0)
    let bytes = Machine<Stage>(seed: 1)
    bytes.external(
      encoded: script.encoded(), author: ada, authorKey: 1, authorSequence: 1, at: .zero, sequence: 1, place: 0)
    #expect(typed.snapshot() == bytes.snapshot(), "while it waits")
    typed.advance(to: milliseconds(9))
    bytes.advance(to: milliseconds(9))
    #expect(typed.snapshot() == bytes.snapshot())
  }

  @Test("21: an endless chain without delay ends as a runaway; the next instant is a new one") func runawayDepth() {
    var theatre = Theatre()
    theatre.play(5, Script(1, .again(0)))
    #expect(theatre.failures == [.runaway])
    #expect(theatre.machine.root.notes.count == 10_001)
    theatre.play(6, Script(2))
    #expect(theatre.heard.last == [6, 2])
  }

  @Test("21: too many messages in one instant end it, whether the advance is split or not", arguments: [true, false])
  func runawayCount(split: Bool) {
    var theatre = Theatre(limits: MachineLimits(messagesPerInstant: 100))
    theatre.play(1, Script(1, .future(9, Script(2, .again(0), .again(0))), .future(10, Script(7))))
    if split { theatre.advance(9) }
    theatre.tell(10, Script(3, .future(0, Script(4))))
    theatre.advance(10)
    #expect(theatre.failures == [.runaway, .runaway], "what the external sends in that instant is over the budget too")
    #expect(theatre.heard.filter { $0[1] == 2 }.count == 100)
    theatre.advance(11)
    #expect(theatre.heard.last == [11, 7])
  }
}
