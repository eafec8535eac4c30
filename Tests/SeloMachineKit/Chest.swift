package import SeloVM

/// A node of plain memory whose messages are large.
package struct Chest: Node {
  var content: UInt64 = 0
  package var next: Ref<Chest>?

  package init() {}

  package mutating func receive(_ parcel: Parcel, _ turn: inout Turn<Chest>) throws {
    for word in parcel.words { content = mix(content &+ word) }
    if parcel.hops > 0, let next {
      turn.send(Parcel(content & 0xFF, hops: parcel.hops - 1), to: next, after: .milliseconds(content % 4 * 5))
    }
    if content % 32 == 5 { throw TurnError.rejected("full") }
    if content % 64 == 6 { turn.destroy(turn.me) }
  }
}

/// Seventy-two bytes.
package struct Parcel: Replicated, Hashable, Sendable {
  var hops: UInt64
  private var first: (UInt64, UInt64, UInt64, UInt64)
  private var second: (UInt64, UInt64, UInt64, UInt64)

  package init(_ number: UInt64, hops: UInt64) {
    self.hops = hops
    first = (number, mix(number), mix(number + 1), mix(number + 2))
    second = (mix(number + 3), mix(number + 4), mix(number + 5), ~number)
  }

  var words: [UInt64] { [hops, first.0, first.1, first.2, first.3, second.0, second.1, second.2, second.3] }

  package func write(to sink: inout some ReplicaSink) { for word in words { sink.uint64(word) } }

  package init(from reader: inout ReplicaReader) throws {
    hops = try reader.uint64()
    first = (try reader.uint64(), try reader.uint64(), try reader.uint64(), try reader.uint64())
    second = (try reader.uint64(), try reader.uint64(), try reader.uint64(), try reader.uint64())
  }

  package static func == (left: Parcel, right: Parcel) -> Bool { left.words == right.words }

  package func hash(into hasher: inout Hasher) { hasher.combine(words) }
}

extension Chest: Replicated {
  package func write(to sink: inout some ReplicaSink) {
    sink.uint64(content)
    next.write(to: &sink)
  }

  package init(from reader: inout ReplicaReader) throws {
    content = try reader.uint64()
    next = try Optional(from: &reader)
  }
}
