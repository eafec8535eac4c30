import SeloMachineKit
import SeloVM
import Testing

@Suite("Rules 8–15: turns and rounds") struct RoundTests {
  @Test("8: messages of one time to nodes share a round, however they came to be queued") func oneRound() {
    var theatre = Theatre(actors: 2)
    // Actor 0 destroys actor 1, whose message of the same time was queued at another time by another turn.
    theatre.play(0, Script(0, .send(0, after: 10, Script(1, .destroy(1)))))
    theatre.play(5, Script(0, .send(1, after: 5, Script(2, .send(0, after: 0, Script(3))))))
    theatre.advance(10)
    #expect(theatre.actor(1) == nil)
    #expect(theatre.heard(0) == [[10, 1], [10, 3]], "actor 1 had its turn in the round that destroyed it")
  }

  @Test("8: a message to the root ends a round") func rootEndsRound() {
    var theatre = Theatre(actors: 2)
    theatre.play(
      0,
      Script(
        0, .send(0, after: 10, Script(1, .destroy(1))), .future(10, Script(9)),
        .send(1, after: 10, Script(2, .send(0, after: 0, Script(3))))))
    theatre.advance(10)
    #expect(theatre.actor(1) == nil)
    #expect(theatre.heard(0) == [[10, 1]], "actor 1 was gone before its round")
  }

  @Test("8: an external is a round alone") func externalAlone() {
    var theatre = Theatre(actors: 1)
    theatre.tell(10, Script(1, .destroy(0)))
    theatre.tell(10, Script(2, .send(0, after: 0, Script(3))))
    theatre.advance(10)
    #expect(theatre.actor(0) == nil)
    #expect(theatre.failures.isEmpty)
  }

  @Test("9: in a round messages to one node run in order and each sees what the one before left") func orderInRound() {
    var theatre = Theatre(actors: 2)
    theatre.play(
      0,
      Script(
        0, .send(0, after: 10, Script(1)), .send(1, after: 10, Script(2)), .send(0, after: 10, Script(3)),
        .send(1, after: 10, Script(4)), .send(0, after: 10, Script(5))))
    theatre.advance(10)
    #expect(theatre.heard(0) == [[10, 1], [10, 3], [10, 5]])
    #expect(theatre.heard(1) == [[10, 2], [10, 4]])
  }

