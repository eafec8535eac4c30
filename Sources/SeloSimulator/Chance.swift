/// A stream of chance from a seed: SplitMix64 (Steele, Lea, Flood 2014).
struct Chance: Sendable {
  private var state: UInt64

  init(seed: UInt64) { state = seed &+ 0x9e37_79b9_7f4a_7c15 }

  /// One of many streams of a seed, each independent of what is drawn from the others.
  init(seed: UInt64, stream: UInt64) {
    var mixed = Chance(seed: seed ^ (stream &+ 1) &* 0xd6e8_feb8_6659_fd93)
    self.init(seed: mixed.next())
  }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var word = state
    word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
    word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
    return word ^ (word >> 31)
  }

  /// Uniform below `bound`, which is above 0 (Lemire's multiplication; the bias is below 2^-32 for what we draw).
  mutating func below(_ bound: UInt64) -> UInt64 { next().multipliedFullWidth(by: bound).high }

  mutating func below(_ bound: Int) -> Int { Int(below(UInt64(bound))) }

  mutating func between(_ low: UInt64, _ high: UInt64) -> UInt64 { low + below(high - low + 1) }

  /// One of `choices`, which are not empty.
  mutating func pick<Choice>(_ choices: [Choice]) -> Choice { choices[below(choices.count)] }

  /// True in `permyriad` of ten thousand cases.
  mutating func happens(_ permyriad: UInt64) -> Bool { permyriad > 0 && below(10_000) < permyriad }

  mutating func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) } }
}

/// All chance of a simulation. Each concern draws from a stream of its own, so that a simulation without one fault
/// meets the others as before, as far as what happens is still the same: that lets a failing seed be shrunk.
struct Chances: Sendable {
  var entropy: Chance
  var workload: Chance
  var processes: Chance
  var loss: Chance
  var duplication: Chance
  var reordering: Chance
  var delay: Chance
  var crash: Chance
  var pause: Chance
  var partition: Chance
  var clock: Chance
  var starvation: Chance
  var slowness: Chance
  var lies: Chance

  init(seed: UInt64) {
    entropy = Chance(seed: seed, stream: 0)
    workload = Chance(seed: seed, stream: 1)
    processes = Chance(seed: seed, stream: 2)
    loss = Chance(seed: seed, stream: 3)
    duplication = Chance(seed: seed, stream: 4)
    reordering = Chance(seed: seed, stream: 5)
    delay = Chance(seed: seed, stream: 6)
    crash = Chance(seed: seed, stream: 7)
    pause = Chance(seed: seed, stream: 8)
    partition = Chance(seed: seed, stream: 9)
    clock = Chance(seed: seed, stream: 10)
    starvation = Chance(seed: seed, stream: 11)
    slowness = Chance(seed: seed, stream: 12)
    lies = Chance(seed: seed, stream: 13)
  }
}
