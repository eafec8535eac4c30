import SeloMachineKit
import SeloVM
import SeloWorlds
import Testing

@Suite("The counter") struct CounterTests {
  private func told(_ machine: Machine<Counter>, _ time: Int64, _ verb: String) throws {
    machine.external(
      try Counter.message(parsing: [verb]), author: ada, authorKey: 1, authorSequence: UInt64(time),
      at: milliseconds(time), sequence: UInt64(time), place: 0)
    machine.advance(to: milliseconds(time))
  }

  @Test("counts, loops every half second, stops") func loop() throws {
    let machine = Machine<Counter>(seed: 1)
    for (time, verb) in [(1, "increment"), (2, "increment"), (3, "decrement"), (100, "loop"), (200, "loop")] {
      try told(machine, Int64(time), verb)
    }
    #expect(machine.root.count == 1)
    machine.advance(to: milliseconds(599))
    #expect(machine.root.count == 1)
    machine.advance(to: milliseconds(10_100))
    #expect(machine.root.count == 21, "twenty steps: the second loop was none")
    try told(machine, 10_200, "stop")
    machine.advance(to: milliseconds(20_000))
    #expect(machine.root.count == 21)
    #expect(machine.nextDue == nil)
    #expect(Counter.describe(machine.frozen()).map { "\($0.path)=\($0.value)" } == ["count=21", "loop=off"])
  }

  @Test("nobody may publish a step") func stepIsInternal() {
    let machine = Machine<Counter>(seed: 1)
    machine.external(.step, author: ada, authorKey: 1, authorSequence: 1, at: .zero, sequence: 1, place: 0)
    machine.advance(to: milliseconds(1_000))
    #expect(machine.root.count == 0)
    #expect(machine.failedTurns.map(\.kind) == [.rejected])
  }
}

@Suite("The village") struct VillageTests {
  @Test("avatars come with their peers, walk and go") func avatars() throws {
    var log = WorldLog<Village>()
    log.hear(.joined(ada, name: "Ada"))
    log.hear(.joined(PeerID(1), name: "Bob"))
    log.hear(.joined(ada, name: "Ada again"))
    try log.tell("move 10 20")
    #expect(log.machine.frozen().nodeCount == 2)
    #expect(log.lines.contains("avatars/ada=Ada at 10,20"))
    log.hear(.left(ada))
    #expect(log.machine.frozen().nodeCount == 1)
    try log.tell("move 10 20")
    #expect(log.machine.failedTurns.map(\.kind) == [.rejected])
    #expect(log.machine.root.avatars.keys == [PeerID(1)])
  }

  @Test("balls bounce inside the field for ever") func balls() throws {
    var log = WorldLog<Village>()
    for _ in 0..<80 { try log.tell("ball") }
    #expect(log.machine.root.balls.count == Village.ballLimit)
    #expect(log.machine.frozen().all(Ball.self).count == Village.ballLimit)
    let before = log.machine.root.balls.map { log.machine.frozen()[$0]?.position }
    for second in 1...15 as ClosedRange<Int64> {
      log.machine.advance(to: milliseconds(second * 1_000))
      let balls = log.machine.root.balls.compactMap { log.machine.frozen()[$0] }
      #expect(balls.allSatisfy { $0.position.isInField })
    }
    #expect(log.machine.root.balls.map { log.machine.frozen()[$0]?.position } != before)
    let bounces = log.machine.drainEvents().compactMap { $0.value as? Ball.Bounce }
    #expect(bounces.count > 50)
    for _ in 0..<Village.ballLimit { try log.tell("pop") }
    log.machine.advance(to: log.machine.now + .seconds(1))
    #expect(log.machine.nextDue == nil, "what is left of the balls is nothing")
    #expect(log.machine.failedTurnCount == 0)
    try log.tell("pop")
    #expect(log.machine.failedTurns.map(\.kind) == [.rejected])
  }

  @Test("strokes are kept, up to a number") func strokes() throws {
    var log = WorldLog<Village>()
    for number in 0..<Village.strokeLimit + 3 { try log.tell("stroke \(number) 1 2 3 red") }
    #expect(log.machine.root.strokes.count == Village.strokeLimit)
    #expect(log.machine.root.strokes.first?.start.x == 3)
    #expect(log.lines.last == "strokes/511=514,1 to 2,3 red")
    try log.tell("clear")
    #expect(log.machine.root.strokes.isEmpty)
  }

  @Test("points outside of the field are refused", arguments: [Point(x: -1, y: 0), Point(x: 0, y: 600)])
  func outside(point: Point) {
    #expect(!Village.accepts(.move(point), from: ada))
    #expect(!Village.accepts(.stroke(Stroke(from: Point(x: 0, y: 0), to: point, .red)), from: ada))
  }

  @Test("every verb of the usage parses, and comes back from its bytes") func verbs() throws {
    for text in ["increment", "decrement", "move 999 599", "stroke 1 2 3 4 white", "clear", "ball", "pop"] {
      let message = try Village.message(parsing: text.split(separator: " ").map(String.init))
      #expect(try Village.Message(encoded: message.encoded()) == message)
    }
    #expect(Village.usage.count == 7)
    #expect(throws: WorldTextError.empty) { try Village.message(parsing: []) }
    #expect(throws: WorldTextError.unknownVerb("fly")) { try Village.message(parsing: ["fly"]) }
    let usage = "move <x> <y> – walks there"
    for words in [["move"], ["move", "1"], ["move", "x", "2"], ["move", "1", "-2"], ["move", "1", "2", "3"]] {
      #expect(throws: WorldTextError.wrongArguments(usage: usage)) { try Village.message(parsing: words) }
    }
  }
}

@Suite("All worlds") struct WorldsTests {
  @Test("the registry names them as their charters do", arguments: BuiltInWorld.allCases)
  func registry(world: BuiltInWorld) {
    #expect(world.world.name == world.rawValue)
    #expect(!world.world.usage.isEmpty)
  }

  @Test("they come out the same in every way to come to a state", arguments: BuiltInWorld.allCases)
  func checked(world: BuiltInWorld) throws {
    func check<W: TextualWorld>(_ world: W.Type) throws {
      try Machine<W>.checked { timeline in
        timeline.publish(.joined(ada, name: "Ada"))
        for number in 0..<24 as Range<UInt64> {
          timeline.publish(W.workload(number, author: ada), by: ada)
          timeline.advance(by: .milliseconds(40))
        }
      }
    }
    try check(world.world)
  }

  @Test("each message of a load changes the state", arguments: BuiltInWorld.allCases) func load(world: BuiltInWorld) {
    func check<W: TextualWorld>(_ type: W.Type) {
      let machine = Machine<W>(seed: 1)
      machine.presence(.joined(ada, name: "Ada"), at: .zero, sequence: 0, place: 0)
      machine.advance(to: .zero)
      for number in 0..<64 as Range<UInt64> {
        let message = W.workload(number, author: ada)
        #expect(W.accepts(message, from: ada))
        let digest = machine.digest()
        machine.external(
          message, author: ada, authorKey: 1, authorSequence: number, at: .zero, sequence: number + 1, place: 0)
        machine.advance(to: .zero)
        #expect(machine.digest() != digest)
      }
      #expect(machine.failedTurnCount == 0)
    }
    check(world.world)
  }
}
