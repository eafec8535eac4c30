import Foundation

extension Laws {
  /// The first declaration of a file has a doc comment, or a `//` line before it says what the file holds.
  static let introduction = Law(name: "a file says what it holds") { source in
    let declaration = #"\b(struct|class|enum|actor|extension|protocol|func|typealias)\s+\S"#
    guard let first = source.code.lines(matching: declaration).first else { return [] }
    let said = source.lines[..<first].contains { $0.hasPrefix("//") }
    return said ? [] : [first]
  }

  /// `public` is a promise to users, so it is explained; so are the requirements of public protocols and the cases of
  /// public enums. Witnesses are explained by their protocols, and one comment
  /// explains a run of single lines.
  static let publicDocs = Law(name: "what is public is explained") { source in
    guard explained.contains(source.room) else { return [] }
    let scopes = Scopes(source.code).lines
    let silent = source.code.lines(matching: requirementPattern).filter { scopes[$0] == .publicProtocol }
    let cases = source.code.lines(matching: #"^\s*(indirect )?case \w"#).filter { scopes[$0] == .publicEnum }
    let found = (source.code.lines(matching: publicPattern) + silent + cases).sorted()
    return found.filter { !isExplained(source, at: $0, among: Set(found)) && !isWitness(source.code[$0]) }
  }

  private static let publicPattern = #"^\s*(@\w+(\([^)]*\))? )*public (?!import|extension)"#

  private static let requirementPattern =
    #"^\s*((static|mutating|nonmutating) )*(func|var|init|subscript|associatedtype)\b"#

  /// Rooms whose public types users see. SeloSimulator joins them when its face is final.
  private static let explained: Set = ["SeloWire", "SeloVM", "SeloKit"]

  private static func isExplained(_ source: Source, at line: Int, among found: Set<Int>) -> Bool {
    var above = line - 1
    while above >= 0 {
      let text = source.lines[above].trimmingCharacters(in: .whitespaces)
      if text.hasPrefix("///") { return true }
      guard text.hasPrefix("@") || (found.contains(above) && !text.hasSuffix("{")) else { return false }
      above -= 1
    }
    return false
  }

  /// Requirements of protocols that say what they do: Equatable, Codable, Collection, World and their kin.
  private static func isWitness(_ code: String) -> Bool {
    let names = [
      #"static func (==|<)"#, #"func hash\("#, #"var (description|debugDescription|startIndex|endIndex)\b"#,
      #"func (encode|write)\(to\b"#, #"init\(from\b"#, #"func (receive|presence|start|next|makeIterator|index)\("#,
      #"subscript\(position"#, #"init\(\) \{"#, #"init\(\w+Literal\b"#, #"init\(rawValue\b"#,
    ]
    return names.contains { [code].lines(matching: $0).isEmpty == false }
  }
}
