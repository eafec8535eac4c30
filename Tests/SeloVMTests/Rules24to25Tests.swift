import SeloMachineKit
import SeloVM
import Testing

@Suite("Rules 24–25: views and own messages") struct ViewTests {
  @Test("24: a frozen world stays as it was while the machine goes on") func frozenStays() {
    var theatre = Theatre(actors: 2)
    theatre.play(1, Script(1, .set(0, 5), .spawn))
    let moment = theatre.machine.frozen()
    let digest = moment.digest()
    let first = theatre.machine.root.actors[0]
    theatre.play(2, Script(2, .set(0, 6), .destroy(1), .spawn, .raiseAll))
    #expect(moment.now == milliseconds(1))
    #expect(moment.root.notes.last?.tag == 1)
    #expect(moment[first]?.number == 5)
    #expect(theatre.machine.frozen()[first]?.number == 7)
    #expect(moment.all(Actor.self).count == 3)
    #expect(moment.digest() == digest)
    #expect(moment.all(Actor.self) == moment.all(Actor.self).sorted())
  }

  @Test("24: a frozen world may be read anywhere") func frozenTravels() async {
    var theatre = Theatre(actors: 2)
    theatre.play(1, Script(1))
    let moment = theatre.machine.frozen()
    let count = await Task.detached { moment.root.actors.compactMap { moment[$0] }.count }.value
    #expect(count == 2)
  }

  @Test("24: events come out once, with cause, time and source") func events() {
    var theatre = Theatre(actors: 1)
    theatre.play(7, Script(1, .emit(10), .emit(11), .send(0, after: 0, Script(2, .emit(12)))))
    let events = theatre.machine.drainEvents()
    #expect(events.map { $0.value as? Int } == [10, 11, 12])
    #expect(events.map(\.ordinal) == [0, 1, 0])
    #expect(events.map(\.time) == Array(repeating: milliseconds(7), count: 3))
    #expect(events.map(\.source) == [.root, .root, theatre.machine.root.actors[0].id])
    #expect(events[0].cause == events[1].cause && events[2].cause == theatre.machine.root.tickets[0].cause)
    #expect(theatre.machine.drainEvents().isEmpty)
  }

  @Test("24: a stretch that is run again names its events alike, so a view can match them") func eventsAfterRollback() {
    var theatre = Theatre(actors: 1)
    theatre.play(1, Script(1, .again(2), .emit(1)))
    _ = theatre.machine.drainEvents()
    let fork = theatre.machine.fork()
    #expect(fork.drainEvents().isEmpty)
    theatre.advance(20)
    fork.advance(to: milliseconds(20))
    let names = theatre.machine.drainEvents().map(\.cause)
    #expect(names.count > 5)
    #expect(fork.drainEvents().map(\.cause) == names)
  }

  @Test("24: emitting leaves no trace in the state") func eventsAreNotState() {
    var quiet = Theatre()
    var loud = Theatre()
    quiet.play(1, Script(1, .draw))
    loud.play(1, Script(1, .draw, .emit(1)))
    #expect(quiet.machine.digest() == loud.machine.digest())
  }

  @Test("25: an external takes effect when its frame's time comes, once") func once() {
    var theatre = Theatre()
    theatre.tell(10, Script(1))
    #expect(theatre.heard.isEmpty)
    theatre.advance(9)
    #expect(theatre.heard.isEmpty)
    theatre.advance(10)
    theatre.advance(10)
    theatre.advance(20)
    #expect(theatre.heard == [[10, 1]])
  }

  @Test("25: the same place of the log twice is an error of the caller") func doubled() async {
    await #expect(processExitsWith: .failure) {
      let machine = Machine<Stage>(seed: 1)
      for _ in 0..<2 {
        machine.external(
          Script(1), author: ada, authorKey: 1, authorSequence: 1, at: .zero, sequence: 1, place: 0)
      }
    }
  }
}
