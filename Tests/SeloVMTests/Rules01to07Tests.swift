import SeloMachineKit
import SeloVM
import Testing

@Suite("Rules 1–7: order and time") struct OrderAndTimeTests {
  @Test("1: send adds with saturation") func saturation() {
    var theatre = Theatre()
    theatre.play(5, Script(1, .future(.max, Script(2))))
    #expect(theatre.machine.root.tickets.map(\.time.nanoseconds) == [.max])
    theatre.advance(to: VirtualTime(nanoseconds: .max - 1))
    #expect(theatre.machine.root.notes.map(\.tag) == [1])
    theatre.advance(to: VirtualTime(nanoseconds: .max))
    #expect(theatre.machine.root.notes.map(\.tag) == [1, 2])
  }

  @Test("1: what saturates at the end of time can not loop for ever there") func endOfTime() {
    var theatre = Theatre(limits: MachineLimits(zeroDelayDepth: 10))
    theatre.play(5, Script(1, .again(.max)))
    theatre.advance(to: VirtualTime(nanoseconds: .max))
    #expect(theatre.failures == [.runaway])
  }

  @Test("2: time, then class, then sequence") func totalOrder() {
    var theatre = Theatre()
    theatre.tell(20, Script(4))
    theatre.tell(10, Script(0, .future(0, Script(1)), .future(10, Script(2)), .future(10, Script(3))))
    theatre.tell(20, Script(5))
    theatre.advance(20)
    #expect(theatre.heard == [[10, 0], [10, 1], [20, 2], [20, 3], [20, 4], [20, 5]])
  }

  @Test("3: an external's sequence is its frame's, then its place; arrival does not matter")
  func sequenceOfExternals() {
    let theatre = Theatre()
    for (tag, sequence, place) in [(4, 9, 1), (2, 8, 0), (3, 9, 0), (1, 7, 5)] as [(Int, UInt64, UInt32)] {
      theatre.deliver(10, sequence: sequence, place: place, Script(tag))
    }
    theatre.advance(10)
    #expect(theatre.heard.map { $0[1] } == [1, 2, 3, 4])
  }

  @Test("3: an internal's sequence is the order of commit, whenever it is due") func sequenceOfInternals() {
    var theatre = Theatre()
    theatre.play(0, Script(0, .future(30, Script(1))))
    theatre.play(10, Script(0, .future(20, Script(2))))
    theatre.play(20, Script(0, .future(10, Script(3))))
    theatre.advance(30)
    #expect(theatre.heard.suffix(3) == [[30, 1], [30, 2], [30, 3]])
  }

  @Test("4: futures due at t, also those made at t, run before the next external at t", arguments: [true, false])
  func futuresBeforeExternals(arrivesEarly: Bool) {
    var theatre = Theatre()
    theatre.play(0, Script(0, .future(10, Script(1))))
    theatre.tell(10, Script(2, .future(0, Script(3, .future(0, Script(4))))))
    if !arrivesEarly { theatre.advance(10) }
    theatre.tell(10, Script(5))
    theatre.advance(10)
    #expect(theatre.heard.map { $0[1] } == [0, 1, 2, 3, 4, 5])
  }

  @Test("5: an advance runs everything up to its time and nothing beyond") func advanceIsInclusive() {
    var theatre = Theatre()
    theatre.play(0, Script(0, .future(10, Script(1)), .future(11, Script(2))))
    theatre.advance(10)
    #expect(theatre.heard == [[0, 0], [10, 1]])
    #expect(theatre.machine.now == milliseconds(10))
    #expect(theatre.machine.nextDue == milliseconds(11))
  }

  @Test("5: splitting an advance never changes the state") func splitting() {
    var whole = Theatre()
    var split = Theatre()
    let script = Script(1, .again(3), .draw, .emit(1), .spawn)
    whole.tell(0, script)
    split.tell(0, script)
    whole.advance(100)
    for time in 0...100 { split.advance(Int64(time)) }
    #expect(whole.machine.snapshot() == split.machine.snapshot())
    #expect(whole.machine.digest() == split.machine.digest())
  }

  @Test("5: without a message nothing moves but the time") func nothingMoves() {
    var theatre = Theatre(actors: 2)
    theatre.play(1, Script(1))
    let before = theatre.machine.frozen()
    theatre.advance(1_000_000)
    #expect(theatre.machine.root.encoded() == before.root.encoded())
    #expect(theatre.machine.drainEvents().isEmpty)
  }

  @Test("6: now is the time of the message, not of the advance") func nowIsExact() {
    var theatre = Theatre()
    theatre.tell(0, Script(1, .again(3)))
    theatre.advance(10)
    #expect(theatre.heard == [[0, 1], [3, 1], [6, 1], [9, 1]])
  }

  @Test("7: an external at now is allowed") func externalAtNow() {
    var theatre = Theatre()
    theatre.play(10, Script(1))
    theatre.play(10, Script(2))
    #expect(theatre.heard == [[10, 1], [10, 2]])
  }

  @Test("7: an external before now is an error of the caller") func externalBeforeNow() async {
    await #expect(processExitsWith: .failure) {
      var theatre = Theatre()
      theatre.advance(10)
      theatre.tell(9, Script(1))
    }
  }

  @Test("7: so is going back in time") func advanceBackwards() async {
    await #expect(processExitsWith: .failure) {
      let theatre = Theatre()
      theatre.advance(10)
      theatre.advance(9)
    }
  }
}
