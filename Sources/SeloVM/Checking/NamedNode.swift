/// A node with what names it.
struct NamedNode {
  let id: NodeID
  let typeName: String
  let node: any Node

  var path: String { id == .root ? typeName : "\(typeName) \(id)" }

  /// How the nodes of two worlds differ, both lists by ascending id. Fields of nodes whose bytes are equal are compared
  /// only when everything is to be.
  static func differences(
    _ lefts: [NamedNode], _ rights: [NamedNode], everywhere: Bool, limit: Int
  ) -> [DetailedDifference] {
    var found: [DetailedDifference] = []
    var (left, right) = (0, 0)
    while found.count < limit, left < lefts.count || right < rights.count {
      let mine = left < lefts.count ? lefts[left] : nil
      let theirs = right < rights.count ? rights[right] : nil
      if let mine, let theirs, mine.id == theirs.id {
        found += mine.compare(with: theirs, everywhere: everywhere, limit: limit - found.count)
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

  private func compare(with other: NamedNode, everywhere: Bool, limit: Int) -> [DetailedDifference] {
    guard everywhere || node.encoded() != other.node.encoded() else { return [] }
    var comparison = FieldComparison(limit: limit)
    comparison.compare(node, other.node, at: path)
    return comparison.findings.map { DetailedDifference($0, in: id) }
  }

  private func difference(value: String, other: String) -> Difference {
    Difference(node: id, path: path, value: value, other: other)
  }
}
