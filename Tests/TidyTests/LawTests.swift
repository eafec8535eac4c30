import Testing

/// Every law can be broken: small bad snippets that it must find, and good ones that it must leave alone.
@Suite struct LawTests {
  private func breaks(_ law: Law, _ text: String, at path: String = "Sources/SeloWire/Snippet.swift") -> Bool {
    !law.breaches(in: [Source(path: path, text: text)]).isEmpty
  }

  @Test(arguments: [
    "import Foundation", "package import SeloMesh", "  import Glibc", "@_exported public import NIOCore",
  ])
  func importsAreFound(_ line: String) { #expect(breaks(Laws.imports, line)) }

  @Test func importsFollowTheArrows() {
    #expect(!breaks(Laws.imports, "package import SeloWire", at: "Sources/SeloMesh/Mesh.swift"))
    #expect(breaks(Laws.imports, "import SeloVM", at: "Sources/SeloMesh/Mesh.swift"))
    #expect(breaks(Laws.imports, "import SeloVM", at: "Sources/SeloAttic/Trunk.swift"))
    #expect(!breaks(Laws.imports, "// import Foundation"))
  }

  @Test func sodiumHasOneUser() {
    #expect(breaks(Laws.sodium, "import CSodium", at: "Sources/SeloCrypto/Channel.swift"))
    #expect(!breaks(Laws.sodium, "import CSodium", at: "Sources/SeloCrypto/Sodium/Sodium.swift"))
  }

  @Test(arguments: [
    "let now = Date()", "UUID()", "var hasher = Hasher()", "Int.random(in: 0..<3)", "names.shuffled()",
    "ContinuousClock.now", "let clock: SuspendingClock", "Task { await x() }", "Task.detached { }", "print(x)",
    "let text = \"\\(Date())\"",
  ])
  func callsAreFound(_ line: String) { #expect(breaks(Laws.calls, line)) }

  @Test(arguments: [
    "// Date()", "\"print(x)\"", "let updated = upDate(x)", "turn.random.int(in: 0..<3)", "blueprint(x)",
  ])
  func harmlessCallsPass(_ line: String) { #expect(!breaks(Laws.calls, line)) }

  @Test(arguments: [
    "x.rounded()", "x.rounded(.up)", "x.truncatingRemainder(dividingBy: 2)", "x.formRemainder(dividingBy: y)",
    "x.squareRoot()", "x.addingProduct(y, z)", "x.addProduct(y, z)", "let x: Float80 = 1", "Foundation.sin(x)",
    "Glibc.pow(x, y)", "fma(x, y, z)",
  ])
  func foreignFunctionsAreFound(_ line: String) {
    #expect(breaks(Laws.foreign, line, at: "Sources/SeloVM/Snippet.swift"))
    #expect(!breaks(Laws.foreign, line, at: "Sources/SeloKit/Snippet.swift"))
  }

  @Test(arguments: ["DeterministicMath.sin(x)", "pair.root()", "a.value(timesTwoTo: 3)", "x / y", "// x.rounded()"])
  func ownFunctionsPass(_ line: String) {
    #expect(!breaks(Laws.foreign, line, at: "Sources/SeloVM/Snippet.swift"))
  }

  @Test(arguments: [
    "cards.shuffle()", "cards.shuffled(using: &g)", "cards.randomElement()", "Int.random(in: 0..<3, using: &g)",
    "var g = SystemRandomNumberGenerator()", "struct G: RandomNumberGenerator {", "key.hashValue",
    "func hash(into hasher: inout Hasher) {", "cards.shuffle(using: &g)",
  ])
  func foreignChanceIsFound(_ line: String) {
    #expect(breaks(Laws.chance, line, at: "Sources/SeloVM/Snippet.swift"))
    #expect(breaks(Laws.chance, line, at: "Sources/SeloWorlds/Snippet.swift"))
  }

  @Test(arguments: ["turn.random.shuffle(&cards)", "random.pick(from: cards)", "turn.random.int(in: 0..<3)"])
  func ownChancePasses(_ line: String) {
    #expect(!breaks(Laws.chance, line, at: "Sources/SeloWorlds/Snippet.swift"))
  }

  @Test(arguments: [
    "struct A {\n  let act: (Int) -> Void\n}", "struct A {\n  private var act: (@Sendable () -> Int)?\n}",
    "enum A {\n  case run(() -> Void)\n}", "struct A {\n  let lock = Mutex<Int>(0)\n}",
    "struct A {\n  var clock = ContinuousClock()\n}", "let act: () -> Void = {}",
  ])
  func storedClosuresAreFound(_ text: String) { #expect(breaks(Laws.stored, text)) }

  @Test(arguments: [
    "struct A {\n  func f() {\n    let held: (Int) -> Int = { $0 }\n  }\n}",
    "struct A {\n  func f(_ g: (Int) -> Void) {}\n}",
    "struct A {\n  var repair = RepairTimes()\n}", "enum A {\n  case run(Int)\n}",
  ])
  func passingClosuresPass(_ text: String) { #expect(!breaks(Laws.stored, text)) }

  @Test func classesAreFound() {
    #expect(breaks(Laws.classes, "final class Box {}"))
    #expect(!breaks(Laws.classes, "final class Box {}", at: "Sources/SeloKit/Box.swift"))
    #expect(!breaks(Laws.classes, "/// A class apart.\nstruct Box {}"))
  }

  @Test(arguments: ["a!", "a[0]!.b", "f()!", "try! f()", "x as! Int", "var a: Int!", "\"\\(a!)\""])
  func forceIsFound(_ line: String) { #expect(breaks(Laws.forced, line)) }

  @Test(arguments: ["!a", "a != b", "f(!a)", "a, !b", "\"a!\"", "// a!", "/* a! /* b! */ */", "#\"a! \\(b!)\"#"])
  func negationPasses(_ line: String) { #expect(!breaks(Laws.forced, line)) }

  @Test func trapsAndPointersAreFoundWhereStrangersAreRead() {
    for trap in ["fatalError()", "precondition(a)", "preconditionFailure()"] {
      #expect(breaks(Laws.traps, trap))
      #expect(!breaks(Laws.traps, trap, at: "Sources/SeloMesh/Mesh.swift"))
    }
    for pointer in ["withUnsafeBytes(of: a) {}", "let p: UnsafePointer<Int>", "nonisolated(unsafe) var a"] {
      #expect(breaks(Laws.pointers, pointer))
      #expect(!breaks(Laws.pointers, pointer, at: "Sources/SeloWire/ByteReader.swift"))
    }
  }

  @Test func lengthAndWidthAreMeasured() {
    #expect(breaks(Laws.length, String(repeating: "//\n", count: 421)))
    #expect(!breaks(Laws.length, String(repeating: "//\n", count: 420)))
    #expect(breaks(Laws.width, String(repeating: "─", count: 121)))
    #expect(!breaks(Laws.width, String(repeating: "─", count: 120)))
    #expect(breaks(Laws.width, "/// " + String(repeating: "word ", count: 24)))
    #expect(!breaks(Laws.width, "\"" + String(repeating: "x", count: 120) + "\""))
  }

  @Test func leftoversAreFound() {
    for word in ["TO" + "DO", "FIX" + "ME", "XX" + "X"] { #expect(breaks(Laws.leftovers, "// \(word): later")) }
    #expect(!breaks(Laws.leftovers, "let XXpsk0 = 1"))
  }

  @Test func filesSayWhatTheyHold() {
    #expect(breaks(Laws.introduction, "import A\n\nstruct B {}"))
    #expect(!breaks(Laws.introduction, "import A\n\n/// What it is.\nstruct B {}"))
    #expect(!breaks(Laws.introduction, "// What is here.\n\nextension B {}"))
    #expect(!breaks(Laws.introduction, "@_exported public import A"))
  }

  @Test func publicIsExplained() {
    #expect(breaks(Laws.publicDocs, "public struct A {}"))
    #expect(breaks(Laws.publicDocs, "/// A\npublic struct A {\n  public var b = 0\n}"))
    #expect(!breaks(Laws.publicDocs, "/// A\n@frozen\npublic struct A {\n  /// B\n  public var b = 0\n}"))
    #expect(!breaks(Laws.publicDocs, "/// A\npublic struct A {\n  public init() {}\n}"))
    #expect(!breaks(Laws.publicDocs, "public import A"))
    #expect(breaks(Laws.publicDocs, "/// A\npublic enum A: Error {\n  case b\n}"))
    #expect(!breaks(Laws.publicDocs, "/// A\npublic enum A: Error {\n  /// B\n  case b\n  case c\n}"))
    #expect(!breaks(Laws.publicDocs, "enum A {\n  case b\n}"))
    let method =
      "/// A\npublic enum A {\n  /// B\n  public func b() {\n    switch self {\n    case c: d()\n    }\n  }\n}"
    #expect(!breaks(Laws.publicDocs, method))
    #expect(breaks(Laws.publicDocs, "/// A\npublic protocol A {\n  mutating func b()\n}"))
    #expect(!breaks(Laws.publicDocs, "/// A\npublic protocol A {\n  /// B\n  static func b()\n}"))
    #expect(!breaks(Laws.publicDocs, "/// Lengths.\npublic let a = 0\npublic let b = 0"))
    #expect(breaks(Laws.publicDocs, "/// Lengths.\npublic let a = 0\n\npublic let b = 0"))
  }

  @Test func exceptionsMustBeNeeded() {
    let law = Law("none", against: "bad", exceptions: ["A.swift": "reason", "B.swift": "reason"])
    #expect(law.idleExceptions(in: [Source(path: "Sources/R/A.swift", text: "bad")]) == ["B.swift"])
  }

  @Test func strippingKeepsPlaces() {
    let text = "let a = \"b \\(c + \"d\") e\" // f\nlet g = \"\"\"\n  h\n  \"\"\""
    let code = Stripper.code(of: text)
    #expect(code == "let a = \"   (c + \" \")  \"     \nlet g = \"\"\"\n   \n  \"\"\"")
  }
}
