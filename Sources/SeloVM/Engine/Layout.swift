/// What a chunk must know of the values it holds: their size, and how to copy and destroy them.
@usableFromInline
struct Layout: Sendable {
  @usableFromInline let stride: Int
  /// Copying the bytes copies the values, and nothing has to be done when they go.
  @usableFromInline let isPlain: Bool
  /// Copies the values of the slots in the mask to the same slots elsewhere.
  @usableFromInline let copy:
    @Sendable (_ from: UnsafeRawPointer, _ to: UnsafeMutableRawPointer, _ mask: UInt64) -> Void
  /// Destroys the values of the slots in the mask.
  @usableFromInline let destroy: @Sendable (_ values: UnsafeMutableRawPointer, _ mask: UInt64) -> Void

  @inlinable
  init<Value>(of type: Value.Type) {
    precondition(MemoryLayout<Value>.alignment <= 16, "\(type) needs an alignment above 16 bytes")
    stride = MemoryLayout<Value>.stride
    isPlain = _isPOD(type)
    copy = { source, target, mask in
      let (source, target) = (source.assumingMemoryBound(to: type), target.assumingMemoryBound(to: type))
      for slot in Slots(mask) { (target + slot).initialize(to: source[slot]) }
    }
    destroy = { values, mask in
      let values = values.assumingMemoryBound(to: type)
      for slot in Slots(mask) { (values + slot).deinitialize(count: 1) }
    }
  }
}

/// The set bits of a mask, the lowest first.
@usableFromInline
struct Slots: Sequence, IteratorProtocol {
  @usableFromInline var mask: UInt64

  @inlinable
  init(_ mask: UInt64) { self.mask = mask }

  @inlinable
  mutating func next() -> Int? {
    guard mask != 0 else { return nil }
    defer { mask &= mask &- 1 }
    return mask.trailingZeroBitCount
  }
}
