/// Where replicated values write themselves: to bytes for a snapshot, or straight into a digest without bytes.
///
/// Every method is amortised O(bytes written).
public protocol ReplicaSink {
  /// One byte.
  mutating func uint8(_ value: UInt8)
  /// Two bytes, the low one first, as everywhere here.
  mutating func uint16(_ value: UInt16)
  /// Four bytes.
  mutating func uint32(_ value: UInt32)
  /// Eight bytes.
  mutating func uint64(_ value: UInt64)
  /// Bytes as they are, without a length: the reader has to know how many.
  mutating func raw(_ bytes: some Collection<UInt8>)
}

extension ReplicaSink {
  /// One byte, zero or one.
  @inlinable public mutating func bool(_ value: Bool) { uint8(value ? 1 : 0) }
  /// Eight bytes in two's complement.
  @inlinable public mutating func int64(_ value: Int64) { uint64(UInt64(bitPattern: value)) }
  /// Always 64 bits.
  @inlinable public mutating func int(_ value: Int) { int64(Int64(value)) }
  /// The bits of the number; every NaN is written as one pattern (VM rule 26).
  @inlinable public mutating func double(_ value: Double) { uint64(value.isNaN ? 0x7FF8 << 48 : value.bitPattern) }
  /// The bits of the number; every NaN is written as one pattern.
  @inlinable public mutating func float(_ value: Float) { uint32(value.isNaN ? 0x7FC0 << 16 : value.bitPattern) }
  /// A count of elements that follow, 32 bits. More than four thousand million is an error of the caller.
  @inlinable public mutating func count(_ value: Int) { uint32(UInt32(value)) }
  /// Bytes behind their 32-bit length.
  @inlinable public mutating func data(_ bytes: some Collection<UInt8>) {
    count(bytes.count)
    raw(bytes)
  }
  /// UTF-8 behind its 32-bit length.
  @inlinable public mutating func text(_ value: String) { data(value.utf8) }
}

/// The sink that keeps bytes, little-endian.
public struct ByteSink: ReplicaSink, Sendable {
  /// The bytes, and room behind them.
  @usableFromInline var storage: [UInt8]
  @usableFromInline private(set) var end = 0

  /// An empty sink with room for `capacity` bytes.
  public init(reserving capacity: Int = 0) { storage = Array(repeating: 0, count: max(capacity, 16)) }

  /// Everything written so far. O(bytes).
  public var bytes: [UInt8] { Array(storage[..<end]) }

  /// Everything written, without a copy; the sink is empty afterwards.
  mutating func finish() -> [UInt8] {
    var bytes: [UInt8] = []
    swap(&bytes, &storage)
    bytes.removeLast(bytes.count - end)
    end = 0
    return bytes
  }

  /// How many bytes have been written.
  @inlinable public var count: Int { end }

  /// See ``ReplicaSink``.
  @inlinable public mutating func uint8(_ value: UInt8) { put(value) }
  @inlinable public mutating func uint16(_ value: UInt16) { put(value.littleEndian) }
  @inlinable public mutating func uint32(_ value: UInt32) { put(value.littleEndian) }
  @inlinable public mutating func uint64(_ value: UInt64) { put(value.littleEndian) }

  /// See ``ReplicaSink``. O(bytes).
  @inlinable
  public mutating func raw(_ bytes: some Collection<UInt8>) {
    let count = bytes.count
    if end &+ count > storage.count { grow(by: count) }
    let place = end
    let isWhole: Void? = bytes.withContiguousStorageIfAvailable { source in
      storage.withUnsafeMutableBytes { $0[place..<place + count].copyBytes(from: source) }
    }
    if isWhole == nil { storage.replaceSubrange(place..<place + count, with: bytes) }
    end = place + count
  }

  @inlinable
  mutating func put<Word: FixedWidthInteger & BitwiseCopyable>(_ word: Word) {
    let size = MemoryLayout<Word>.size
    if end &+ size > storage.count { grow(by: size) }
    let place = end
    storage.withUnsafeMutableBytes { $0.storeBytes(of: word, toByteOffset: place, as: Word.self) }
    end = place &+ size
  }

  @usableFromInline
  mutating func grow(by count: Int) {
    storage.append(contentsOf: repeatElement(0, count: max(storage.count, count)))
  }

  /// The bytes written so far, where they lie.
  func withWritten<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    storage.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[..<end])) }
  }

  /// Room for a count of 32 bits that is not known yet; returns its place.
  @inlinable
  mutating func placeholder() -> Int {
    uint32(0)
    return end - 4
  }

  /// 64 bits over those that were written at a place.
  mutating func setLength(_ length: Int, at place: Int) {
    storage.withUnsafeMutableBytes {
      $0.storeBytes(of: UInt64(length).littleEndian, toByteOffset: place, as: UInt64.self)
    }
  }

  /// The number of bytes written since a placeholder, into it.
  @inlinable
  mutating func fill(_ place: Int) {
    let count = UInt32(end - place - 4).littleEndian
    storage.withUnsafeMutableBytes { $0.storeBytes(of: count, toByteOffset: place, as: UInt32.self) }
  }
}
