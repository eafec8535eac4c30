/// Finds the Dictionaries and Sets in a value: their order differs between processes.
struct UnorderedFields {
  private(set) var paths: [String] = []
  /// The objects that have been looked into: they may form rings.
  private var seen: Set<ObjectIdentifier> = []

  private static let depthLimit = 48

  /// Adds the paths of those in a value that stands at `path`; one is enough of each array.
  mutating func search(_ value: Any, at path: String, depth: Int = 0) {
    let mirror = Mirror(reflecting: value)
    if mirror.displayStyle == .dictionary || mirror.displayStyle == .set { return paths.append(path) }
    if mirror.displayStyle == .class, !seen.insert(ObjectIdentifier(value as AnyObject)).inserted { return }
    guard depth < Self.depthLimit, !(value is String) else { return }
    let before = paths.count
    for (place, child) in mirror.children.enumerated() {
      switch mirror.displayStyle {
      case .collection:
        search(child.value, at: "\(path)[\(place)]", depth: depth + 1)
        if paths.count > before { return }
      case .optional: search(child.value, at: path, depth: depth + 1)
      default: search(child.value, at: "\(path).\(child.label ?? "?")", depth: depth + 1)
      }
    }
  }
}
