/// Reads replicated values back from bytes that may be hostile: every method throws ``DecodeError``, none traps.
public struct ReplicaReader: Sendable {
  private var reader: ByteReader

  /// Reads `bytes` from their beginning.
  public init(_ bytes: [UInt8]) { reader = ByteReader(bytes) }

  init(_ bytes: [UInt8], in range: Range<Int>) { reader = ByteReader(bytes, in: range) }

  /// How many bytes are left.
  public var remaining: Int { reader.remaining }

  /// One byte.
  public mutating func uint8() throws(DecodeError) -> UInt8 { try reader.uint8() }

  /// Two bytes, the low one first, as everywhere here.
  public mutating func uint16() throws(DecodeError) -> UInt16 { try reader.uint16() }

  /// Four bytes.
  public mutating func uint32() throws(DecodeError) -> UInt32 { try reader.uint32() }

  /// Eight bytes.
  public mutating func uint64() throws(DecodeError) -> UInt64 { try reader.uint64() }

  /// Eight bytes in two's complement.
  public mutating func int64() throws(DecodeError) -> Int64 { try reader.int64() }

  /// Eight bytes in two's complement.
  public mutating func int() throws(DecodeError) -> Int { Int(try reader.int64()) }

  /// Zero or one; anything else is refused.
  public mutating func bool() throws(DecodeError) -> Bool { try reader.bool() }

  /// A NaN that is not the one pattern is refused, so that equal values have equal bytes.
  public mutating func double() throws(DecodeError) -> Double {
    let bits = try reader.uint64()
    let value = Double(bitPattern: bits)
    guard !value.isNaN || bits == 0x7FF8 << 48 else { throw .invalid("NaN") }
    return value
  }

  /// A NaN that is not the one pattern is refused.
  public mutating func float() throws(DecodeError) -> Float {
    let bits = try reader.uint32()
    let value = Float(bitPattern: bits)
    guard !value.isNaN || bits == 0x7FC0 << 16 else { throw .invalid("NaN") }
    return value
  }

  /// Exactly `count` bytes.
  public mutating func raw(_ count: Int) throws(DecodeError) -> [UInt8] { try reader.raw(count) }

  /// Bytes behind a 32-bit length of at most `limit`.
  public mutating func data(limit: Int = .max) throws(DecodeError) -> [UInt8] { try reader.data(limit: limit) }

  /// Valid UTF-8 of at most `limit` bytes behind a 32-bit length.
  public mutating func text(limit: Int = .max) throws(DecodeError) -> String { try reader.text(limit: limit) }

  /// A count of elements that take at least `elementSize` bytes each: never more than what is left could hold.
  public mutating func count(elementSize: Int = 1, limit: Int = .max) throws(DecodeError) -> Int {
    try reader.count(limit: limit, elementSize: elementSize)
  }

  /// Everything has been read.
  public func finish() throws(DecodeError) { try reader.finish() }
}
