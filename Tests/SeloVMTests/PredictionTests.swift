import SeloMachineKit
import SeloWorlds
import Testing

@testable import SeloVM

private let bob = PeerID(0xB0B)

/// The agreed world of a session as a test drives it, and the prediction of one of its peers.
private struct Speculation {
  var theatre = Theatre(actors: 2)
  var prediction: Prediction<Stage>
  private(set) var published: UInt64 = 0

  init(lead: Delay = Prediction<Stage>.standardLead) {
    prediction = Prediction(of: theatre.machine.frozen(), author: ada, authorKey: 99, lead: lead)
    _ = theatre.machine.drainEvents()
  }

  mutating func publish(_ script: Script) -> [EventChange] {
    published += 1
    return prediction.publish(script, authorSequence: published)
  }

  /// The reflector has ordered an own message.
  func order(_ script: Script, number: UInt64, _ time: Int64, place: UInt32 = 0) {
    theatre.machine.external(
      script, author: ada, authorKey: 99, authorSequence: number, at: milliseconds(time), sequence: 1_000 + number,
      place: place)
  }

  mutating func reconcile(_ time: Int64, acknowledgedUpTo number: UInt64, leadTo end: Int64) -> [EventChange] {
    theatre.machine.advance(to: milliseconds(time))
    return prediction.reconcile(
      with: theatre.machine.frozen(), agreed: theatre.machine.drainEvents(), acknowledgedUpTo: number,
      leadTo: milliseconds(end))
  }

  func tags(_ moment: Frozen<Stage>) -> [Int] { moment.root.notes.map(\.tag).filter { $0 > 0 } }
}

/// What a view is told, as text: `+1` shown, `!1` confirmed, `-1` withdrawn.
private func told(_ changes: [EventChange]) -> [String] {
  changes.map { change in
    switch change {
    case .shown(let event): "+\(event.value)"
    case .confirmed(let event): "!\(event.value)"
    case .withdrawn(let event): "-\(event.value)"
    }
  }
}

@Suite("Rules 16, 24, 25: prediction") struct PredictionTests {
  @Test("25: an own message shows at once in the view, and happens once when it comes back") func ownMessage() {
    var speculation = Speculation()
    _ = speculation.publish(Script(1, .spawn))
    #expect(speculation.tags(speculation.prediction.view) == [1])
    #expect(speculation.prediction.unacknowledged == 1)
    #expect(speculation.theatre.heard.isEmpty, "the agreed world knows nothing of it")
    speculation.order(Script(1, .spawn), number: 1, 30)
    _ = speculation.reconcile(30, acknowledgedUpTo: 1, leadTo: 60)
    #expect(speculation.tags(speculation.prediction.view) == [1])
    #expect(speculation.prediction.unacknowledged == 0)
    #expect(speculation.prediction.view.now == milliseconds(60))
    _ = speculation.reconcile(30, acknowledgedUpTo: 1, leadTo: 30)
    #expect(speculation.prediction.view.digest() == speculation.theatre.machine.digest())
  }

  @Test("25: what has not come back is predicted again behind what has") func rebase() {
    var speculation = Speculation()
    for tag in 1...3 { _ = speculation.publish(Script(tag)) }
    speculation.theatre.tell(20, Script(50), author: bob)
    speculation.order(Script(1), number: 1, 20)
    _ = speculation.reconcile(20, acknowledgedUpTo: 1, leadTo: 40)
    #expect(speculation.tags(speculation.prediction.view) == [50, 1, 2, 3])
    #expect(speculation.prediction.unacknowledged == 2)
    _ = speculation.prediction.retract(authorSequence: 2)
    #expect(speculation.tags(speculation.prediction.view) == [50, 1, 3])
  }

