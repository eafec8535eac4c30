/// Links of the network that carry nothing, each in one direction.
struct Partition: Sendable {
  /// Which one it is: a later one replaces it before it heals.
  private(set) var number: UInt64 = 0
  private var size = 0
  // By source and target.
  private var cut: [Bool] = []

  func cuts(_ source: Int, _ target: Int) -> Bool { !cut.isEmpty && cut[source * size + target] }

  var isWhole: Bool { cut.isEmpty }

  mutating func heal() { cut = [] }

  /// Takes these links away, each from the first to the second.
  mutating func cut(_ links: [(Int, Int)], among peers: Int) {
    number += 1
    size = peers
    cut = Array(repeating: false, count: peers * peers)
    for (source, target) in links { set(source, target) }
  }

  /// Draws another one; `reflector` is the peer that half of them take special care of. Returns a word for it.
  mutating func split(_ peers: Int, reflector: Int?, _ chance: inout Chance) -> String {
    number += 1
    size = peers
    cut = Array(repeating: false, count: peers * peers)
    let kinds = ["halves", "thirds", "one_way", "partial", "alone", "deaf", "mute"]
    let kind = chance.pick(kinds)
    switch kind {
    case "halves": divide(chance.draw(peers, 2)) { $0 != $1 }
    case "thirds": divide(chance.draw(peers, 3)) { $0 != $1 }
    case "one_way": divide(chance.draw(peers, 2)) { $0 < $1 }
    case "partial":
      let permyriad = chance.between(1_000, 6_000)
      for source in 0..<peers {
        for target in 0..<source where chance.happens(permyriad) {
          set(source, target)
          set(target, source)
        }
      }
    default:
      // One peer that hears nobody, is heard by nobody, or both.
      let any = chance.below(peers)
      let chosen = chance.happens(5_000) ? reflector ?? any : any
      for other in 0..<peers where other != chosen {
        if kind != "mute" { set(other, chosen) }
        if kind != "deaf" { set(chosen, other) }
      }
    }
    return kind
  }

  private mutating func divide(_ groups: [Int], cuts: (Int, Int) -> Bool) {
    for source in groups.indices {
      for target in groups.indices where cuts(groups[source], groups[target]) { set(source, target) }
    }
  }

  private mutating func set(_ source: Int, _ target: Int) { cut[source * size + target] = true }
}

extension Chance {
  /// A group for each of `count`.
  fileprivate mutating func draw(_ count: Int, _ groups: Int) -> [Int] { (0..<count).map { _ in below(groups) } }
}
