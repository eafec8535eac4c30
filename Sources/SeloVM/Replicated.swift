/// A value that every peer must hold alike: it can be written as bytes or hashed, and read back.
///
/// Two laws: equal values write the same, and what is written reads back as an equal value. Write every field in a
/// fixed order. For a `Codable` type there is a default that is about ten times slower; name both protocols to have it:
///
///     struct Ball: Node, Codable { … }
///
/// A witness written by hand wins over the default:
///
///     func write(to sink: inout some ReplicaSink) { sink.int(x); sink.int(y) }
///     init(from reader: inout ReplicaReader) throws { x = try reader.int(); y = try reader.int() }
///
/// Never keep a `Dictionary` or `Set` in replicated state: their order differs between processes and even between
/// decoded twins in one process. Use ``Table``.
public protocol Replicated {
  /// Writes the value; must not depend on anything but the value. O(size).
  func write(to sink: inout some ReplicaSink)

  /// Reads what ``write(to:)`` wrote. The bytes may be hostile: throw, never trap.
  init(from reader: inout ReplicaReader) throws
}

extension Replicated {
  /// The value as bytes, as it travels in envelopes and lies in snapshots. O(size).
  public func encoded() -> [UInt8] {
    var sink = ByteSink()
    write(to: &sink)
    return sink.bytes
  }

  /// The value whose bytes these are, all of them. Throws ``DecodeError`` or what the type itself throws. O(bytes).
  public init(encoded bytes: [UInt8]) throws {
    var reader = ReplicaReader(bytes)
    self = try Self(from: &reader)
    try reader.finish()
  }
}
