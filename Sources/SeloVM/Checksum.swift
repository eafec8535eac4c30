/// The checksum of a snapshot: 128 bits in four streams of words, as fast as memory. It finds accidents, not attackers.
package enum Checksum {
  private static let factors: [UInt64] = [
    0x9E37_79B1_85EB_CA87, 0xC2B2_AE3D_27D4_EB4F, 0xD134_2543_DE82_EF95, 0x94D0_49BB_1331_11EB,
  ]

  /// O(bytes).
  package static func of(_ bytes: UnsafeRawBufferPointer) -> UInt128 {
    var (a, b, c, d) = (factors[0], factors[1], factors[2], factors[3])
    let whole = bytes.count & ~31
    for offset in stride(from: 0, to: whole, by: 32) {
      a = step(a, bytes, offset)
      b = step(b, bytes, offset + 8)
      c = step(c, bytes, offset + 16)
      d = step(d, bytes, offset + 24)
    }
    var sink = DigestSink(key: UInt64(bytes.count))
    for word in [a, b, c, d] { sink.uint64(word) }
    for byte in bytes[whole...] { sink.uint8(byte) }
    return sink.value
  }

  private static func step(_ state: UInt64, _ bytes: UnsafeRawBufferPointer, _ offset: Int) -> UInt64 {
    let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    let sum = state ^ word &* 0xC2B2_AE3D_27D4_EB4F
    return (sum << 29 | sum >> 35) &* 0x9E37_79B1_85EB_CA87 &+ 0x52DC_E729
  }
}
