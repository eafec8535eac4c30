/// The sink that keeps no bytes but 128 bits that depend on all of them: two words, each a bijection of its state for
/// each word put in, so that nothing put in later hides an earlier difference. It detects faults, not attackers.
public struct DigestSink: ReplicaSink, Sendable {
  @usableFromInline var first: UInt64
  @usableFromInline var second: UInt64
  @usableFromInline var words: UInt64 = 0

  /// Hashes under different keys are unrelated.
  @inlinable
  package init(key: UInt64) {
    first = key &+ 0x9E37_79B9_7F4A_7C15
    second = Self.rotated(key, 32) ^ 0xC2B2_AE3D_27D4_EB4F
  }

  /// See ``ReplicaSink``.
  @inlinable public mutating func uint8(_ value: UInt8) { absorb(UInt64(value)) }
  @inlinable public mutating func uint16(_ value: UInt16) { absorb(UInt64(value)) }
  @inlinable public mutating func uint32(_ value: UInt32) { absorb(UInt64(value)) }
  @inlinable public mutating func uint64(_ value: UInt64) { absorb(value) }

  /// Eight bytes a word, the last one filled up with zeros, then their number.
  public mutating func raw(_ bytes: some Collection<UInt8>) {
    if bytes.withContiguousStorageIfAvailable({ absorb(UnsafeRawBufferPointer($0)) }) != nil { return }
    Array(bytes).withUnsafeBytes { absorb($0) }
  }

  /// The 128 bits of what was written so far.
  @inlinable
  package var value: UInt128 {
    let high = mix(first &+ Self.rotated(second, 23) &* 0xC2B2_AE3D_27D4_EB4F &+ words)
    let low = mix(second ^ Self.rotated(first, 41) &* 0x9E37_79B1_85EB_CA87 ^ words)
    return UInt128(high) << 64 | UInt128(low)
  }

  private mutating func absorb(_ bytes: UnsafeRawBufferPointer) {
    let wholeWords = bytes.count & ~7
    for offset in stride(from: 0, to: wholeWords, by: 8) {
      absorb(UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)))
    }
    if wholeWords < bytes.count {
      absorb(bytes[wholeWords...].reversed().reduce(0) { $0 << 8 | UInt64($1) })
    }
    absorb(UInt64(bytes.count))
  }

  @inlinable
  mutating func absorb(_ word: UInt64) {
    words &+= 1
    first = Self.rotated(first &+ word &* 0xC2B2_AE3D_27D4_EB4F, 31) &* 0x9E37_79B1_85EB_CA87
    second = Self.rotated(second ^ word &* 0xD134_2543_DE82_EF95, 27) &* 0x94D0_49BB_1331_11EB &+ 0x52DC_E729
  }

  @inlinable
  static func rotated(_ word: UInt64, _ count: UInt64) -> UInt64 { word << count | word >> (64 - count) }
}
