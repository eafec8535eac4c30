import Foundation

/// Which lines of a file stand directly in a type (where properties are stored), and which at the top.
struct Scopes {
  enum Scope: Equatable {
    case top, type, other
    /// Types whose members are public without saying so.
    case publicEnum, publicProtocol
  }

  /// The scope at the beginning of each line.
  let lines: [Scope]

  init(_ code: [String]) {
    var open: [Scope] = []
    var head = ""
    var lines: [Scope] = []
    for line in code {
      lines.append(open.last ?? .top)
      for character in line {
        switch character {
        case "{":
          open.append(Self.scope(of: head))
          head = ""
        case "}":
          _ = open.popLast()
          head = ""
        default: head.append(character)
        }
      }
      head.append("\n")
    }
    self.lines = lines
  }

  /// What a brace opens, by the last word before it that introduces anything.
  private static func scope(of head: String) -> Scope {
    let words =
      #"\b(struct|class|enum|actor|extension|protocol|func|init|subscript|var|let|case|if|for|while|guard|switch|do|else)\b"#
    guard let expression = try? NSRegularExpression(pattern: words) else { return .other }
    let types: Set = ["struct", "class", "enum", "actor", "extension", "protocol"]
    guard let word = expression.groups(in: head).last, types.contains(word) else { return .other }
    let declaration = head.split(separator: "\n").last { $0.contains(word) }
    switch (word, declaration?.contains("public ")) {
    case ("enum", true): return .publicEnum
    case ("protocol", true): return .publicProtocol
    default: return .type
    }
  }
}
