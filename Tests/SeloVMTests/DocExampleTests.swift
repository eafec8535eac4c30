import SeloVM
import SeloWorlds
import Testing

/// The examples of the doc comments, as they stand there.
@Suite("Examples of the docs") struct DocExampleTests {
  @Test("Timeline") func timeline() throws {
    var timeline = Timeline<Counter>(seed: 1)
    timeline.publish(.increment, by: ada)
    timeline.advance(by: .milliseconds(50))  // tick 1
    timeline.publish(.increment, by: ada)
    timeline.advance(by: .milliseconds(50))  // tick 2
    #expect(try timeline.seek(to: 1).root.count == 1)
    #expect(timeline.latest.root.count == 2)
  }

  @Test("Machine.checked") func checked() throws {
    try Machine<Counter>.checked { timeline in
      timeline.publish(.loop, by: ada)
      for _ in 0..<100 { timeline.advance(by: .milliseconds(50)) }
    }
  }

  @Test("Machine.selfTest") func selfTest() throws {
    try Machine<Counter>.selfTest()
  }

  @Test("DigestTree, Difference") func differences() {
    let machine = Machine<Counter>(seed: 1)
    let other = Machine<Counter>(seed: 1)
    other.external(.increment, author: ada, authorKey: 7, authorSequence: 1, at: .zero, sequence: 1, place: 0)
    other.advance(to: .zero)
    let theirs = other.digestTree()
    let mine = machine.digestTree()
    var log: [String] = []
    for part in mine.differences(from: theirs) { log.append(part.description) }
    for difference in machine.frozen().differences(from: other.frozen()) { log.append(difference.description) }
    #expect(log == ["root", "Counter.count: 0, not 1"])
  }

  @Test("Prediction, EventReconciler") func prediction() {
    let machine = Machine<Counter>(seed: 1)
    var prediction = Prediction(of: machine.frozen(), author: ada, authorKey: 7)
    prediction.publish(.increment, authorSequence: 1)
    #expect(prediction.view.root.count == 1)
    let changes = prediction.reconcile(
      with: machine.frozen(), agreed: machine.drainEvents(), acknowledgedUpTo: 0, leadTo: machine.now + .seconds(1))
    #expect(changes.isEmpty && prediction.view.root.count == 1)
    var reconciler = EventReconciler()
    #expect(reconciler.reconcile(agreed: machine.drainEvents(), speculated: []).isEmpty)
  }
}
