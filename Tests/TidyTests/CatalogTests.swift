import Foundation
import Testing

/// The documentation catalog says what the sources say.
@Suite struct CatalogTests {
  private static let folder = "Sources/SeloVM/SeloVM.docc/"
  static let articles = ["FirstWorld", "Determinism", "Time"]
  /// Pages that only put the members of one type in order.
  static let orders = ["Machine", "Turn"]

  /// Every code block stands in a test, between `// snippet: name` and `// end`, where it is compiled and run.
  @Test(arguments: articles) func codeIsThatOfTheTests(article: String) throws {
    let text = try #require(Source.text(of: Self.folder + article + ".md"))
    let tests = try #require(Source.text(of: "Tests/SeloVMTests/Snippets/\(article)Snippets.swift"))
    let blocks = Snippets.blocks(of: text)
    let regions = Snippets.regions(of: tests)
    #expect(blocks.count > 2)
    for block in blocks { #expect(regions.contains(block), "no test holds:\n\(block)") }
    for region in regions { #expect(blocks.contains(region), "the article does not show:\n\(region)") }
  }

  @Test func everyArticleIsListedAndTested() throws {
    let landing = try #require(Source.text(of: Self.folder + "SeloVM.md"))
    let files = try FileManager.default.contentsOfDirectory(atPath: Source.root + "/" + Self.folder)
    let found = files.map { $0.replacingOccurrences(of: ".md", with: "") }.filter { $0 != "SeloVM" }
    #expect(Set(found) == Set(Self.articles + Self.orders))
    for article in Self.articles { #expect(landing.contains("- <doc:\(article)>")) }
  }

  /// Users of SeloVM see the public types of SeloWire too.
  @Test func everyPublicTypeHasItsPlace() throws {
    let landing = try #require(Source.text(of: Self.folder + "SeloVM.md"))
    let declaration = try NSRegularExpression(
      pattern: #"(?m)^(?:@\w+ )*public (?:final |indirect )?(?:class|struct|enum|protocol|actor) (\w+)"#)
    let sources = Source.house.filter { ["SeloVM", "SeloWire"].contains($0.room) }
    let types = sources.flatMap { declaration.groups(in: $0.code.joined(separator: "\n")) }
    #expect(types.count > 20)
    for type in types { #expect(landing.contains("- ``\(type)``\n"), "\(type) has no place on the landing page") }
  }
}

extension CatalogTests {
  /// Members that their page does not name would stand at its end, by kind.
  @Test(arguments: orders) func everyMemberHasItsPlace(type: String) throws {
    let page = try #require(Source.text(of: Self.folder + type + ".md"))
    let text = try #require(Source.text(of: "Sources/SeloVM/\(type).swift"))
    let member = try NSRegularExpression(
      pattern: #"(?m)^  (?:@\w+ )*public (?:static |final )?(?:func|var|let|subscript|init)\b *(\w*)"#)
    let code = Source(path: "Sources/SeloVM/\(type).swift", text: text).code.joined(separator: "\n")
    let names = member.groups(in: code)
    #expect(names.count > 10)
    for name in names where !name.isEmpty { #expect(page.contains("- ``\(name)"), "\(type).\(name)") }
  }
}

/// Code that stands in a text, without the indentation it has there.
enum Snippets {
  /// What stands between ```` ```swift ```` and ```` ``` ````.
  static func blocks(of text: String) -> [String] {
    sections(of: text, from: { $0 == "```swift" }, to: { $0 == "```" })
  }

  /// What stands between `// snippet: name` and `// end`.
  static func regions(of text: String) -> [String] {
    sections(of: text, from: { $0.hasPrefix("// snippet: ") }, to: { $0 == "// end" })
  }

  private static func sections(of text: String, from: (String) -> Bool, to: (String) -> Bool) -> [String] {
    var sections: [String] = []
    var open: [String]?
    for line in text.components(separatedBy: "\n") {
      let words = line.trimmingCharacters(in: .whitespaces)
      if let lines = open, to(words) {
        sections.append(dedented(lines))
        open = nil
      } else if open != nil {
        open?.append(line)
      } else if from(words) {
        open = []
      }
    }
    return sections
  }

  private static func dedented(_ lines: [String]) -> String {
    let indents = lines.filter { !$0.isEmpty }.map { $0.prefix { $0 == " " }.count }
    return lines.map { String($0.dropFirst(indents.min() ?? 0)) }.joined(separator: "\n")
  }
}
