import SeloMachineKit
import SeloVM
import SeloWorlds
import Testing

@Suite("Rules 21–23: budgets of the world, skipped causes, letters") struct BoundaryTests {
  @Test("21: a world with too many nodes has its instants cut short, until it has fewer") func tooManyNodes() {
    var theatre = Theatre(limits: MachineLimits(nodes: 2))
    theatre.play(1, Script(1, .spawn, .spawn, .spawn, .future(4, Script(2)), .future(8, Script(3))))
    theatre.advance(6)
    #expect(theatre.failures == [.runaway])
    theatre.play(7, Script(4, .destroy(0)))
    theatre.advance(9)
    #expect(theatre.heard == [[1, 1], [7, 4], [9, 3]])
  }

  @Test("21: so has one with too many waiting messages") func tooManyMessages() {
    var theatre = Theatre(limits: MachineLimits(pendingMessages: 1))
    theatre.play(1, Script(1, .future(4, Script(2)), .future(8, Script(3)), .future(9, Script(4))))
    theatre.advance(5)
    #expect(theatre.failures == [.runaway], "two wait while the first is due")
    theatre.advance(20)
    #expect(theatre.heard == [[1, 1], [9, 3], [10, 4]])
  }

  @Test("22: a cause that all skip is consumed as a recorded failure, and all it would have led to never is")
  func skipped() throws {
    var theatre = Theatre(actors: 2)
    theatre.play(1, Script(1, .send(0, after: 4, Script(2, .spawn)), .send(1, after: 4, Script(3))))
    let ticket = theatre.machine.root.tickets[0]
    theatre.skip(ticket.cause)
    theatre.advance(10)
    #expect(theatre.heard(0).isEmpty)
    #expect(theatre.heard(1) == [[5, 3]])
    #expect(theatre.machine.failedTurns.map(\.kind) == [.skipped])
    #expect(theatre.machine.failedTurns[0].cause == ticket.cause)
    #expect(theatre.machine.failedTurns[0].target == theatre.machine.root.actors[0].id)
    let twin = try Machine<Stage>(snapshot: theatre.machine.snapshot())
    #expect(twin.digest() == theatre.machine.digest())
  }

  @Test("22: an external message can be skipped too, and the choice travels in the snapshot") func skippedExternal()
    throws
  {
    let theatre = Theatre()
    let cause = Cause.external(authorKey: 1, authorSequence: 5)
    theatre.skip(cause)
    theatre.deliver(3, sequence: 5, place: 0, Script(1))
    let twin = try Machine<Stage>(snapshot: theatre.machine.snapshot())
    theatre.advance(4)
    twin.advance(to: milliseconds(4))
    #expect(theatre.heard.isEmpty && theatre.failures == [.skipped])
    #expect(twin.digest() == theatre.machine.digest())
  }

  @Test("23: a letter is taken once, by its source and cause, whoever delivers it again") func letters() throws {
    let (sender, receiver) = (Machine<Post>(seed: 1), Machine<Post>(seed: 2))
    let reference = ReferenceMachine<Post>(seed: 2)
    for number in 1...2 as ClosedRange<UInt64> {
      sender.external(
        .write(Int(number), to: "elsewhere"), author: ada, authorKey: 1, authorSequence: number, at: .zero,
        sequence: number, place: 0)
    }
    sender.advance(to: .zero)
    let letters = sender.drainLetters()
    #expect(letters.map(\.destination) == ["elsewhere", "elsewhere"])
    #expect(letters.allSatisfy { $0.source == sender.address && $0.source != receiver.address })
    #expect(sender.drainLetters().isEmpty)
    for (sequence, letter) in (letters + letters.reversed()).enumerated() {
      receiver.letter(letter, at: milliseconds(Int64(sequence)), sequence: UInt64(sequence), place: 0)
      reference.letter(letter, at: milliseconds(Int64(sequence)), sequence: UInt64(sequence), place: 0)
    }
    receiver.advance(to: milliseconds(1))
    let twin = try Machine<Post>(snapshot: receiver.snapshot())
    for machine in [receiver, twin] { machine.advance(to: milliseconds(9)) }
    reference.advance(to: milliseconds(9))
    #expect(receiver.root.read == [1, 2])
    #expect(receiver.failedTurns.isEmpty)
    #expect(twin.snapshot() == receiver.snapshot() && reference.snapshot() == receiver.snapshot())
  }

  @Test("23: a letter that the world refuses is a failed turn; a world that takes none refuses all") func refused() {
    let letter = Letter(source: "a/1", destination: "b", cause: 7, content: (-1).encoded())
    let receiver = Machine<Post>(seed: 2)
    for sequence in 0..<2 as Range<UInt64> {
      receiver.letter(letter, at: .zero, sequence: sequence, place: 0)
    }
    receiver.advance(to: .zero)
    #expect(receiver.root.read.isEmpty && receiver.failedTurns.map(\.kind) == [.rejected])
    let counter = Machine<Counter>(seed: 1)
    counter.letter(letter, at: .zero, sequence: 0, place: 0)
    counter.advance(to: .zero)
    #expect(counter.failedTurns.map(\.kind) == [.rejected])
  }

  @Test("23: only the newest 1,024 letters are remembered") func bounded() {
    let receiver = Machine<Post>(seed: 2)
    for cause in 0..<1_100 as Range<UInt64> {
      let letter = Letter(source: "a/1", destination: "b", cause: cause, content: 1.encoded())
      receiver.letter(letter, at: .zero, sequence: cause, place: 0)
    }
    receiver.advance(to: .zero)
    let before = receiver.snapshot().count
    for cause in [50, 1_099] as [UInt64] {
      let letter = Letter(source: "a/1", destination: "b", cause: cause, content: 2.encoded())
      receiver.letter(letter, at: .zero, sequence: 2_000 + cause, place: 0)
    }
    receiver.advance(to: .zero)
    #expect(receiver.root.read.filter { $0 == 2 }.count == 1, "the old one was forgotten, the new one was not")
    #expect(receiver.snapshot().count < before + 100)
  }
}

/// A world that writes letters, and keeps what it reads in others'.
private struct Post: World, Codable {
  var read: [Int] = []

  enum Message: Replicated, Codable { case write(Int, to: String) }

  mutating func receive(_ message: Message, _ turn: inout Turn<Post>) {
    switch message {
    case .write(let number, let world): turn.post(number, toWorld: world)
    }
  }

  mutating func letter(_ letter: Letter, _ turn: inout Turn<Post>) throws {
    let number = try letter.read(as: Int.self)
    guard number >= 0 else { throw TurnError.rejected("less than nothing") }
    read.append(number)
  }
}
