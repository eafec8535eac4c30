import SeloVM
import SeloWorlds
import Testing

@Suite("The painter") struct PainterTests {
  private let bo = PeerID(0xb0)

  private func canvas() throws -> WorldLog<Painter> {
    var log = WorldLog<Painter>()
    log.hear(.joined(ada, name: "Ada"))
    log.hear(.joined(bo, name: "Bo"))
    try log.tell("colour red")
    try log.tell("move 10 10")
    return log
  }

  @Test("lines go from cursor to cursor in the cursor's colour") func lines() throws {
    var log = try canvas()
    try log.tell("line 20 10")
    try log.tell("colour blue")
    try log.tell("line 20 30")
    #expect(log.lines.suffix(3) == ["marks=2", "marks/0=10,10 to 20,10 red", "marks/1=20,10 to 20,30 blue"])
    #expect(log.lines.contains("cursors/ada=Ada at 20,30"))
    #expect(log.machine.failedTurnCount == 0)
  }

  @Test("everybody undoes their own lines only") func undo() throws {
    var log = try canvas()
    try log.tell("line 20 10")
    try log.tell("line 500 500", author: bo)
    try log.tell("undo")
    #expect(log.machine.root.marks.map(\.painter) == [bo])
    #expect(log.machine.root.cursors[ada]?.position == Point(x: 10, y: 10), "the pen is back where the line began")
    try log.tell("undo")
    #expect(log.machine.failedTurns.map(\.kind) == [.rejected])
    try log.tell("clear")
    #expect(log.machine.root.marks.isEmpty)
  }

  @Test("a cursor goes with its peer, its lines stay") func presence() throws {
    var log = try canvas()
    try log.tell("line 20 10")
    log.hear(.joined(ada, name: "Ada again"))
    #expect(log.machine.root.cursors[ada]?.name == "Ada")
    log.hear(.left(ada))
    #expect(log.machine.root.cursors.keys == [bo])
    #expect(log.machine.root.marks.count == 1)
    try log.tell("line 30 10")
    #expect(log.machine.failedTurns.map(\.kind) == [.rejected])
  }

  @Test("marks are kept, up to a number") func limit() throws {
    var log = try canvas()
    for number in 0..<Painter.markLimit + 3 { log.hand(.line(to: Point(x: Int32(number % 1_000), y: 1))) }
    #expect(log.machine.root.marks.count == Painter.markLimit)
    #expect(log.machine.root.marks.first?.stroke.end.x == 3)
  }

  @Test("what is outside of the field, or not meant for it, is refused") func refused() throws {
    #expect(!Painter.accepts(.line(to: Point(x: 1_000, y: 0)), from: ada))
    #expect(!Painter.accepts(.move(Point(x: 0, y: -1)), from: ada))
    for text in ["colour mauve", "line 1", "undo 3", "move 1 600"] {
      #expect(throws: WorldTextError.self) { try Painter.message(parsing: text.split(separator: " ").map(String.init)) }
    }
    #expect(throws: DecodeError.self) { try Painter.Message(encoded: [5]) }
    #expect(throws: DecodeError.self) { try Painter.Message(encoded: [2, 8]) }
  }
}
