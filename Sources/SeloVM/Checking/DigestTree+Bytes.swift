/// A digest tree as it travels to another peer:
///
///     size  name      meaning
///     64    digests   of the whole, the head, the root, the queue (16 each)
///     …     columns   count (1), then name as text, nodes (8), bits (1), and 2^bits sums (16 each)
extension DigestTree: Replicated {
  public func write(to sink: inout some ReplicaSink) {
    for digest in [digest, head, root, queue] { sink.raw(digest.bytes) }
    sink.uint8(UInt8(columns.count))
    for column in columns {
      sink.text(column.name)
      sink.uint64(UInt64(column.count))
      sink.uint8(UInt8(column.sums.count.trailingZeroBitCount))
      for sum in column.sums { sink.raw(Digest(sum).bytes) }
    }
  }

  /// Refuses what no world has; which world it is of is for the reader to know. O(bytes).
  public init(from reader: inout ReplicaReader) throws {
    digest = try Digest(from: &reader)
    head = try Digest(from: &reader)
    root = try Digest(from: &reader)
    queue = try Digest(from: &reader)
    var columns: [Column] = []
    for _ in 0..<(try reader.uint8()) { columns.append(try Column(from: &reader)) }
    self.columns = columns
  }
}

extension DigestTree.Column {
  fileprivate init(from reader: inout ReplicaReader) throws {
    name = try reader.text(limit: 1_024)
    guard let count = Int(exactly: try reader.uint64()) else { throw DecodeError.tooLarge("nodes") }
    self.count = count
    let bits = try reader.uint8()
    guard bits == Self.bits(for: count), reader.remaining / 16 >= 1 << Int(bits) else {
      throw DecodeError.invalid("ranges")
    }
    sums = try (0..<(1 << Int(bits))).map { _ in try reader.raw(16).reduce(0) { $0 << 8 | UInt128($1) } }
  }
}

extension Digest {
  fileprivate init(from reader: inout ReplicaReader) throws {
    self.init(try reader.raw(16).reduce(0) { $0 << 8 | UInt128($1) })
  }
}
