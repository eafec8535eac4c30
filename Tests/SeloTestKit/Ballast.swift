package import SeloVM

/// A world of a few hundred kilobytes, for those who want to see a snapshot under way. They lie in stones that nobody
/// touches, so that its digest costs little.
package struct Ballast: World {
  package private(set) var count: UInt32 = 0

  package struct Message: Replicated, Sendable {
    package init() {}
    package func write(to sink: inout some ReplicaSink) {}
    package init(from reader: inout ReplicaReader) throws {}
  }

  package static var nodes: [any Node.Type] { [Stone.self] }

  package init() {}

  package mutating func start(_ turn: inout Turn<Ballast>) {
    for number in 0..<UInt8(75) { _ = turn.spawn(Stone(number)) }
  }

  package mutating func receive(_ message: Message, _ turn: inout Turn<Ballast>) throws { count &+= 1 }

  package func write(to sink: inout some ReplicaSink) { sink.uint32(count) }

  package init(from reader: inout ReplicaReader) throws { count = try reader.uint32() }
}

/// Four thousand bytes.
package struct Stone: Node {
  private let bytes: [UInt8]

  package init(_ number: UInt8) { bytes = (0..<4_000).map { UInt8(truncatingIfNeeded: $0 * 151 / 16) &+ number } }

  package mutating func receive(_ message: Ballast.Message, _ turn: inout Turn<Stone>) throws {}

  package func write(to sink: inout some ReplicaSink) { sink.data(bytes) }

  package init(from reader: inout ReplicaReader) throws { bytes = try reader.data(limit: 4_000) }
}
