/// Why bytes were refused. Bytes from the network never trap; they end here, in one of these cases.
public enum DecodeError: Error, Equatable, Sendable {
  /// The bytes ended before the value did.
  case truncated
  /// The value ended before the bytes did.
  case trailing(Int)
  /// A field holds a value that its type does not have; the text names the field.
  case invalid(StaticText)
  /// A count or length is above its limit, or above what the remaining bytes could hold.
  case tooLarge(StaticText)
}

/// A text known at compile time, so that an error costs no allocation and can name its field.
public struct StaticText: Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
  /// The text.
  public let description: String

  public init(stringLiteral value: String) {
    description = value
  }
}

/// Reads little-endian values from bytes, front to back.
///
/// The one place where the bounds of received bytes are checked is ``take(_:)``; everything else is built on it.
/// All widths stay `UIntN`, so that no conversion can overflow. Every method is O(bytes read).
public struct ByteReader: Sendable {
  @usableFromInline let bytes: [UInt8]
  @usableFromInline let end: Int
  /// How many bytes of the underlying array lie before the next one to be read.
  public private(set) var position: Int

  /// A reader at the first of these bytes.
  public init(_ bytes: [UInt8]) {
    self.bytes = bytes
    position = 0
    end = bytes.count
  }

  /// Reads only the part of `bytes` that `range` names; a range outside of the bytes reads as empty.
  public init(_ bytes: [UInt8], in range: Range<Int>) {
    self.bytes = bytes
    let whole = 0..<bytes.count
    let part = range.clamped(to: whole)
    position = part.lowerBound
    end = part.upperBound
  }

  /// How many bytes are left.
  public var remaining: Int { end - position }

  /// Moves past `count` bytes and returns where they lie: the only check of bounds.
  public mutating func take(_ count: Int) throws(DecodeError) -> Range<Int> {
    guard count >= 0, count <= end - position else { throw .truncated }
    let range = position..<(position + count)
    position = range.upperBound
    return range
  }

  /// Everything has been read; otherwise the sender and we do not speak the same format.
  public func finish() throws(DecodeError) {
    if remaining > 0 { throw .trailing(remaining) }
  }

  /// One byte.
  public mutating func uint8() throws(DecodeError) -> UInt8 {
    let range = try take(1)
    return bytes[range.lowerBound]
  }

  /// An integer of two bytes, the low one first.
  public mutating func uint16() throws(DecodeError) -> UInt16 { try integer() }

  /// An integer of four bytes.
  public mutating func uint32() throws(DecodeError) -> UInt32 { try integer() }

  /// An integer of eight bytes.
  public mutating func uint64() throws(DecodeError) -> UInt64 { try integer() }

  /// Eight bytes in two's complement.
  public mutating func int64() throws(DecodeError) -> Int64 { Int64(bitPattern: try integer()) }

  /// One byte that is 0 or 1; anything else is refused, so that equal values have equal bytes.
  public mutating func bool() throws(DecodeError) -> Bool {
    switch try uint8() {
    case 0: return false
    case 1: return true
    default: throw .invalid("bool")
    }
  }

  /// Exactly `count` bytes. O(count).
  public mutating func raw(_ count: Int) throws(DecodeError) -> [UInt8] {
    let range = try take(count)
    return Array(bytes[range])
  }

  /// Bytes behind a 32-bit length, refused above `limit` before anything is reserved. O(length).
  public mutating func data(limit: Int) throws(DecodeError) -> [UInt8] {
    let length = try count(limit: limit, elementSize: 1)
    return try raw(length)
  }

  /// Text behind a 32-bit length: valid UTF-8, at most `limit` bytes. O(length).
  public mutating func text(limit: Int) throws(DecodeError) -> String {
    let length = try count(limit: limit, elementSize: 1)
    let range = try take(length)
    guard let text = String(validating: bytes[range], as: UTF8.self) else { throw .invalid("text") }
    return text
  }

  /// A 32-bit count of elements of at least `elementSize` bytes each: at most `limit`, and at most what is left.
  public mutating func count(limit: Int, elementSize: Int) throws(DecodeError) -> Int {
    let count = Int(try uint32())
    guard count <= limit else { throw .tooLarge("count") }
    guard count <= remaining / max(elementSize, 1) else { throw .truncated }
    return count
  }

  /// Everything that is left. O(its length).
  public mutating func rest() -> [UInt8] {
    let range = position..<end
    position = end
    return Array(bytes[range])
  }

  /// The bytes from `start`, an earlier ``position``, up to here: what a signature or hash covers.
  package func consumed(since start: Int) -> ArraySlice<UInt8> {
    bytes[min(max(start, 0), position)..<position]
  }

  private mutating func integer<Word: FixedWidthInteger>() throws(DecodeError) -> Word {
    let range = try take(MemoryLayout<Word>.size)
    return bytes.withUnsafeBytes { buffer in
      Word(littleEndian: buffer.loadUnaligned(fromByteOffset: range.lowerBound, as: Word.self))
    }
  }
}
