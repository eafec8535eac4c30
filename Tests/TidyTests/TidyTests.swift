import Foundation
import Testing

/// The house as it stands obeys its laws.
@Suite struct TidyTests {
  @Test func theHouseIsRead() {
    #expect(Source.house.count > 100)
    let strange = Set(Source.house.map(\.room)).subtracting(Laws.arrows.keys)
    #expect(strange.isEmpty, "rooms without a line in the table of arrows")
  }

  @Test(arguments: Laws.all) func obeys(_ law: Law) {
    let breaches = law.breaches(in: Source.house)
    #expect(breaches.isEmpty, "\n\(breaches.joined(separator: "\n"))\n")
  }

  @Test(arguments: Laws.all) func hasNoIdleExceptions(_ law: Law) {
    #expect(law.idleExceptions(in: Source.house).isEmpty)
  }

  @Test func packageDrawsNoOtherArrows() throws {
    let manifest = try #require(Source.text(of: "Package.swift"))
    let lines = manifest.components(separatedBy: "\n")
    let rooms = lines.lines(matching: #"^\s*room\("Selo"#)
    #expect(rooms.count == Laws.arrows.count - 1, "the command is written out, all others are rooms")
    let names = try NSRegularExpression(pattern: #""(\w+)""#)
    for line in rooms {
      let words = names.groups(in: lines[line])
      let allowed = try #require(Laws.arrows[words[0]])
      #expect(Set(words.dropFirst()).isSubset(of: allowed), "\(words[0])")
    }
  }

  @Test func readmeShowsTheCounterAsItIs() throws {
    let source = try #require(Source.text(of: "Sources/SeloWorlds/Counter.swift"))
    let readme = try #require(Source.text(of: "README.md"))
    let counter = source.components(separatedBy: "\n").filter { !$0.hasPrefix("///") }.joined(separator: "\n")
    #expect(readme.contains("```swift\n\(counter)```"))
  }
}

extension Laws {
  static let all = [
    imports, sodium, calls, stored, classes, forced, traps, pointers, length, width, leftovers, introduction,
    publicDocs,
  ]
}

extension Law: CustomTestStringConvertible {
  var testDescription: String { name }
}
