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
    let lefts = nodes(in: parts)
    let rights = other.nodes(in: parts)
    var found: [DetailedDifference] = []
    var (left, right) = (0, 0)
    while found.count < limit, left < lefts.count || right < rights.count {
      let mine = left < lefts.count ? lefts[left] : nil
      let theirs = right < rights.count ? rights[right] : nil
      if let mine, let theirs, mine.id == theirs.id {
        found += Self.compare(mine, theirs, everywhere: parts == nil, limit: limit - found.count)
        left += 1
        right += 1
      } else if let mine, theirs.map({ mine.id < $0.id }) ?? true {
        found.append(DetailedDifference(mine.difference(value: text(of: mine.node), other: "nothing")))
        left += 1
      } else if let theirs {
        found.append(DetailedDifference(theirs.difference(value: "nothing", other: text(of: theirs.node))))
        right += 1
      }
    }
    return found
  }

  private static func compare(
    _ left: NamedNode, _ right: NamedNode, everywhere: Bool, limit: Int
  ) -> [DetailedDifference] {
    guard everywhere || left.node.encoded() != right.node.encoded() else { return [] }
    var comparison = FieldComparison(limit: limit)
    comparison.compare(left.node, right.node, at: left.path)
    return comparison.findings.map { DetailedDifference($0, in: left.id) }
  }

  /// The nodes of the given parts, or all of them, ids ascending.
  private func nodes(in parts: [DigestTree.Part]?) -> [NamedNode] {
    var nodes: [NamedNode] = []
    forEachNode { id, name, node in
      let isAsked = parts?.contains { $0.covers(id) } ?? true
      if isAsked { nodes.append(NamedNode(id: id, typeName: name, node: node)) }
    }
    return nodes
  }

  private func headDifferences(from other: Frozen) -> [Difference] {
    zip(head, other.head).filter { $0.value.encoded() != $1.value.encoded() }.map { mine, theirs in
      Difference(node: nil, path: "head.\(mine.label)", value: text(of: mine.value), other: text(of: theirs.value))
    }
  }
}

/// A node with what names it.
private struct NamedNode {
  let id: NodeID
  let typeName: String
  let node: any Node

  var path: String { id == .root ? typeName : "\(typeName) \(id)" }

  func difference(value: String, other: String) -> Difference {
    Difference(node: id, path: path, value: value, other: other)
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
