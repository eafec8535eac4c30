/// 128 bits that say whether two worlds are equal (VM rule 27): peers compare them at checkpoints.
public struct Digest: Hashable, Comparable, Sendable, CustomStringConvertible {
  private let high: UInt64
  private let low: UInt64

  init(_ value: UInt128) {
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
  /// The hash of each node is keyed by its id, those of a type are summed, the queue is hashed in order, and all that
  /// again: a machine may keep the sums up to date instead of computing them anew. O(state).
  func digest(_ program: Program) -> Digest {
    var whole = DigestSink(key: 0)
    whole.uint64(seed)
    whole.uint64(limits.messagesPerInstant)
    whole.uint32(limits.zeroDelayDepth)
    whole.int64(now.nanoseconds)
    whole.uint64(messagesThisInstant)
    whole.uint64(nextSequence)
    failedTurns.write(to: &whole)
    program.types[0].digestNode(root, &whole)
    for typeIndex in program.types.indices.dropFirst() {
      let (count, sum) = column(typeIndex, program.types[typeIndex])
      whole.uint64(count)
      whole.uint64(UInt64(truncatingIfNeeded: sum >> 64))
      whole.uint64(UInt64(truncatingIfNeeded: sum))
    }
    whole.count(queue.count)
    queue.forEach { message in
      message.writeHead(to: &whole)
      if case .message(let cell) = message.content {
        program.types[message.target.typeIndex].digestMessage(cell, &whole)
      }
    }
    return Digest(whole.value)
  }

  private func column(_ typeIndex: Int, _ operations: Operations) -> (count: UInt64, sum: UInt128) {
    var count: UInt64 = 0
    var sum: UInt128 = 0
    nodes.forEach(ofType: typeIndex) { id, cell in
      var sink = DigestSink(key: id.value)
      operations.digestNode(cell, &sink)
      count += 1
      sum &+= sink.value
    }
    return (count, sum)
  }
}
