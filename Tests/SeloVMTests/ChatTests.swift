import SeloVM
import SeloWorlds
import Testing

@Suite("The chat") struct ChatTests {
  private func room() -> WorldLog<Chat> {
    var log = WorldLog<Chat>()
    log.hear(.joined(ada, name: "Ada"))
    return log
  }

  @Test("lines are heard in the order of the log, with those who come and go") func lines() throws {
    var log = room()
    log.hear(.joined(PeerID(0xb0), name: "Bo"))
    try log.tell("say good morning")
    try log.tell("say hello Ada", author: PeerID(0xb0))
    log.hear(.left(PeerID(0xb0)))
    #expect(
      log.machine.root.lines.map(\.sentence) == [
        "Ada came", "Bo came", "Ada: good morning", "Bo: hello Ada", "Bo left",
      ])
    #expect(log.machine.drainEvents().compactMap { $0.value as? Chat.Line } == log.machine.root.lines)
    #expect(log.machine.frozen().nodeCount == 1)
    try log.tell("say is anybody there", author: PeerID(0xb0))
    #expect(log.machine.failedTurns.map(\.kind) == [.rejected])
  }

  @Test("a visitor sleeps after five silent minutes, and a word wakes it") func sleep() throws {
    var log = room()
    log.rest(.seconds(200))
    try log.tell("say still here")
    log.rest(.seconds(299))
    #expect(log.lines.first?.hasSuffix("asleep") == false, "the word at 200 s put the nap off")
    log.rest(.seconds(1))
    #expect(log.lines.first?.hasSuffix("asleep") == true)
    #expect(log.machine.nextDue == nil)
    try log.tell("walk 10 20")
    #expect(log.lines.first == "people/ada=Ada at 10,20")
  }

  @Test("whoever leaves takes the nap along") func leaving() {
    var log = room()
    log.hear(.left(ada))
    log.rest(.seconds(400))
    #expect(log.machine.frozen().nodeCount == 0)
    #expect(log.machine.failedTurnCount == 0)
  }

  @Test("lines are kept, up to a number") func limit() {
    var log = room()
    for number in 0..<Chat.lineLimit { log.hand(.say("\(number)")) }
    #expect(log.machine.root.lines.count == Chat.lineLimit)
    #expect(log.machine.root.lines.first?.sentence == "Ada: 0")
  }

  @Test(
    "lines are lines",
    arguments: ["", "two\nlines", "\u{1B}[2J", "del\u{7F}", "\u{9B}2J", String(repeating: "ä", count: 251)])
  func refused(text: String) {
    #expect(!Chat.accepts(.say(text), from: ada))
    var log = room()
    log.hand(.say(text))
    #expect(log.machine.failedTurns.map(\.kind) == [.refused])
  }

  @Test("words of all languages pass") func accepted() {
    #expect(Chat.accepts(.say("grüß dich, 世界 👋"), from: ada))
    #expect(!Chat.accepts(.walk(Point(x: 0, y: 600)), from: ada))
  }
}
