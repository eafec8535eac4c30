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

  @Test("the score is the same in every way to come to it") func checked() throws {
    // snippet: checked
    try Machine<Score>.checked { timeline in
      for _ in 0..<20 {
        timeline.publish(.roll, by: PeerID(1))
        timeline.advance(by: .milliseconds(50))
      }
    }
    // end
  }
}
