/// One field in which two worlds differ, named as people would name it.
///
///     Ball 0240b1c2d3e4f506.velocity.x: 3, not 4
///
/// Fields have the names of the stored properties; elements of arrays have their index.
public struct Difference: Hashable, Sendable, CustomStringConvertible {
  /// The node it is in; nil for messages that wait and for the world's head.
  public let node: NodeID?
  /// Type, id unless it is the root, and field: `Ball 0240b1c2d3e4f506.velocity.x`.
  public let path: String
  /// The value in the world that was asked, as text.
  public let value: String
  /// The value in the other world, as text.
  public let other: String

  public var description: String { "\(path): \(value), not \(other)" }
}

extension Frozen {
  /// In which fields this moment differs from `other`: at most `limit`, those of the root first, then nodes in the
  /// order of their columns and ids, then messages that wait, then the head. Empty exactly when both have the same
  /// digest.
  ///
  ///     for difference in mine.frozen().differences(from: theirs.frozen()) { log(difference.description) }
  ///
  /// Reflection looks only into nodes whose bytes differ, found by ``digestTree()``. O(state).
  public func differences(from other: Frozen, limit: Int = 16) -> [Difference] {
    detailedDifferences(from: other, limit: limit).map(\.difference)
  }

  /// The same with what is special about each field's type.
  func detailedDifferences(from other: Frozen, limit: Int) -> [DetailedDifference] {
    let parts = digestTree().differences(from: other.digestTree())
    var found = nodeDifferences(from: other, in: parts, limit: limit)
    for part in parts where found.count < limit {
      switch part {
      case .root, .nodes: break
      case .queue: found += queueDifferences(from: other).map { DetailedDifference($0) }
      case .head: found += headDifferences(from: other).map { DetailedDifference($0) }
      }
    }
    if found.isEmpty, !parts.isEmpty {
      found = [
        DetailedDifference(Difference(node: nil, path: "\(parts[0])", value: "\(digest())", other: "\(other.digest())"))
      ]
    }
    return Array(found.prefix(limit))
  }

  /// What reflection finds in all nodes and messages, those included whose bytes are equal. O(fields).
  func fieldDifferences(from other: Frozen, limit: Int) -> [DetailedDifference] {
    let found = nodeDifferences(from: other, in: nil, limit: limit)
    return found + (found.isEmpty ? messageDifferences(from: other, limit: limit) : [])
  }

  private func messageDifferences(from other: Frozen, limit: Int) -> [DetailedDifference] {
    var comparison = FieldComparison(limit: limit)
    for (mine, theirs) in zip(waitingMessages(), other.waitingMessages()) {
      guard mine.cause == theirs.cause, let left = mine.message, let right = theirs.message else { continue }
      comparison.compare(left, right, at: name(of: mine))
    }
    return comparison.findings.map { DetailedDifference($0, in: nil) }
  }

  /// Compares the nodes of the given parts, or all of them.
  private func nodeDifferences(from other: Frozen, in parts: [DigestTree.Part]?, limit: Int) -> [DetailedDifference] {
    NamedNode.differences(nodes(in: parts), other.nodes(in: parts), everywhere: parts == nil, limit: limit)
  }

  /// The nodes of the given parts, or all of them, ids ascending.
  private func nodes(in parts: [DigestTree.Part]?) -> [NamedNode] {
    var nodes: [NamedNode] = []
    forEachNode(where: { id in parts?.contains { $0.covers(id) } ?? true }) { id, name, node in
      nodes.append(NamedNode(id: id, typeName: name, node: node))
    }
    return nodes
  }

  private func headDifferences(from other: Frozen) -> [Difference] {
    zip(head, other.head).filter { $0.value.encoded() != $1.value.encoded() }.map { mine, theirs in
      Difference(node: nil, path: "head.\(mine.label)", value: text(of: mine.value), other: text(of: theirs.value))
    }
  }
}

/// A difference with what is special about the field's type.
struct DetailedDifference {
  let difference: Difference
  let nature: FieldComparison.Nature

  init(_ difference: Difference) {
    self.difference = difference
    nature = .plain
  }

  init(_ finding: FieldComparison.Finding, in node: NodeID?) {
    difference = Difference(node: node, path: finding.path, value: finding.left, other: finding.right)
    nature = finding.nature
  }
}

extension DigestTree.Part {
  /// Whether the node lies in this part.
  fileprivate func covers(_ id: NodeID) -> Bool {
    switch self {
    case .root: id == .root
    case .nodes(_, let first, let last): (first...last).contains(id)
    case .head, .queue: false
    }
  }
}
