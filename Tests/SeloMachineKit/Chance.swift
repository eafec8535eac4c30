/// All chance of a test, drawn from its seed (SplitMix64): the same seed, the same run, everywhere.
package struct Chance: Equatable, Sendable {
  private var state: UInt64

  package init(seed: UInt64) { state = seed }

  package mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }

  /// A number from 0 up to, without, `limit`; 0 when the limit is 0.
  package mutating func below(_ limit: UInt64) -> UInt64 {
    limit == 0 ? 0 : next() % limit
  }

  package mutating func below(_ limit: Int) -> Int { Int(below(UInt64(max(limit, 0)))) }

  package mutating func one(in limit: Int) -> Bool { below(limit) == 0 }

  package mutating func byte() -> UInt8 { UInt8(truncatingIfNeeded: next()) }

  /// True in `thousandths` of a thousand cases.
  package mutating func happens(_ thousandths: UInt64) -> Bool { below(1_000) < thousandths }

  package mutating func pick<Element>(_ choices: [Element]) -> Element { choices[below(choices.count)] }
}
