/// Reads replicated values back from bytes that may be hostile: every method throws ``DecodeError``, none traps.
///
/// Every method is O(bytes read). Bounds are checked in one place, `word(_:)`, and in ``raw(_:)``.
public struct ReplicaReader: Sendable {
  @usableFromInline let bytes: [UInt8]
  @usableFromInline private(set) var position: Int
  @usableFromInline private(set) var end: Int

  /// Reads `bytes` from their beginning.
  public init(_ bytes: [UInt8]) { self.init(bytes, in: 0..<bytes.count) }

  /// Reads a part of `bytes`, which must lie in them.
  init(_ bytes: [UInt8], in range: Range<Int>) {
    self.bytes = bytes
    let part = range.clamped(to: 0..<bytes.count)
    position = part.lowerBound
    end = part.upperBound
  }

  /// How many bytes are left.
  @inlinable public var remaining: Int { end - position }

  /// One byte.
  @inlinable public mutating func uint8() throws(DecodeError) -> UInt8 { try word(UInt8.self) }

  /// Two bytes, the low one first, as everywhere here.
  @inlinable public mutating func uint16() throws(DecodeError) -> UInt16 { try word(UInt16.self) }

  /// Four bytes.
  @inlinable public mutating func uint32() throws(DecodeError) -> UInt32 { try word(UInt32.self) }

  /// Eight bytes.
  @inlinable public mutating func uint64() throws(DecodeError) -> UInt64 { try word(UInt64.self) }

  /// Eight bytes in two's complement.
  @inlinable public mutating func int64() throws(DecodeError) -> Int64 { Int64(bitPattern: try word(UInt64.self)) }

  /// Eight bytes in two's complement.
  @inlinable public mutating func int() throws(DecodeError) -> Int { Int(try int64()) }

  /// Zero or one; anything else is refused.
  @inlinable
  public mutating func bool() throws(DecodeError) -> Bool {
    switch try uint8() {
    case 0: return false
    case 1: return true
    default: throw .invalid("bool")
    }
  }

  /// A NaN that is not the one pattern is refused, so that equal values have equal bytes.
  @inlinable
  public mutating func double() throws(DecodeError) -> Double {
    let bits = try uint64()
    let value = Double(bitPattern: bits)
    guard !value.isNaN || bits == 0x7FF8 << 48 else { throw .invalid("NaN") }
    return value
  }

  /// A NaN that is not the one pattern is refused.
  @inlinable
  public mutating func float() throws(DecodeError) -> Float {
    let bits = try uint32()
    let value = Float(bitPattern: bits)
    guard !value.isNaN || bits == 0x7FC0 << 16 else { throw .invalid("NaN") }
    return value
  }

  /// Exactly `count` bytes.
  public mutating func raw(_ count: Int) throws(DecodeError) -> [UInt8] {
    guard count >= 0, count <= end - position else { throw .truncated }
    defer { position += count }
    return Array(bytes[position..<position + count])
  }

  /// Bytes behind a 32-bit length of at most `limit`.
  public mutating func data(limit: Int = .max) throws(DecodeError) -> [UInt8] {
    try raw(try count(limit: limit))
  }

  /// Valid UTF-8 of at most `limit` bytes behind a 32-bit length.
  public mutating func text(limit: Int = .max) throws(DecodeError) -> String {
    guard let text = String(validating: try data(limit: limit), as: UTF8.self) else { throw .invalid("text") }
    return text
  }

  /// A count of elements that take at least `elementSize` bytes each: never more than what is left could hold.
  public mutating func count(elementSize: Int = 1, limit: Int = .max) throws(DecodeError) -> Int {
    let count = Int(try uint32())
    guard count <= limit else { throw .tooLarge("count") }
    guard count <= remaining / max(elementSize, 1) else { throw .truncated }
    return count
  }

  /// Everything has been read.
  public func finish() throws(DecodeError) {
    if remaining != 0 { throw .trailing(remaining) }
  }

  @inlinable
  mutating func word<Word: FixedWidthInteger & BitwiseCopyable>(_ type: Word.Type) throws(DecodeError) -> Word {
    let size = MemoryLayout<Word>.size
    let place = position
    guard size <= end &- place else { throw .truncated }
    position = place &+ size
    return Word(littleEndian: bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: place, as: type) })
  }

  /// Reads the next `count` bytes only, until ``leave(_:)``; returns what has to be left with.
  mutating func enter(_ count: Int) throws(DecodeError) -> Int {
    guard count <= remaining else { throw .truncated }
    defer { end = position + count }
    return end
  }

  mutating func leave(_ outer: Int) { end = outer }
}