  @Test("9: the order of different nodes in a round does not show in them") func nodesAreIndependent() {
    var forwards = Theatre(actors: 3)
    var backwards = Theatre(actors: 3)
    let steps: [Step] = (0..<3).map { .send($0, after: 10, Script($0, .again(5), .spawn)) }
    forwards.play(1, Script(tag: 0, steps: steps))
    backwards.play(1, Script(tag: 0, steps: steps.reversed()))
    forwards.advance(40)
    backwards.advance(40)
    for index in 0..<3 { #expect(forwards.heard(index) == backwards.heard(index)) }
  }

  @Test("10: effects commit in order of message, then of call") func commitOrder() {
    var theatre = Theatre(actors: 3)
    theatre.play(
      0,
      Script(
        0,
        .send(0, after: 10, Script(1, .send(2, after: 5, Script(10)), .emit(1), .send(2, after: 5, Script(11)))),
        .send(1, after: 10, Script(2, .emit(2), .send(2, after: 5, Script(20)))),
        .send(0, after: 10, Script(3, .send(2, after: 5, Script(12)), .emit(3)))))
    theatre.advance(20)
    #expect(theatre.heard(2).map { $0[1] } == [10, 11, 20, 12])
    #expect(theatre.machine.drainEvents().map { $0.value as? Int } == [1, 2, 3])
  }

  @Test("11: a spawned node is reachable in a later round, also by its spawner in the same turn") func spawnedLater() {
    var theatre = Theatre()
    theatre.play(3, Script(0, .spawnAndSend(Script(7)), .set(0, 5)))
    #expect(theatre.heard(0) == [[3, 7]])
    #expect(theatre.actor(0)?.number == 0, "it was not there yet when the spawning turn tried to change it")
  }

  @Test("11: a destroyed node still gets its messages of the round") func destroyedLater() {
    var theatre = Theatre(actors: 2)
    theatre.play(0, Script(0, .send(0, after: 10, Script(1, .destroy(1))), .send(1, after: 10, Script(2, .emit(42)))))
    theatre.advance(10)
    #expect(theatre.machine.drainEvents().map { $0.value as? Int } == [42])
    #expect(theatre.actor(1) == nil)
  }

  @Test("11: within a round a cancel does not reach") func cancelLater() {
    var theatre = Theatre(actors: 2)
    // Actor 0 schedules a message to actor 1 for t = 20 and tries to cancel it at t = 20, in the same round.
    theatre.play(0, Script(0, .send(0, after: 20, Script(3, .cancel(0)))))
    theatre.play(10, Script(0, .send(0, after: 0, Script(1, .send(1, after: 10, Script(2))))))
    theatre.advance(20)
    #expect(theatre.heard(1) == [[20, 2]])
  }

  @Test("11: one round before it does") func cancelInTime() {
    var theatre = Theatre(actors: 2)
    theatre.play(10, Script(0, .send(0, after: 0, Script(1, .send(1, after: 10, Script(2))))))
    theatre.play(19, Script(0, .send(0, after: 0, Script(3, .cancel(0)))))
    theatre.advance(20)
    #expect(theatre.heard(1).isEmpty)
  }

  @Test("12: a send without delay runs in a later round of the same time") func zeroDelay() {
    var theatre = Theatre(actors: 2)
    theatre.play(
      0,
      Script(0, .send(0, after: 10, Script(1, .send(1, after: 0, Script(3)))), .send(1, after: 10, Script(2))))
    theatre.advance(10)
    #expect(theatre.heard(1) == [[10, 2], [10, 3]])
  }

  @Test("12, 21: a chain is too deep wherever its message waits") func cancelBeforeTooDeep() {
    var theatre = Theatre(actors: 2, limits: MachineLimits(zeroDelayDepth: 1))
    // The first actor sends what is too deep; then the root cancels what waits before it.
    let deep = Script(2, .future(0, Script(3)))
    theatre.play(
      5, Script(1, .send(0, after: 0, deep), .report(after: 0, Script(4, .cancel(0))), .send(1, after: 0, Script(5))))
    #expect(theatre.heard == [[5, 1], [5, 4]])
    #expect(theatre.heard(0) == [[5, 2]])
    #expect(theatre.heard(1) == [])
    #expect(theatre.failures == [.runaway])
  }

  @Test("12: each send without delay is one deeper, any delay starts again") func depth() {
    var chain = Theatre(limits: MachineLimits(zeroDelayDepth: 3))
    chain.play(1, Script(1, .again(0)))
    #expect(chain.heard.count == 4, "the external and three below it")
    #expect(chain.failures == [.runaway])

    var pause = Theatre(limits: MachineLimits(zeroDelayDepth: 3))
    pause.tell(1, Script(1, .again(1)))
    pause.advance(100)
    #expect(pause.failures.isEmpty)
  }

  @Test("13: messages from one node to one node of equal time keep their order") func pairOrder() {
    var theatre = Theatre(actors: 2)
    let sends: [Step] = (0..<50).map { .send(1, after: 10, Script($0)) }
    theatre.play(0, Script(0, .send(0, after: 0, Script(tag: 99, steps: sends))))
    theatre.advance(10)
    #expect(theatre.heard(1).map { $0[1] } == Array(0..<50))
  }

  @Test("14: a message to a node that is gone is dropped and is no failure") func droppedSilently() {
    var theatre = Theatre(actors: 1)
    theatre.play(0, Script(0, .send(0, after: 10, Script(1))))
    theatre.play(5, Script(0, .destroy(0), .send(0, after: 0, Script(2))))
    theatre.advance(10)
    #expect(theatre.machine.frozen().nodeCount == 0)
    #expect(theatre.failures.isEmpty)
    #expect(theatre.machine.frozen().pendingCount == 0)
  }

  @Test("12, 15: a cancel in an instant leaves the depth of what is sent in it as it is") func cancelBeforeAChain() {
    var theatre = Theatre(actors: 1, limits: MachineLimits(zeroDelayDepth: 2))
    let chain = Script(3, .future(0, Script(4, .future(0, Script(5)))))
    theatre.play(1, Script(1, .future(4, Script(2, .cancel(0), .future(0, chain))), .send(0, after: 4, Script(9))))
    theatre.advance(5)
    #expect(theatre.heard == [[1, 1], [5, 2], [5, 3], [5, 4]])
    #expect(theatre.failures == [.runaway])
  }

  @Test("15: the ticket says which of two equal messages") func ticketNamesOne() {
    for cancelled in 0...1 {
      var theatre = Theatre()
      theatre.play(0, Script(0, .future(10, Script(1, .draw)), .future(10, Script(1, .draw))))
      let causes = theatre.machine.root.tickets.map(\.cause)
      theatre.play(5, Script(2, .cancel(cancelled)))
      theatre.advance(10)
      let survivor = RandomStream.draw(seed: 1, cause: causes[cancelled], ordinal: 1)
      #expect(theatre.machine.root.notes.map(\.value).filter { $0 != 0 } == [survivor])
    }
  }

  @Test("15: cancelling what is delivered or cancelled does nothing") func cancelTwice() {
    var theatre = Theatre()
    theatre.play(0, Script(0, .future(10, Script(1)), .future(20, Script(2)), .future(20, Script(3))))
    theatre.play(15, Script(4, .cancel(2), .cancel(1), .cancel(1)))
    theatre.advance(30)
    #expect(theatre.heard.map { $0[1] } == [0, 1, 4, 3])
    #expect(theatre.failures.isEmpty)
  }

  @Test("15: a send and its cancel in one turn leave nothing") func cancelAtOnce() {
    var theatre = Theatre()
    theatre.play(0, Script(0, .future(10, Script(1)), .cancel(0)))
    #expect(theatre.machine.frozen().pendingCount == 0)
  }

  @Test("15, 26: futures, cancels and destroyed targets in a snapshot: a late joiner goes on as those who were there")
  func lateJoiner() throws {
    var theatre = Theatre(actors: 3)
    theatre.play(
      1, Script(1, .send(0, after: 9, Script(2)), .send(1, after: 9, Script(3)), .send(2, after: 9, Script(4, .fail))))
    theatre.play(2, Script(5, .future(8, Script(6)), .future(8, Script(7))))
    let joiner = try Machine<Stage>(snapshot: theatre.machine.snapshot())
    // The last ticket of the second script, the first of the first one, and an actor whose future still waits.
    let orders = Script(8, .cancel(0), .cancel(4), .destroy(1))
    theatre.deliver(3, sequence: 9, place: 0, orders)
    joiner.external(
      orders, author: ada, authorKey: 1, authorSequence: 9, at: milliseconds(3), sequence: 9, place: 0)
    theatre.advance(20)
    joiner.advance(to: milliseconds(20))
    #expect(theatre.heard == [[1, 1], [2, 5], [3, 8], [10, 6]])
    #expect(theatre.heard(0).isEmpty, "its message was cancelled")
    #expect(theatre.actor(1) == nil)
    #expect(theatre.failures == [.threw])
    #expect(joiner.digest() == theatre.machine.digest())
    #expect(joiner.snapshot() == theatre.machine.snapshot())
  }
}
