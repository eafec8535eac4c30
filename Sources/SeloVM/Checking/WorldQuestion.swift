/// What one peer asks another about its world at one moment, to find out in what the two differ: first how its digest
/// falls into parts, then which nodes of the parts that differ are not the same, then what is in those.
///
///     size  name      meaning
///     1     kind      0 tree, 1 nodes, 2 contents
///           nodes     count (4), then first and last id of each range (8 each)
///           contents  root, queue, head (1 each: is it asked for?), count (4), ids (8 each)
package enum WorldQuestion: Hashable, Sendable {
  /// The ``DigestTree``.
  case tree
  /// The ids in these ranges, each with the hash of its node.
  case nodes([ClosedRange<NodeID>])
  /// The bytes of what differs.
  case contents(Contents)

  package struct Contents: Hashable, Sendable {
    var root = false
    var queue = false
    var head = false
    var nodes: [NodeID] = []
  }

  /// Ranges of one question: of about 64 nodes each.
  static let ranges = 16
  /// Nodes whose contents one question asks for.
  static let contents = 16
  /// Bytes of an encoded question.
  package static let bytes = 5 + 16 * ranges
  /// Bytes of an answer.
  package static let answerBytes = 60 * 1_024
  /// A world with more nodes than this, or more messages that wait, answers nothing: to look through it would take the
  /// event loop longer than a tick.
  static let size = 65_536
}

extension WorldQuestion: Replicated {
  package func write(to sink: inout some ReplicaSink) {
    switch self {
    case .tree: sink.uint8(0)
    case .nodes(let ranges):
      sink.uint8(1)
      sink.count(ranges.count)
      for range in ranges {
        range.lowerBound.write(to: &sink)
        range.upperBound.write(to: &sink)
      }
    case .contents(let contents):
      sink.uint8(2)
      for isAsked in [contents.root, contents.queue, contents.head] { sink.bool(isAsked) }
      contents.nodes.write(to: &sink)
    }
  }

  package init(from reader: inout ReplicaReader) throws {
    switch try reader.uint8() {
    case 0: self = .tree
    case 1:
      var ranges: [ClosedRange<NodeID>] = []
      for _ in 0..<(try reader.count(elementSize: 16, limit: Self.ranges)) {
        let (first, last) = (try NodeID(from: &reader), try NodeID(from: &reader))
        guard first <= last else { throw DecodeError.invalid("range") }
        ranges.append(first...last)
      }
      self = .nodes(ranges)
    case 2:
      var contents = Contents()
      contents.root = try reader.bool()
      contents.queue = try reader.bool()
      contents.head = try reader.bool()
      for _ in 0..<(try reader.count(elementSize: 8, limit: Self.contents)) {
        contents.nodes.append(try NodeID(from: &reader))
      }
      self = .contents(contents)
    default: throw DecodeError.invalid("question")
    }
  }
}
