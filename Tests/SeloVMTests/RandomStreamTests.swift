import Testing

@testable import SeloVM

/// Rule 18: what turns draw is fair, at the edges, too, and the same everywhere.
@Suite("18: chance in turns") struct RandomStreamTests {
  /// What one message draws.
  private func draws(_ experiment: Lottery.Message, seed: UInt64 = 7) -> [Int] {
    let machine = Machine<Lottery>(seed: seed)
    machine.external(experiment, author: ada, authorKey: 1, authorSequence: 1, at: .zero, sequence: 1, place: 0)
    machine.advance(to: .zero)
    return machine.root.drawn
  }

  /// Whether each of so many outcomes came nearly as often as the others: five deviations of a fair binomial.
  private func isFair(_ outcomes: [Int], among count: Int) -> Bool {
    var counts = Array(repeating: 0, count: count)
    for outcome in outcomes { counts[outcome] += 1 }
    let mean = outcomes.count / count
    var reach = 1
    while reach * reach < 25 * mean { reach += 1 }
    return counts.allSatisfy { (mean - reach...mean + reach).contains($0) }
  }

  @Test("18: every number of a range is equally likely", arguments: [0, -3, Int.min, Int.max - 5])
  func ranges(lowest: Int) {
    for width in 1...6 {
      let closed = draws(.closed(lowest, lowest + (width - 1), 6_000))
      #expect(isFair(closed.map { $0 - lowest }, among: width))
      guard lowest < Int.max - 5 else { continue }
      #expect(closed == draws(.open(lowest, lowest + width, 6_000)), "the same draws for the same numbers")
    }
  }

  @Test("18: a range of no power of two gives no number more than its share") func wideRanges() {
    // Three quarters of all integers: without redrawing, each third one would come twice as often.
    let wide = draws(.open(Int.min, 1 << 62, 9_000))
    #expect(isFair(wide.map { Int(($0 &- Int.min).magnitude % 3) }, among: 3))
    #expect(isFair(wide.map { $0 < -1 << 62 ? 0 : $0 < 0 ? 1 : 2 }, among: 3))
    let all = draws(.closed(Int.min, Int.max, 8_000))
    #expect(isFair(all.map { ($0 >> 61) + 4 }, among: 8))
    #expect(Set(all).count == all.count)
    #expect(isFair(draws(.open(Int.min, Int.max, 8_000)).map { ($0 >> 61) + 4 }, among: 8))
  }

  @Test("18: double01 is even from zero up to one, in steps of 2⁻⁵³") func unit() {
    let units = draws(.unit(16_000)).map { Double(bitPattern: UInt64($0)) }
    #expect(units.allSatisfy { $0 >= 0 && $0 < 1 })
    #expect(isFair(units.map { Int($0 * 16) }, among: 16))
    #expect(isFair(units.map { Int($0 * 0x1p53) & 1 }, among: 2), "the last step, too")
  }

  @Test("18: bool is a fair coin") func coin() {
    let tosses = draws(.coin(10_000))
    #expect(isFair(tosses, among: 2))
    #expect(isFair(zip(tosses, tosses.dropFirst()).map { $0 * 2 + $1 }, among: 4), "and remembers nothing")
  }

  @Test("18: every order of a shuffle is equally likely") func shuffles() {
    let orders = draws(.shuffle(4, 24_000))
    let ranks = stride(from: 0, to: orders.count, by: 4).map { start in
      orders[start..<start + 4].reduce(0) { $0 * 4 + $1 }
    }
    let numbers = Dictionary(uniqueKeysWithValues: Set(ranks).sorted().enumerated().map { ($1, $0) })
    #expect(numbers.count == 24)
    #expect(isFair(ranks.compactMap { numbers[$0] }, among: 24))
    #expect(draws(.shuffle(1, 3)) == [0, 0, 0])
    #expect(draws(.shuffle(0, 3)) == [])
  }

  @Test("18: every element is equally likely to be picked, of a slice, too; of nothing there is none")
  func picks() {
    #expect(isFair(draws(.pick(10, 15, 5_000)).map { $0 - 10 }, among: 5))
    #expect(draws(.pick(10, 11, 3)) == [10, 10, 10])
    #expect(draws(.pick(10, 10, 3)) == [-1, -1, -1])
  }

  @Test("18: the same draws everywhere") func golden() {
    let wide = [-1_344_202_521_736_903_935, 443_563_274_306_681_571, 4_535_301_530_344_168_780]
    let units = ["3fe23967d246f2ab", "3fe65bf9bdc6be3f", "3fefd2c573bee884"]
    #expect(draws(.closed(1, 6, 12)) == [4, 5, 6, 2, 1, 2, 3, 5, 5, 3, 4, 1])
    #expect(draws(.open(Int.min, 1 << 62, 3)) == wide)
    #expect(draws(.unit(3)).map { String($0, radix: 16) } == units)
    #expect(draws(.coin(12)) == [1, 1, 1, 0, 0, 0, 0, 1, 1, 0, 1, 0])
    #expect(draws(.shuffle(10, 1)) == [9, 3, 2, 4, 8, 0, 1, 7, 6, 5])
    #expect(draws(.pick(0, 100, 8)) == [56, 69, 99, 17, 5, 30, 45, 68])
  }
}

/// A world that notes what it draws.
struct Lottery: World, Codable {
  var drawn: [Int] = []

  enum Message: Replicated, Codable {
    case closed(Int, Int, Int)
    case open(Int, Int, Int)
    case unit(Int)
    case coin(Int)
    case shuffle(Int, Int)
    case pick(Int, Int, Int)
  }

  mutating func receive(_ message: Message, _ turn: inout Turn<Lottery>) {
    let random = turn.random
    switch message {
    case .closed(let low, let high, let count): drawn = (0..<count).map { _ in random.int(in: low...high) }
    case .open(let low, let high, let count): drawn = (0..<count).map { _ in random.int(in: low..<high) }
    case .unit(let count): drawn = (0..<count).map { _ in Int(random.double01().bitPattern) }
    case .coin(let count): drawn = (0..<count).map { _ in random.bool() ? 1 : 0 }
    case .shuffle(let size, let times):
      for _ in 0..<times {
        var deck = Array(0..<size)
        random.shuffle(&deck)
        drawn += deck
      }
    case .pick(let low, let high, let count):
      let slice = Array(0..<100)[low..<high]
      drawn = (0..<count).map { _ in random.pick(from: slice) ?? -1 }
    }
  }
}
