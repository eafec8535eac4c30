/// Writes little-endian values to the end of a byte array; ``ByteReader`` reads them back.
///
/// Every method is amortised O(bytes written). Lengths travel as 32 bits; the limits of `Limits` keep them far below.
public struct ByteWriter: Sendable {
  /// Everything written so far.
  public private(set) var bytes: [UInt8]

  /// An empty writer with room for `capacity` bytes.
  public init(reserving capacity: Int = 0) {
    bytes = []
    bytes.reserveCapacity(capacity)
  }

  /// Bytes written so far.
  public var count: Int { bytes.count }

  /// One byte.
  public mutating func uint8(_ value: UInt8) { bytes.append(value) }

  /// Two bytes, the low one first.
  public mutating func uint16(_ value: UInt16) { integer(value) }

  /// Four bytes.
  public mutating func uint32(_ value: UInt32) { integer(value) }

  /// Eight bytes.
  public mutating func uint64(_ value: UInt64) { integer(value) }

  /// Eight bytes in two's complement.
  public mutating func int64(_ value: Int64) { integer(UInt64(bitPattern: value)) }

  /// One byte, 0 or 1.
  public mutating func bool(_ value: Bool) { bytes.append(value ? 1 : 0) }

  /// Bytes as they are, without a length.
  public mutating func raw(_ data: some Collection<UInt8>) { bytes.append(contentsOf: data) }

  /// Bytes behind their 32-bit length.
  public mutating func data(_ data: some Collection<UInt8>) {
    count(data.count)
    bytes.append(contentsOf: data)
  }

  /// UTF-8 text behind its 32-bit length.
  public mutating func text(_ text: String) { data(text.utf8) }

  /// A 32-bit count of elements.
  public mutating func count(_ count: Int) { integer(UInt32(truncatingIfNeeded: count)) }

  /// Forgets the content and keeps the storage.
  public mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

  private mutating func integer<Word: FixedWidthInteger>(_ value: Word) {
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }
}
