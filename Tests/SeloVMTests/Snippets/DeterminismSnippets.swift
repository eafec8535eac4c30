import SeloVM
import Testing

// The code of the article "Determinism: the checklist".

@Suite("Determinism: the checklist") struct DeterminismSnippets {
  // snippet: score
  struct Score: World, Codable {
    var points = Table<PeerID, Int>()

    enum Message: Replicated, Codable, Sendable { case roll }

    mutating func receive(_ message: Message, _ turn: inout Turn<Score>) throws {
      guard let author = turn.author else { return }
      points[author, default: 0] += turn.random.int(in: 1...6)
    }
  }
  // end

  // snippet: ranking
  static func ranking(_ score: Score) -> [PeerID] {
    let lines = score.points.map { (peer: $0.key, points: $0.value) }
    let sorted = lines.sorted { ($0.points, $0.peer) > ($1.points, $1.peer) }
    return sorted.map(\.peer)
  }
  // end

  @Test("equal points are told apart by the peer") func ties() {
    var score = Score()
    for (peer, points) in [(3, 5), (1, 5), (2, 9)] { score.points[PeerID(UInt64(peer))] = points }
    #expect(Self.ranking(score) == [PeerID(2), PeerID(3), PeerID(1)])
  }

  // snippet: judge
  /// Whether a world comes out the same when it runs on, on a fork, and from its own snapshot.
  static func agrees<W: World>(_ type: W.Type, on messages: [W.Message]) throws -> Bool {
    let machine = Machine<W>(seed: 7)
    for (number, message) in messages.enumerated() {
      let runs = [machine.fork(), try Machine<W>(snapshot: machine.snapshot()), machine]
      for run in runs {
        let time = run.now + .milliseconds(20)
        run.external(
          message, author: PeerID(1), authorKey: 1, authorSequence: UInt64(number), at: time, sequence: UInt64(number),
          place: 0)
        run.advance(to: time)
      }
      guard Set(runs.map { $0.digest() }).count == 1 else { return false }
    }
    return true
  }
  // end

  @Test("agreement is found, and its lack") func agreement() throws {
    // snippet: agreement
    let messages = [Score.Message](repeating: .roll, count: 100)
    #expect(try Self.agrees(Score.self, on: messages))
    // end
    #expect(try !Self.agrees(Fickle.self, on: [.roll]))
  }

  /// A world that asks somebody else.
  private struct Fickle: World, Codable {
    var points = 0
    enum Message: Replicated, Codable, Sendable { case roll }
    mutating func receive(_ message: Message, _ turn: inout Turn<Fickle>) throws { points = .random(in: 0...(.max)) }
  }
}
