/// Compares two values field by field, by what Swift's reflection tells of them: stored properties, elements, cases.
///
/// It says more than their bytes do: a field that `write(to:)` forgets, the bits of a NaN, the order of a set. Types
/// that hide their fields (`CustomReflectable`) are compared by what they show and by their bytes.
struct FieldComparison {
  /// One field that is not the same.
  struct Finding {
    let path: String
    let left: String
    let right: String
    let nature: Nature
  }

  /// What is special about the type of a field.
  enum Nature {
    case plain
    /// A Dictionary or Set, or inside of one.
    case unordered
    /// A class, or inside of one.
    case reference
    /// At least one side is not a number.
    case notANumber
  }

  /// Findings to stop at.
  let limit: Int
  private(set) var findings: [Finding] = []
  /// The objects that have been compared: they may form rings.
  private var seen: Set<ObjectIdentifier> = []

  /// Values nested deeper are not looked into.
  private static let depthLimit = 48

  init(limit: Int) { self.limit = limit }

  /// Adds what differs between two values that stand at `path`.
  mutating func compare(_ left: Any, _ right: Any, at path: String) {
    compare(left, right, at: path, nature: .plain, depth: 0)
  }

  private mutating func compare(_ left: Any, _ right: Any, at path: String, nature: Nature, depth: Int) {
    guard findings.count < limit, depth < Self.depthLimit else { return }
    let before = findings.count
    let mirrors = (Mirror(reflecting: left), Mirror(reflecting: right))
    if mirrors.0.displayStyle == .class, !seen.insert(ObjectIdentifier(left as AnyObject)).inserted { return }
    let nature = Nature(mirrors.0.displayStyle) ?? nature
    let children = (Self.children(left, mirrors.0), Self.children(right, mirrors.1))
    if left is any FieldLeaf || mirrors.0.isUnordered || (children.0.isEmpty && children.1.isEmpty) {
      if !isSameLeaf(left, right) { find(left, right, at: path, nature) }
    } else if mirrors.0.displayStyle == .collection {
      compareElements(children.0, children.1, at: path, nature, depth)
    } else if children.0.map(\.label) != children.1.map(\.label) || mirrors.0.subjectType != mirrors.1.subjectType {
      find(left, right, at: path, nature)
    } else {
      for (left, right) in zip(children.0, children.1) {
        let isWrapped = mirrors.0.displayStyle == .optional
        let name = isWrapped ? path : "\(path).\(left.label ?? "?")"
        compare(left.value, right.value, at: name, nature: nature, depth: depth + 1)
      }
    }
    guard findings.count == before, !Self.haveSameBytes(left, right) else { return }
    // The bytes show what reflection does not: it can not look into every object.
    if let object = children.0.first(where: { Mirror(reflecting: $0.value).displayStyle == .class }) {
      find(left, right, at: "\(path).\(object.label ?? "?")", .reference)
    } else {
      find(left, right, at: path, nature)
    }
  }

  private mutating func compareElements(
    _ left: [Mirror.Child], _ right: [Mirror.Child], at path: String, _ nature: Nature, _ depth: Int
  ) {
    if left.count != right.count {
      add(Finding(path: path + ".count", left: "\(left.count)", right: "\(right.count)", nature: nature))
    }
    for (place, pair) in zip(left, right).enumerated() {
      compare(pair.0.value, pair.1.value, at: "\(path)[\(place)]", nature: nature, depth: depth + 1)
    }
  }

  private mutating func find(_ left: Any, _ right: Any, at path: String, _ nature: Nature) {
    let isOdd = [left, right].contains { ($0 as? Double)?.isNaN ?? ($0 as? Float)?.isNaN ?? false }
    var texts = (text(of: left), text(of: right))
    if texts.0 == texts.1 { texts = (Self.bits(of: left), Self.bits(of: right)) }
    add(Finding(path: path, left: texts.0, right: texts.1, nature: isOdd ? .notANumber : nature))
  }

  private mutating func add(_ finding: Finding) {
    if findings.count < limit { findings.append(finding) }
  }

  /// The stored properties of a value, those of its superclasses included, or its elements.
  private static func children(_ value: Any, _ mirror: Mirror) -> [Mirror.Child] {
    var children = Array(mirror.children)
    var parent = mirror.superclassMirror
    while let mirror = parent {
      children += mirror.children
      parent = mirror.superclassMirror
    }
    return children
  }

  private func isSameLeaf(_ left: Any, _ right: Any) -> Bool {
    switch (left, right) {
    case (let left as Double, let right as Double): return left.bitPattern == right.bitPattern
    case (let left as Float, let right as Float): return left.bitPattern == right.bitPattern
    case (let left as String, let right as String): return left.utf8.elementsEqual(right.utf8)
    case (let left as any FieldLeaf, let right as any FieldLeaf): return left.fieldText == right.fieldText
    default: return String(reflecting: left) == String(reflecting: right)
    }
  }

  private static func haveSameBytes(_ left: Any, _ right: Any) -> Bool {
    guard let left = left as? any Replicated, let right = right as? any Replicated else { return true }
    return left.encoded() == right.encoded()
  }

  /// For values whose texts are the same although they differ.
  private static func bits(of value: Any) -> String {
    switch value {
    case let value as Double: return "bits \(String(value.bitPattern, radix: 16))"
    case let value as Float: return "bits \(String(value.bitPattern, radix: 16))"
    case let value as any Replicated:
      return "bytes " + value.encoded().prefix(32).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    default: return String(reflecting: value)
    }
  }
}

/// The text of a value for people, cut where it grows long.
func text(of value: Any) -> String {
  let text = (value as? any FieldLeaf)?.fieldText ?? String(describing: value)
  return text.unicodeScalars.count > 120 ? String(text.prefix(119)) + "…" : text
}

extension FieldComparison.Nature {
  fileprivate init?(_ style: Mirror.DisplayStyle?) {
    switch style {
    case .dictionary, .set: self = .unordered
    case .class: self = .reference
    default: return nil
    }
  }
}

extension Mirror {
  fileprivate var isUnordered: Bool { displayStyle == .dictionary || displayStyle == .set }
}

/// A type whose parts say less than the whole.
private protocol FieldLeaf {
  var fieldText: String { get }
}

extension NodeID: FieldLeaf {
  fileprivate var fieldText: String { description }
}

extension Ref: FieldLeaf {
  fileprivate var fieldText: String { id.description }
}

extension PeerID: FieldLeaf {
  fileprivate var fieldText: String { String(value, radix: 16) }
}

extension VirtualTime: FieldLeaf {
  fileprivate var fieldText: String { "\(nanoseconds) ns" }
}

extension Delay: FieldLeaf {
  fileprivate var fieldText: String { "\(nanoseconds) ns" }
}

extension Ticket: FieldLeaf {
  fileprivate var fieldText: String { "\(hexadecimal(cause)) at \(time.nanoseconds) ns" }
}
