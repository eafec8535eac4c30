/// 128 bits that tell values apart within one process: two of Swift's hashers, begun differently.
///
/// Fingerprints are not the same in another process. Within one, that any two of ten million values have the same is
/// less likely than one in 10²⁴, if the hasher is as good as its design.
struct Fingerprint: Hashable, Sendable {
  private(set) var left: UInt64
  private(set) var right: UInt64

  static let zero = Fingerprint(left: 0, right: 0)

  private init(left: UInt64, right: UInt64) {
    self.left = left
    self.right = right
  }

  init(_ feed: (inout Hasher) -> Void) {
    var one = Hasher()
    var other = Hasher()
    one.combine(0 as UInt8)
    other.combine(1 as UInt8)
    feed(&one)
    feed(&other)
    self.init(
      left: UInt64(truncatingIfNeeded: one.finalize()), right: UInt64(truncatingIfNeeded: other.finalize()))
  }

  /// The sum of fingerprints is that of a bag of values, in whatever order they are added.
  mutating func add(_ other: Fingerprint) {
    left &+= other.left
    right &+= other.right
  }

  mutating func remove(_ other: Fingerprint) {
    left &-= other.left
    right &-= other.right
  }
}