  @Test("16: predicted spawns keep their ids when messages of others are ordered before") func spawnsKeepIDs() throws {
    var speculation = Speculation()
    let script = Script(1, .spawn, .spawnAndSend(Script(2, .spawn, .draw)), .send(3, after: 5, Script(4, .spawn)))
    _ = speculation.publish(script)
    _ = speculation.reconcile(0, acknowledgedUpTo: 0, leadTo: 20)
    let predicted = speculation.prediction.view
    #expect(predicted.all(Actor.self).count == 6)
    for (number, author) in [bob, PeerID(7)].enumerated() {
      speculation.theatre.tell(3, Script(60 + number, .spawn, .spawnAndSend(Script(61, .spawn))), author: author)
    }
    speculation.order(script, number: 1, 3)
    _ = speculation.reconcile(3, acknowledgedUpTo: 1, leadTo: 20)
    let moment = speculation.prediction.view
    #expect(moment.all(Actor.self).count == 12)
    #expect(Set(predicted.all(Actor.self)).isSubset(of: Set(moment.all(Actor.self))))
    let spawned = predicted.root.actors[3]
    let draws = [moment, predicted].map { $0[spawned]?.notes.map(\.value).filter { $0 > 0 } }
    #expect(draws[0] == draws[1] && draws[0]?.count == 1, "chance is the same, too")
    speculation.theatre.machine.advance(to: milliseconds(20))
    #expect(speculation.theatre.machine.digest() == moment.digest(), "what was predicted last became true")
  }

  @Test("24: events are shown once, then confirmed, or withdrawn with what caused them") func events() {
    var speculation = Speculation()
    #expect(told(speculation.publish(Script(1, .emit(1), .send(0, after: 10, Script(2, .emit(2)))))) == ["+1"])
    #expect(told(speculation.reconcile(0, acknowledgedUpTo: 0, leadTo: 20)) == ["+2"])
    #expect(told(speculation.reconcile(5, acknowledgedUpTo: 0, leadTo: 20)) == [])
    #expect(told(speculation.publish(Script(3, .emit(3)))) == ["+3"])
    // Another's message is ordered before, and destroys who would have emitted the second.
    speculation.theatre.tell(8, Script(70, .destroy(0), .emit(70)), author: bob)
    speculation.order(Script(1, .emit(1), .send(0, after: 10, Script(2, .emit(2)))), number: 1, 8)
    #expect(told(speculation.reconcile(8, acknowledgedUpTo: 1, leadTo: 30)) == ["-2", "+70", "!70", "!1"])
    #expect(told(speculation.prediction.retract(authorSequence: 2)) == ["-3"])
  }

  @Test("25: the lead is bounded, whatever is asked for") func bounded() {
    var speculation = Speculation(lead: .milliseconds(100))
    _ = speculation.publish(Script(1, .again(10)))
    _ = speculation.reconcile(0, acknowledgedUpTo: 0, leadTo: 100_000)
    #expect(speculation.prediction.view.now == milliseconds(100))
    #expect(speculation.tags(speculation.prediction.view).count == 11)
    _ = speculation.publish(Script(2))
    _ = speculation.reconcile(40, acknowledgedUpTo: 0, leadTo: 50)
    #expect(speculation.prediction.view.now == milliseconds(50))
    #expect(speculation.tags(speculation.prediction.view).contains(2), "what the user did stays in view")
    _ = speculation.reconcile(200, acknowledgedUpTo: 0, leadTo: 0)
    #expect(speculation.prediction.view.now == milliseconds(200), "never behind the agreed world")
    #expect(Prediction<Stage>.standardLead == .milliseconds(8 * 50))
  }

  @Test("25: own messages beyond the limit show when they come back") func ownLimit() {
    var speculation = Speculation()
    for tag in 1...(Prediction<Stage>.ownLimit + 5) { _ = speculation.publish(Script(tag)) }
    #expect(speculation.prediction.unacknowledged == Prediction<Stage>.ownLimit)
    #expect(speculation.tags(speculation.prediction.view).count == Prediction<Stage>.ownLimit)
  }

