/// The sink that keeps no bytes but 128 bits that depend on all of them: two lanes of 64, each a bijection of its
/// state for each word, so that nothing put in later hides an earlier difference. It detects faults, not attackers.
public struct DigestSink: ReplicaSink, Sendable {
  private var first: UInt64
  private var second: UInt64
  private var words: UInt64 = 0

  /// Hashes under different keys are unrelated.
  init(key: UInt64) {
    first = mix(key &+ 0x9E37_79B9_7F4A_7C15)
    second = mix(key ^ 0xC2B2_AE3D_27D4_EB4F)
  }

  /// See ``ReplicaSink``.
  public mutating func uint8(_ value: UInt8) { absorb(UInt64(value)) }
  public mutating func uint16(_ value: UInt16) { absorb(UInt64(value)) }
  public mutating func uint32(_ value: UInt32) { absorb(UInt64(value)) }
  public mutating func uint64(_ value: UInt64) { absorb(value) }

  /// Eight bytes a word, the last one filled up with zeros, then their number.
  public mutating func raw(_ bytes: some Collection<UInt8>) {
    if bytes.withContiguousStorageIfAvailable({ absorb(UnsafeRawBufferPointer($0)) }) != nil { return }
    Array(bytes).withUnsafeBytes { absorb($0) }
  }

  /// The 128 bits of what was written so far.
  var value: UInt128 {
    let high = mix(first &+ mix(second &+ words))
    let low = mix(second ^ mix(first ^ words))
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

  private mutating func absorb(_ word: UInt64) {
    words &+= 1
    first = rotated(first &+ word &* 0xC2B2_AE3D_27D4_EB4F, 31) &* 0x9E37_79B1_85EB_CA87
    second = rotated(second ^ word &* 0xD134_2543_DE82_EF95, 27) &* 0x94D0_49BB_1331_11EB &+ 0x52DC_E729
  }

  private func rotated(_ word: UInt64, _ count: UInt64) -> UInt64 { word << count | word >> (64 - count) }
}
