import Foundation

/// A law of the house that is read from the sources, with the files that may break it and why.
struct Law: Sendable {
  let name: String
  /// File names with the reason why the law does not bind them.
  var exceptions: [String: String] = [:]
  /// Numbers of the lines (from zero) that break it.
  let find: @Sendable (Source) -> [Int]

  /// `path:line: the line` for every breach.
  func breaches(in sources: [Source]) -> [String] {
    sources.flatMap { source -> [String] in
      if exceptions[source.name] != nil { return [] }
      return find(source).map { line in
        let text = source.lines[line].trimmingCharacters(in: .whitespaces)
        return "\(source.path):\(line + 1): \(name): \(text)"
      }
    }
  }

  /// Exceptions that nothing needs: the file is gone, or obeys.
  func idleExceptions(in sources: [Source]) -> [String] {
    exceptions.keys.sorted().filter { name in
      !sources.contains { $0.name == name && !find($0).isEmpty }
    }
  }
}

extension Law {
  /// A law against what a pattern matches in the code of these rooms; nil for all rooms.
  init(
    _ name: String, against pattern: String, in rooms: Set<String>? = nil, exceptions: [String: String] = [:]
  ) {
    self.init(name: name, exceptions: exceptions) { source in
      guard rooms?.contains(source.room) ?? true else { return [] }
      return source.code.lines(matching: pattern)
    }
  }
}

extension [String] {
  func lines(matching pattern: String) -> [Int] {
    guard let expression = try? NSRegularExpression(pattern: pattern) else { return [Int](indices) }
    return indices.filter { expression.matches(self[$0]) }
  }
}

extension NSRegularExpression {
  func matches(_ text: String) -> Bool {
    firstMatch(in: text, range: NSRange(text.startIndex..., in: text)) != nil
  }

  /// What the first group of each match holds.
  func groups(in text: String) -> [String] {
    matches(in: text, range: NSRange(text.startIndex..., in: text)).compactMap { match in
      Range(match.range(at: 1), in: text).map { String(text[$0]) }
    }
  }
}
