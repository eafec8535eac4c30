/// All chance of a simulation, from its seed: SplitMix64 (Steele, Lea, Flood 2014).
struct Chance: Sendable {
  private var state: UInt64

  init(seed: UInt64) { state = seed &+ 0x9e37_79b9_7f4a_7c15 }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var word = state
    word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
    word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
    return word ^ (word >> 31)
  }

  /// Uniform below `bound`, which is above 0 (Lemire's multiplication; the bias is below 2^-32 for what we draw).
  mutating func below(_ bound: UInt64) -> UInt64 { next().multipliedFullWidth(by: bound).high }

  mutating func between(_ low: UInt64, _ high: UInt64) -> UInt64 { low + below(high - low + 1) }

  /// True in `permyriad` of ten thousand cases.
  mutating func happens(_ permyriad: UInt64) -> Bool { permyriad > 0 && below(10_000) < permyriad }

  mutating func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) } }
}
