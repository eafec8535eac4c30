import Foundation

/// One Swift file of the house, as written and as code: without comments and without what stands in strings.
struct Source: Sendable {
  /// Relative to the root of the repository.
  let path: String
  let lines: [String]
  /// The same lines, with comments and the insides of strings blanked.
  let code: [String]

  init(path: String, text: String) {
    self.path = path
    lines = text.components(separatedBy: "\n")
    code = Stripper.code(of: text).components(separatedBy: "\n")
  }

  /// The module: the second part of `Sources/SeloWire/Frame.swift`.
  var room: String { path.split(separator: "/").dropFirst().first.map(String.init) ?? "" }
  var name: String { path.split(separator: "/").last.map(String.init) ?? path }
}

extension Source {
  /// The root of the repository: the first folder above this file that holds a Package.swift beside a Sources.
  static let root: String = {
    var folder = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
    let files = FileManager.default
    while folder.path != "/" {
      let isRoot = ["Package.swift", "Sources"].allSatisfy { files.fileExists(atPath: folder.path + "/" + $0) }
      if isRoot { return folder.path }
      folder.deleteLastPathComponent()
    }
    return FileManager.default.currentDirectoryPath
  }()

  /// Every Swift file of Sources, in the order of their paths.
  static let house: [Source] = files(under: "Sources").filter { $0.hasSuffix(".swift") }.compactMap { path in
    text(of: path).map { Source(path: path, text: $0) }
  }

  /// Every Swift file of Tests, as written.
  static let tests: [String] = files(under: "Tests").filter { $0.hasSuffix(".swift") }.compactMap { text(of: $0) }

  /// The documents that people read.
  static let prose =
    ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"] + files(under: "docs").filter { $0.hasSuffix(".md") }

  static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: root + "/" + path) }

  static func text(of path: String) -> String? {
    FileManager.default.contents(atPath: root + "/" + path).map { String(decoding: $0, as: UTF8.self) }
  }

  private static func files(under folder: String) -> [String] {
    let found = FileManager.default.enumerator(atPath: root + "/" + folder)?.compactMap { $0 as? String } ?? []
    return found.map { folder + "/" + $0 }.sorted()
  }
}
