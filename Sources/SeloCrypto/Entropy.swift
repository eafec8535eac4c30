/// All chance of a core: a deterministic stream from one seed, so that a simulator replays every key and nonce.
///
/// Block i is KDF(seed, "entropy", i ‖ j). After each draw the seed is replaced by KDF(seed, "entropy/next", i) and the
/// old one zeroed: who reads a peer's memory learns nothing it drew before, and old traffic stays closed.
/// A copy draws the same bytes again; a peer keeps exactly one.
package struct Entropy: Equatable, Sendable {
  private var seed: Secret
  private var draws: UInt64 = 0

  /// `seed` has 32 bytes; the shell takes it from the system, the simulator from its own seed.
  package init(seed: Secret) { self.seed = seed }

  /// Public bytes: nonces, indices, cookies.
  package mutating func bytes(_ count: Int) -> [UInt8] {
    var drawn: [UInt8] = []
    drawn.reserveCapacity(count)
    var block: UInt64 = 0
    while drawn.count < count {
      let size = min(64, count - drawn.count)
      drawn += Hashing.authenticate(seed, "entropy", position(block), count: size)
      block &+= 1
    }
    advance()
    return drawn
  }

  /// A secret of 1…64 bytes that never lies in ordinary memory.
  package mutating func secret(_ count: Int) -> Secret {
    let drawn = Hashing.derive(seed, "entropy", position(0), count: min(max(count, 1), 64))
    advance()
    return drawn
  }

  package mutating func uint64() -> UInt64 {
    bytes(8).reduce(0) { word, byte in word << 8 | UInt64(byte) }
  }

  package mutating func uint32() -> UInt32 { UInt32(truncatingIfNeeded: uint64()) }

  private func position(_ block: UInt64) -> [UInt8] {
    [draws, block].flatMap { word in
      stride(from: UInt64(0), to: 64, by: 8).map { UInt8(truncatingIfNeeded: word >> $0) }
    }
  }

  private mutating func advance() {
    seed = Hashing.derive(seed, "entropy/next", position(0))
    draws &+= 1
  }
}
