// The convenient default: what is Codable can be replicated, ten times slower than by hand.

extension Replicated where Self: Codable {
  /// The default for `Codable` types, through a tree of tagged values: convenient, about ten times slower than a
  /// witness written by hand.
  ///
  /// Everything that `Codable` does works, with its own limits: an optional inside an optional loses its inner nil, and
  /// a `Dictionary` or `Set` is written in an order that differs between processes: never keep one in state.
  /// A value whose `encode(to:)` throws, or that is nested deeper than 128 levels, is a mistake of the world and stops
  /// it.
  public func write(to sink: inout some ReplicaSink) {
    let slot = EncodingSlot()
    do {
      try encode(to: BinaryEncoder(slot: slot, codingPath: []))
    } catch {
      preconditionFailure("\(Self.self) can not be encoded: \(error)")
    }
    slot.value.write(to: &sink)
  }

  /// Throws ``DecodeError`` for bytes that are no values, `DecodingError` for values that are no `Self`.
  public init(from reader: inout ReplicaReader) throws {
    let value = try BinaryValue(from: &reader)
    self = try Self(from: BinaryDecoder(value: value, codingPath: []))
  }
}
