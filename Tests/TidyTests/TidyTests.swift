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

  /// The rules of the machine are numbered in docs/VM.md, and each has tests that begin with its number.
  @Test func everyRuleOfTheMachineHasItsTest() throws {
    let page = try #require(Source.text(of: "docs/VM.md"))
    let rules = Set(try NSRegularExpression(pattern: #"(?m)^(\d+)\. "#).groups(in: page))
    #expect(rules == Set((1...32).map(String.init)))
    let folder = Source.root + "/Tests/SeloVMTests"
    let names = try NSRegularExpression(pattern: #"@Test\(\s*"([\d, ]+):"#)
    var tested: Set<String> = []
    for file in try FileManager.default.contentsOfDirectory(atPath: folder) where file.hasSuffix(".swift") {
      let text = try #require(Source.text(of: "Tests/SeloVMTests/" + file))
      for numbers in names.groups(in: text) { tested.formUnion(numbers.components(separatedBy: ", ")) }
    }
    #expect(rules.subtracting(tested) == [])
  }

  /// Each scenario of the protocol's plan is a transcript or a test, or is said to be missing.
  @Test func everyScenarioIsSomewhere() throws {
    let page = try #require(Source.text(of: "docs/TESTING.md"))
    let row = try NSRegularExpression(pattern: #"(?m)^\| (\d+ \| .+)$"#)
    let place = try NSRegularExpression(pattern: #"`([\w.-]+)`"#)
    var numbers: [Int] = []
    for line in row.groups(in: page) {
      let cells = line.components(separatedBy: " | ")
      numbers.append(Int(cells[0]) ?? 0)
      let places = place.groups(in: cells[2])
      #expect(!places.isEmpty || cells[2] == "to come", "scenario \(cells[0])")
      for name in places {
        let parts = name.components(separatedBy: ".")
        if parts.count == 1 {
          #expect(Source.exists("Tests/SeloMeshTests/Transcripts/\(name).txt"), "scenario \(cells[0]): \(name)")
        } else {
          let suite = Source.tests.filter { $0.contains("struct \(parts[0]) {") }
          #expect(suite.contains { $0.contains("func \(parts[1])(") }, "scenario \(cells[0]): \(name)")
        }
      }
    }
    #expect(numbers == Array(1...43))
  }

  @Test func linksLeadSomewhere() throws {
    let link = try NSRegularExpression(pattern: #"\]\(([\w./-]+)\)"#)
    for path in Source.prose {
      let text = try #require(Source.text(of: path))
      let folder = path.contains("/") ? "docs/" : ""
      for target in link.groups(in: text) { #expect(Source.exists(folder + target), "\(path) leads to \(target)") }
    }
  }

  /// The numbers of packets and frame bodies stand in the code and in a table for people.
  @Test func protocolNumbersItsPacketsAsTheCodeDoes() throws {
    let layout = try #require(Source.text(of: "Sources/SeloWire/Packet+Layout.swift"))
    let table = try #require(Source.text(of: "docs/PROTOCOL.md"))
    let numbers = try NSRegularExpression(pattern: #"case \.(\w+): \d+\n"#).groups(in: layout)
    let lines = try NSRegularExpression(pattern: #"(case \.\w+: \d+)\n"#).groups(in: layout)
    #expect(numbers.count > 20)
    for (name, line) in zip(numbers, lines) {
      let number = line.split(separator: " ").last ?? ""
      #expect(table.contains("| \(number) | \(name) |"), "packet \(name) is \(number)")
    }
  }
}

extension Laws {
  static let all = [
    imports, sodium, calls, foreign, chance, stored, classes, forced, traps, pointers, length, width, leftovers,
    introduction,
    publicDocs,
  ]
}

extension Law: CustomTestStringConvertible {
  var testDescription: String { name }
}
