import SeloCrypto
import SeloWire
import Testing

@Suite struct ReplayWindowTests {
  /// The dumb twin: a set of all counters ever taken.
  private struct Twin {
    var taken = Set<UInt64>()
    var newest: UInt64?

    func admits(_ counter: UInt64) -> Bool {
      guard counter != .max else { return false }
      guard let newest, counter <= newest else { return true }
      return newest - counter < UInt64(Limits.replayWindow) && !taken.contains(counter)
    }

    mutating func take(_ counter: UInt64) {
      guard admits(counter) else { return }
      taken.insert(counter)
      newest = max(newest ?? 0, counter)
    }
  }

  /// Every order of four steps among the counters where something changes.
  @Test func agreesWithItsTwinInEverySmallHistory() {
    let edges: [UInt64] = [0, 1, 63, 64, 2_047, 2_048, 2_049, 2_111, 2_112, 4_224, .max - 1, .max]
    var history = [0, 0, 0, 0]
    for number in 0..<(edges.count * edges.count * edges.count * edges.count) {
      var rest = number
      for place in 0..<4 {
        history[place] = rest % edges.count
        rest /= edges.count
      }
      var window = ReplayWindow()
      var twin = Twin()
      for step in history {
        guard window.admits(edges[step]) == twin.admits(edges[step]) else {
          Issue.record("history \(history.map { edges[$0] })")
          return
        }
        window.take(edges[step])
        twin.take(edges[step])
      }
    }
  }

  @Test func agreesWithItsTwinInLongHistories() {
    var entropy = Entropy(seed: Secret([10]))
    var window = ReplayWindow()
    var twin = Twin()
    var base: UInt64 = 0
    for _ in 0..<20_000 {
      let word = entropy.uint64()
      if word % 50 == 0 { base += (word >> 8) % 5_000 }
      base += (word >> 32) % 3
      let counter = base &+ (word >> 40) % 100 &- min(base, (word >> 48) % 2_200)
      #expect(window.admits(counter) == twin.admits(counter))
      window.take(counter)
      twin.take(counter)
      #expect(!window.admits(counter))
    }
  }
}
