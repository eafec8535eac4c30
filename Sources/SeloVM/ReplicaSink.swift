/// Where replicated values write themselves: to bytes for a snapshot, or straight into a digest without bytes.
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
  @usableFromInline var writer: ByteWriter

  /// An empty sink with room for `capacity` bytes.
  public init(reserving capacity: Int = 0) { writer = ByteWriter(reserving: capacity) }

  /// Everything written so far.
  @inlinable public var bytes: [UInt8] { writer.bytes }

  /// See ``ReplicaSink``.
  @inlinable public mutating func uint8(_ value: UInt8) { writer.uint8(value) }
  @inlinable public mutating func uint16(_ value: UInt16) { writer.uint16(value) }
  @inlinable public mutating func uint32(_ value: UInt32) { writer.uint32(value) }
  @inlinable public mutating func uint64(_ value: UInt64) { writer.uint64(value) }
  @inlinable public mutating func raw(_ bytes: some Collection<UInt8>) { writer.raw(bytes) }

  /// Forgets the content and keeps the storage.
  mutating func removeAll() { writer.removeAll() }
}