  /// Others publish, the own messages come back late and in between, and every event is told of as it must be.
  @Test("24, 29: with and without prediction, by chance", arguments: 0..<30 as Range<UInt64>)
  func chance(seed: UInt64) {
    var chance = Chance(seed: seed)
    var speculation = Speculation()
    let plain = Machine(from: speculation.theatre.machine.frozen())
    var waiting: [(number: UInt64, script: Script)] = []
    var acknowledged: UInt64 = 0
    var shown: [String: Int] = [:]
    var confirmed: [String: Int] = [:]
    func take(_ changes: [EventChange]) {
      for change in changes {
        let name = "\(change.event.cause).\(change.event.ordinal)"
        switch change {
        case .shown: shown[name, default: 0] += 1
        case .confirmed:
          confirmed[name, default: 0] += 1
          #expect(shown[name] == 1)
        case .withdrawn: shown[name, default: 0] -= 1
        }
        #expect((0...1).contains(shown[name, default: 0]))
      }
    }
    for frame in 1...40 {
      let time = Int64(frame * 5)
      if frame < 30, chance.one(in: 2) {
        let script = Script(by: &chance)
        take(speculation.publish(script))
        waiting.append((speculation.published, script))
      }
      var place: UInt32 = 0
      func order(_ script: Script, _ author: PeerID, _ key: UInt64, _ number: UInt64) {
        for machine in [speculation.theatre.machine, plain] {
          machine.external(
            script, author: author, authorKey: key, authorSequence: number, at: milliseconds(time),
            sequence: UInt64(frame), place: place)
        }
        place += 1
      }
      if chance.one(in: 3) { order(Script(by: &chance), bob, 5, UInt64(frame)) }
      while !waiting.isEmpty, frame >= 30 || chance.one(in: 2) {
        let own = waiting.removeFirst()
        order(own.script, ada, 99, own.number)
        acknowledged = own.number
      }
      plain.advance(to: milliseconds(time))
      let lead = frame == 40 ? 0 : Int64(chance.below(60))
      take(speculation.reconcile(time, acknowledgedUpTo: acknowledged, leadTo: time + lead))
      #expect(speculation.theatre.machine.digest() == plain.digest())
    }
    #expect(speculation.prediction.unacknowledged == 0)
    #expect(speculation.prediction.view.digest() == plain.digest())
    let events = plain.drainEvents().map { "\($0.cause).\($0.ordinal)" }
    #expect(confirmed.count == events.count && events.allSatisfy { confirmed[$0] == 1 })
    #expect(Set(shown.filter { $0.value == 1 }.keys) == Set(events), "what is shown at the end is what happened")
  }
}

@Suite("Rule 24: events of stretches that are run again") struct EventReconcilerTests {
  private func event(_ cause: UInt64, _ ordinal: UInt32 = 0, time: Int64 = 0) -> Event {
    Event(time: milliseconds(time), cause: cause, ordinal: ordinal, source: .root, value: "\(cause).\(ordinal)")
  }

  @Test("24: a view that follows received frames is told what a rollback took away") func rollback() {
    let machine = Theatre(actors: 1).machine
    _ = machine.drainEvents()
    let agreed = machine.fork()
    var reconciler = EventReconciler()
    func run(_ machine: Machine<Stage>, _ script: Script, _ number: UInt64) {
      machine.external(
        script, author: bob, authorKey: 1, authorSequence: number, at: milliseconds(5), sequence: number, place: 0)
      machine.advance(to: milliseconds(5))
    }
    run(machine, Script(1, .emit(1)), 1)
    run(machine, Script(2, .emit(2)), 2)
    #expect(told(reconciler.reconcile(agreed: [], speculated: machine.drainEvents())) == ["+1", "+2"])
    // The next reflector has the second message only.
    run(agreed, Script(2, .emit(2)), 2)
    #expect(told(reconciler.reconcile(agreed: agreed.drainEvents(), speculated: [])) == ["-1", "!2"])
    #expect(told(reconciler.reconcile(agreed: [], speculated: [])) == [])
  }

  @Test("24: the place in the turn is part of the name, the time is not") func names() {
    var reconciler = EventReconciler()
    #expect(told(reconciler.reconcile(agreed: [], speculated: [event(1), event(1, 1)])) == ["+1.0", "+1.1"])
    #expect(told(reconciler.reconcile(agreed: [event(1, time: 9)], speculated: [])) == ["-1.1", "!1.0"])
    #expect(told(reconciler.reconcile(agreed: [], speculated: [event(1, 1)])) == ["+1.1"])
  }
}
