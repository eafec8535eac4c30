/// 128 bits that say whether two worlds are equal (VM rule 27): peers compare them at checkpoints.
public struct Digest: Hashable, Comparable, Sendable, CustomStringConvertible {
  private let high: UInt64
  private let low: UInt64

  package init(_ value: UInt128) {
    high = UInt64(truncatingIfNeeded: value >> 64)
    low = UInt64(truncatingIfNeeded: value)
  }

  /// The digest whose ``bytes`` these are; nil unless there are exactly sixteen.
  public init?(bytes: [UInt8]) {
    guard bytes.count == 16 else { return nil }
    self.init(bytes.reduce(0) { $0 << 8 | UInt128($1) })
  }

  /// Sixteen bytes, the highest first.
  public var bytes: [UInt8] {
    [high, low].flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - 8 * UInt64($0))) } }
  }

  /// Thirty-two hexadecimal digits.
  public var description: String { hexadecimal(high) + hexadecimal(low) }

  public static func < (left: Digest, right: Digest) -> Bool { (left.high, left.low) < (right.high, right.low) }
}

extension State {
  /// The hash of each node is keyed by its id, those of a type are summed, what waits is hashed in order, and all that
  /// again. Sums are kept with the chunks, so only nodes that were written are hashed again.
  /// O(8 · nodes written + nodes / 64 + messages that wait).
  func digest(_ program: Program) -> Digest {
    var whole = DigestSink(key: 0)
    writeHead(to: &whole, program)
    program.types[0].hashNode(root.values, &whole)
    for (column, type) in zip(columns, program.types).dropFirst() {
      let sum = column.digest(type.sumNodes)
      whole.count(column.count)
      whole.uint64(UInt64(truncatingIfNeeded: sum >> 64))
      whole.uint64(UInt64(truncatingIfNeeded: sum))
    }
    whole.count(queue.count)
    forEachStretch(of: queue.inOrder()) { type, links, chunks in program.types[type].hashMessages(chunks, links, &whole)
    }
    whole.count(externals.count)
    for external in externals.inOrder {
      external.writeHead(to: &whole)
      guard case .message(let payload) = external.content else { continue }
      program.types[0].withContent(payload, in: messages[0]) { program.types[0].hashMessage($0, &whole) }
    }
    return Digest(whole.value)
  }
}
