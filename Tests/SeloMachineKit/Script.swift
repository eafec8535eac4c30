package import SeloVM

/// One message: a tag to recognise it and what to do.
package struct Script: Codable, Hashable, Sendable {
  package var tag: Int
  package var steps: [Step]

  package static let refusedTag = 666

  package init(_ tag: Int, _ steps: Step...) {
    self.tag = tag
    self.steps = steps
  }

  package init(tag: Int, steps: [Step]) {
    self.tag = tag
    self.steps = steps
  }
}

/// What a turn is told to do. Whoever is meant by an index is found among those whom the node knows.
package enum Step: Codable, Hashable, Sendable {
  case send(Int, after: UInt64, Script)
  /// To as many actors, from that index on.
  case tell(Int, from: Int, after: UInt64, Script)
  /// To the root.
  case report(after: UInt64, Script)
  case future(UInt64, Script)
  /// The same script to itself again.
  case again(UInt64)
  /// The script again without delay, that many times, but for what else goes on in it.
  case chain(Int)
  /// The ticket of that index among those the node holds, from the end.
  case cancel(Int)
  case cancelAll
  /// Cancels like `cancel`, but in one case of three.
  case falter(Int)
  case spawn
  /// That many actors, bells and chests.
  case crowd(Int)
  /// Sends to the node that was spawned last in this very turn.
  case spawnAndSend(Script)
  case destroy(Int)
  case ring(Int, after: UInt64, Stroke)
  /// As many bells, from that index on.
  case ringMany(Int, from: Int, after: UInt64, Stroke)
  case store(Int, after: UInt64, hops: UInt64)
  case emit(Int)
  case post(Int)
  case draw
  case fail
  case reject
  // Of the root only:
  case set(Int, Int)
  case raiseAll
  case tuneAll
  case count
  case introduce
  /// Each node gets to know that many others.
  case acquaint(Int)

  package struct Mishap: Error {}
}

extension Script: Replicated {
  package func write(to sink: inout some ReplicaSink) {
    sink.int(tag)
    steps.write(to: &sink)
  }

  package init(from reader: inout ReplicaReader) throws {
    tag = try reader.int()
    steps = try Array(from: &reader)
  }
}
