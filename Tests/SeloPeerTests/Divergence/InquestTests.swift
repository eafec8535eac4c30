import SeloMachineKit
import SeloTestKit
import SeloVM
import SeloWire
import Testing

@testable import SeloPeer

/// Asking others what they computed: loss, silence, refusal and nonsense cost time, never more than is allowed.
@Suite struct InquestTests {
  private static func world(_ watered: [Int]) -> Frozen<Orchard> {
    let machine = Machine<Orchard>(seed: 1)
    for (place, message) in ([.plant(200)] + watered.map { .water($0) } as [Orchard.Message]).enumerated() {
      machine.external(
        encoded: message.encoded(), author: PeerID(1), authorKey: 1, authorSequence: UInt64(place + 1), at: .zero,
        sequence: 1, place: UInt32(place))
    }
    machine.advance(to: .zero + .milliseconds(1))
    return machine.frozen()
  }

  private let mine = world([3])
  private let theirs = world([3, 3, 77])
  private let start = Instant(nanoseconds: 5_000_000_000)

  private func inquest(_ others: [Author], with world: Frozen<Orchard>? = nil) -> Inquest<Orchard> {
    let digest = Bytes16((world ?? theirs).digest().bytes)
    let evidence = Evidence(
      sequence: 9, own: Bytes16(mine.digest().bytes), other: digest, snapshot: [], before: nil, frames: [])
    let names = others.enumerated().map { Inquest<Orchard>.Other(author: $1, name: "other \($0)", digest: digest) }
    return Inquest(evidence, mine: mine, others: names, at: start)
  }

  /// Lets it ask until it is over; returns how long that took and how many questions it sent.
  private func run(
    _ inquest: inout Inquest<Orchard>, _ answer: (Packet, Author, Instant) -> [Packet]
  ) -> (took: Delay, questions: Int) {
    var now = start
    var questions = 0
    while !inquest.isOver(at: now) {
      if let (packet, author) = inquest.question(at: now) {
        questions += 1
        for case .answer(let name, let index, let count, let bytes) in answer(packet, author, now) {
          inquest.take(name, index, of: count, bytes, from: author, at: now)
        }
      }
      now = max(now + .microseconds(1), inquest.deadline ?? now)
    }
    return (now.since(start), questions)
  }

  private func pieces(
    _ packet: Packet, _ answers: inout Answers, of world: Frozen<Orchard>?, _ now: Instant
  ) -> [Packet] {
    guard case .question(let name, let bytes, let mask) = packet else { return [] }
    return (try? answers.pieces(name, bytes, mask, in: world, at: now)) ?? []
  }

  @Test func threeQuestionsNameEveryField() {
    var inquest = inquest([.fixture(1)])
    var answers = Answers()
    let (_, questions) = run(&inquest) { packet, _, now in pieces(packet, &answers, of: theirs, now) }
    #expect(questions == 3)
    let trees = mine.root.trees
    let names = [trees[3], trees[77]].sorted().map { "Tree \($0.id).apples" }
    #expect(inquest.evidence.differences.map(\.path) == names)
    #expect(inquest.evidence.comparedWith == "other 0")
  }

  @Test(arguments: 0..<20 as Range<UInt64>) func lossCostsTimeOnly(seed: UInt64) {
    var chance = Chance(seed: seed)
    var inquest = inquest([.fixture(1), .fixture(2)])
    var answers = Answers()
    let (took, _) = run(&inquest) { packet, _, now in
      chance.happens(300) ? [] : pieces(packet, &answers, of: theirs, now).filter { _ in !chance.happens(300) }
    }
    #expect(inquest.evidence.differences.count == 2)
    #expect(took <= Limits.inquestPatience)
  }

  @Test func whoDoesNotAnswerIsLeftForTheNext() {
    var inquest = inquest([.fixture(1), .fixture(2), .fixture(3)])
    var answers = Answers()
    let (took, _) = run(&inquest) { packet, author, now in
      switch author {
      case .fixture(1): []
      // It does not hold that checkpoint any more.
      case .fixture(2): pieces(packet, &answers, of: nil, now)
      default: pieces(packet, &answers, of: theirs, now)
      }
    }
    #expect(inquest.evidence.comparedWith == "other 2")
    #expect(inquest.evidence.differences.count == 2)
    #expect(took < .milliseconds(500))
  }

  @Test func whoSpeaksOfAnotherWorldIsNotHeard() {
    var inquest = inquest([.fixture(1), .fixture(2)])
    let (took, questions) = run(&inquest) { packet, author, now in
      var answers = Answers()
      return author == .fixture(1) ? pieces(packet, &answers, of: Self.world([9]), now) : []
    }
    #expect(inquest.evidence.comparedWith == nil)
    #expect(inquest.evidence.differences.isEmpty)
    #expect(took >= Limits.inquestPatience)
    #expect(questions < 60)
  }

  @Test func withoutAnAnswerItEndsInTime() {
    var inquest = inquest([.fixture(1)])
    let (took, questions) = run(&inquest) { _, _, _ in [] }
    #expect(took >= Limits.inquestPatience && took < .milliseconds(1_501))
    #expect((20...40).contains(questions))
    #expect(inquest.evidence.comparedWith == nil)
    let lonely = self.inquest([])
    #expect(lonely.isOver(at: start))
  }

  @Test func answersAreFewAndRepeatedOnesCostNothing() throws {
    var answers = Answers()
    func ask(_ first: UInt64, at now: Instant) throws -> Int {
      let range = NodeID(first)...NodeID(.max)
      let name = Question(sequence: 9, number: 1)
      return try answers.pieces(name, WorldQuestion.nodes([range]).encoded(), .max, in: theirs, at: now).count
    }
    var answered = 0
    for first in 0..<100 as Range<UInt64> { answered += try ask(first, at: start) > 0 ? 1 : 0 }
    #expect(answered == Limits.answersPerSecond)
    #expect(try ask(UInt64(Limits.answersPerSecond - 1), at: start) > 0, "it is kept")
    #expect(try ask(99, at: start + .seconds(1)) > 0)
    #expect(throws: (any Error).self) {
      try answers.pieces(Question(sequence: 9, number: 1), [9], .max, in: theirs, at: start)
    }
  }
}
