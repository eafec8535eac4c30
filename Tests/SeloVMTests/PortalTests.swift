import SeloVM
import SeloWorlds
import Testing

@Suite("Portals") struct PortalTests {
  /// Two portals and a host that carries letters between them.
  private struct House {
    private(set) var worlds = [Machine<Portal>(seed: 1), Machine<Portal>(seed: 2)]
    private var sequence: UInt64 = 0
    /// Every letter so often.
    var copies = 1

    func address(_ world: Int) -> String { worlds[world].address }

    mutating func tell(_ world: Int, _ words: String) throws {
      sequence += 1
      let machine = worlds[world]
      machine.external(
        encoded: try Portal.message(parsing: words.split(separator: " ").map(String.init)).encoded(), author: ada,
        authorKey: 1, authorSequence: sequence, at: machine.now, sequence: sequence, place: 0)
      machine.advance(to: machine.now)
      carry()
    }

    mutating func rest(_ delay: Delay) {
      for machine in worlds { machine.advance(to: machine.now + delay) }
      carry()
    }

    /// Letters that letters bring forth are carried too.
    mutating func carry() {
      var isQuiet = false
      while !isQuiet {
        isQuiet = true
        for letter in worlds.flatMap({ $0.drainLetters() }) {
          isQuiet = false
          for machine in worlds where machine.address == letter.destination {
            for _ in 0..<copies { deliver(letter, to: machine) }
          }
        }
      }
    }

    mutating func deliver(_ letter: Letter, to machine: Machine<Portal>) {
      sequence += 1
      machine.letter(letter, at: machine.now, sequence: sequence, place: 0)
      machine.advance(to: machine.now)
    }
  }

  private func stroke(_ number: Int32) -> Stroke {
    Stroke(from: Point(x: number, y: 1), to: Point(x: 3, y: 4), .red)
  }

  @Test("a window shows the other world, and what changes there", arguments: [1, 3]) func window(copies: Int) throws {
    var house = House()
    house.copies = copies
    try house.tell(1, "paint 1 1 3 4 red")
    try house.tell(0, "open \(house.address(1))")
    #expect(house.worlds[0].root.windows[house.address(1)]?.strokes == [stroke(1)])
    #expect(house.worlds[1].root.watchers.keys == [house.address(0)])
    try house.tell(1, "paint 2 1 3 4 red")
    try house.tell(1, "paint 3 1 3 4 red")
    #expect(house.worlds[0].root.windows[house.address(1)]?.strokes.count == 1, "changes are shown together")
    house.rest(Portal.period)
    #expect(house.worlds[0].root.windows[house.address(1)]?.strokes == [stroke(1), stroke(2), stroke(3)])
    #expect(house.worlds.allSatisfy { $0.nextDue == nil })
  }

  @Test("a hand reaches through, once for each letter", arguments: [1, 3]) func reach(copies: Int) throws {
    var house = House()
    house.copies = copies
    try house.tell(0, "open \(house.address(1))")
    try house.tell(0, "reach \(house.address(1)) 7 1 3 4 red")
    #expect(house.worlds[1].root.strokes == [stroke(7)])
    house.rest(Portal.period)
    #expect(house.worlds[0].root.windows[house.address(1)]?.strokes == [stroke(7)], "seen where it came from")
    #expect(house.worlds[0].root.strokes.isEmpty)
  }

  @Test("two worlds may look into each other") func mirror() throws {
    var house = House()
    try house.tell(0, "open \(house.address(1))")
    try house.tell(1, "open \(house.address(0))")
    try house.tell(0, "paint 1 1 3 4 red")
    house.rest(Portal.period)
    #expect(house.worlds[1].root.windows[house.address(0)]?.strokes == [stroke(1)])
    house.rest(.seconds(10))
    #expect(house.worlds.allSatisfy { $0.nextDue == nil && $0.failedTurnCount == 0 }, "no echo")
  }

  @Test("a closed window shows nothing and lets nothing through") func closing() throws {
    var house = House()
    try house.tell(0, "open \(house.address(1))")
    try house.tell(0, "close \(house.address(1))")
    #expect(house.worlds[1].root.watchers.isEmpty)
    try house.tell(0, "reach \(house.address(1)) 7 1 3 4 red")
    #expect(house.worlds[0].failedTurns.map(\.kind) == [.rejected])
    let stranger = Letter(
      source: "stranger", destination: house.address(1), cause: 1, content: Portal.Word.stroke(stroke(7)).encoded())
    house.deliver(stranger, to: house.worlds[1])
    #expect(house.worlds[1].root.strokes.isEmpty)
    #expect(house.worlds[1].failedTurns.map(\.kind) == [.rejected], "only those who look in may paint")
  }

  @Test("an old picture does not cover a newer one") func order() throws {
    var house = House()
    try house.tell(0, "open elsewhere")
    for (cause, edition) in [(1, 5), (2, 4)] as [(UInt64, UInt64)] {
      var sink = ByteSink()
      sink.uint8(2)
      sink.uint64(edition)
      [stroke(Int32(edition))].write(to: &sink)
      let letter = Letter(source: "elsewhere", destination: house.address(0), cause: cause, content: sink.bytes)
      house.deliver(letter, to: house.worlds[0])
    }
    #expect(house.worlds[0].root.windows["elsewhere"]?.strokes == [stroke(5)])
  }

  @Test(
    "letters of nonsense are failed turns", arguments: [[], [9], [3, 0], [2, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 0, 0]])
  func nonsense(content: [UInt8]) {
    var house = House()
    house.deliver(Letter(source: "x", destination: "y", cause: 1, content: content), to: house.worlds[0])
    #expect(house.worlds[0].failedTurns.map(\.kind) == [.threw])
  }

  @Test("windows survive a snapshot") func snapshot() throws {
    var house = House()
    try house.tell(0, "open \(house.address(1))")
    try house.tell(1, "paint 1 1 3 4 red")
    let twin = try Machine<Portal>(snapshot: house.worlds[1].snapshot())
    twin.advance(to: twin.now + Portal.period)
    #expect(twin.drainLetters().map(\.destination) == [house.address(0)])
    #expect(twin.address == house.address(1))
  }

  @Test("what is no address is refused", arguments: ["", "two words", "\u{1B}[2J", String(repeating: "a", count: 101)])
  func addresses(text: String) {
    #expect(!Portal.accepts(.open(text), from: ada))
    #expect(!Portal.accepts(.show, from: ada))
  }
}
