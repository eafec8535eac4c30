import SeloMachineKit
import SeloWorlds
import Testing

@testable import SeloVM

/// Worlds on two machines: what asking finds is what holding both finds.
@Suite("Rule 28: where two worlds differ that lie on two machines") struct WorldComparisonTests {
  /// Asks until nothing is left to ask; questions and answers travel as bytes.
  private func ask<W: World>(_ mine: Frozen<W>, _ theirs: Frozen<W>) throws -> (found: [Difference], questions: Int) {
    var comparison = WorldComparison(of: mine, with: theirs.digest())
    var questions = 0
    while let question = comparison.question {
      questions += 1
      let bytes = question.encoded()
      #expect(bytes.count <= WorldQuestion.bytes)
      let answer = try #require(theirs.answer(try WorldQuestion(encoded: bytes)))
      #expect(answer.count <= WorldQuestion.answerBytes)
      try comparison.take(answer)
    }
    return (comparison.differences, questions)
  }

  @Test("28: one node of three hundred is found by three questions") func oneNode() throws {
    var mine = Theatre(actors: 300)
    var theirs = Theatre(actors: 300)
    mine.play(1, Script(1, .set(7, 41)))
    theirs.play(1, Script(1, .set(7, 42)))
    let ref = mine.machine.root.actors[7]
    let (found, questions) = try ask(mine.machine.frozen(), theirs.machine.frozen())
    #expect(found.map(\.description) == ["Actor \(ref.id).number: 41, not 42"])
    #expect(questions == 3)
  }

  @Test("28: asking finds what holding both worlds finds", arguments: 0..<30 as Range<UInt64>)
  func findsTheSame(seed: UInt64) throws {
    let mine = RandomLog(seed: seed, frames: 12, messages: 300).played().frozen()
    let theirs = RandomLog(seed: seed / 2 * 2 + 1, frames: 12, messages: 300).played().frozen()
    let both = mine.differences(from: theirs)
    let asked = try ask(mine, theirs).found
    if both.count < 16 {
      #expect(asked == both)
    } else {
      #expect(asked.count == 16)
      #expect(asked.first == both.first)
    }
    let same = try ask(mine, mine)
    #expect(same.found.isEmpty && same.questions == 1)
  }

  @Test("28: nodes and messages that only one has") func onlyOne() throws {
    var mine = Theatre(actors: 3)
    var theirs = Theatre(actors: 3)
    let gone = mine.machine.root.actors[1]
    mine.play(1, Script(1, .destroy(1)))
    theirs.play(1, Script(1, .emit(1)))
    #expect(try ask(mine.machine.frozen(), theirs.machine.frozen()).found.map(\.path) == ["Actor \(gone.id)"])
    theirs.play(1, Script(1, .send(0, after: 20, Script(5))))
    let found = try ask(theirs.machine.frozen(), mine.machine.frozen()).found
    #expect(found.contains { $0.path.hasPrefix("message to Actor") && $0.other == "nothing" })
  }

  @Test("28: what is too large to be sent is named all the same") func tooLarge() throws {
    func chat(_ words: String) -> Machine<Bulky> {
      let machine = Machine<Bulky>(seed: 1)
      machine.external(
        encoded: Bulky.Message(words: words).encoded(), author: PeerID(1), authorKey: 1, authorSequence: 1, at: .zero,
        sequence: 1, place: 0)
      machine.advance(to: .zero)
      return machine
    }
    let mine = chat("small")
    let theirs = chat(String(repeating: "x", count: 100_000))
    let found = try ask(mine.frozen(), theirs.frozen()).found
    #expect(found.map(\.path) == ["Bulky"])
    #expect(found.map(\.other) == ["too large to be sent"])
  }

  @Test("28: answers may be hostile") func hostileAnswers() throws {
    var mine = Theatre(actors: 200)
    var theirs = Theatre(actors: 200)
    mine.play(1, Script(1, .set(7, 41)))
    theirs.play(1, Script(1, .send(0, after: 20, Script(5))))
    let (left, right) = (mine.machine.frozen(), theirs.machine.frozen())
    var comparison = WorldComparison(of: left, with: right.digest())
    var chance = Chance(seed: 9)
    while let question = comparison.question {
      let answer = try #require(right.answer(question))
      for length in stride(from: 0, to: answer.count, by: 5) {
        #expect(throws: (any Error).self) {
          var copy = comparison
          try copy.take(Array(answer[..<length]))
        }
      }
      for _ in 0..<60 {
        var changed = answer
        changed[chance.below(answer.count)] ^= 1 << (chance.byte() & 7)
        var copy = comparison
        _ = try? copy.take(changed)
      }
      try comparison.take(answer)
    }
    var stranger = WorldComparison(of: left, with: left.digest())
    #expect(throws: (any Error).self) { try stranger.take(right.answer(.tree) ?? []) }
  }

  @Test("28: questions may be hostile") func hostileQuestions() throws {
    let world = Theatre(actors: 30).machine.frozen()
    let ids = world.all(Actor.self).map(\.id)
    var contents = WorldQuestion.Contents()
    contents.root = true
    contents.head = true
    contents.nodes = Array(ids.prefix(9))
    var chance = Chance(seed: 11)
    for question in [.tree, .nodes([ids[0]...ids[9], ids[4]...ids[29]]), .contents(contents)] as [WorldQuestion] {
      let bytes = question.encoded()
      #expect(try WorldQuestion(encoded: bytes) == question)
      for length in bytes.indices {
        #expect(throws: (any Error).self) { try WorldQuestion(encoded: Array(bytes[..<length])) }
      }
      for _ in 0..<500 {
        var changed = bytes
        changed[chance.below(bytes.count)] ^= 1 << (chance.byte() & 7)
        guard let other = try? WorldQuestion(encoded: changed) else { continue }
        #expect(other.encoded() == changed)
        _ = world.answer(other)
      }
    }
  }
}

private struct Bulky: World, Codable {
  var words = ""

  struct Message: Replicated, Codable, Sendable {
    let words: String
  }

  mutating func receive(_ message: Message, _ turn: inout Turn<Bulky>) throws { words = message.words }
}
