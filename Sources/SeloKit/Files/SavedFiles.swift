import Foundation

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The directory in which sessions keep what would be lost: `NAME@branch-TICK`, `NAME@evidence-TICK`, and beside
/// evidence a text of the same name and `.txt`.
///
/// Of each kind at most ``number`` files and ``size`` bytes stay, whatever their session; the oldest go first. Files
/// are private, and appear whole or not at all.
package struct SavedFiles: Sendable {
  package let directory: String

  /// Files of one kind that stay.
  static let number = 16
  /// Bytes that the files of one kind have together.
  static let size = 1 << 30

  package init(directory: String) { self.directory = directory }

  /// `saved` beside the identities of this user.
  package static func standard(_ environment: [String: String]) -> SavedFiles {
    beside(.standard(environment))
  }

  package static func beside(_ identities: IdentityStore) -> SavedFiles {
    SavedFiles(directory: identities.directory + "/saved")
  }

  /// Writes the file, and the text of evidence beside it; returns the path. It blocks until the disk has it.
  package func save(_ file: SavedFile) throws(SessionError) -> String {
    let bytes = file.bytes
    guard bytes.count <= Self.size else {
      throw SessionError(
        .unsafeFile, "\(file.kind) of \(file.session) is too large to be saved.",
        why: "It has \(bytes.count) bytes, and all files of its kind may have \(Self.size).",
        remedy: "make the world smaller")
    }
    try PrivateFile.ensureDirectory(directory)
    makeRoom(for: bytes.count, of: file.kind)
    let path = try write(bytes, as: Self.name(of: file))
    if file.kind == .evidence { _ = try PrivateFile.make(Array(file.text.utf8), at: path + Self.textEnding) }
    return path
  }

  /// Two peers of one user may save the same tick of one session.
  private func write(_ bytes: [UInt8], as name: String) throws(SessionError) -> String {
    for number in 1...Self.number + 1 {
      let path = directory + "/" + name + (number == 1 ? "" : ".\(number)")
      if try PrivateFile.make(bytes, at: path) != nil { return path }
    }
    throw PrivateFile.unsafe(directory + "/" + name, "There are too many files of this name.", "remove some")
  }

  /// The session's name, of which nothing but a slash, a space, a leading dot or the percent sign itself has to be
  /// written as %XX; then kind and tick.
  static func name(of file: SavedFile) -> String {
    var name = ""
    for scalar in file.session.unicodeScalars {
      let isPlain = scalar.value > 0x20 && !["/", "%", "\u{7f}"].contains(scalar) && (scalar != "." || !name.isEmpty)
      name += isPlain ? String(scalar) : "%" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
    }
    return name + "@\(file.kind)-\(file.tick)"
  }

  // Room

  private struct Entry {
    let path: String
    let size: Int
    let modified: timespec
  }

  private static let textEnding = ".txt"

  /// Removes the oldest files of this kind until one of so many bytes has a place.
  private func makeRoom(for bytes: Int, of kind: SavedFile.Kind) {
    var entries = entries(of: kind)
    var total = entries.reduce(0) { $0 + $1.size }
    while let oldest = entries.first, entries.count >= Self.number || total + bytes > Self.size {
      unlink(oldest.path)
      unlink(oldest.path + Self.textEnding)
      total -= oldest.size
      entries.removeFirst()
    }
  }

  /// The files of this kind, the oldest first.
  private func entries(of kind: SavedFile.Kind) -> [Entry] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
    let entries = names.sorted().compactMap { name -> Entry? in
      guard let place = name.range(of: "@\(kind)-", options: .backwards), !name.hasSuffix(Self.textEnding),
        name[place.upperBound...].first?.isNumber == true
      else { return nil }
      var facts = stat()
      let path = directory + "/" + name
      guard lstat(path, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else { return nil }
      return Entry(path: path, size: Int(facts.st_size), modified: facts.modified)
    }
    return entries.sorted { ($0.modified.tv_sec, $0.modified.tv_nsec) < ($1.modified.tv_sec, $1.modified.tv_nsec) }
  }
}

extension stat {
  fileprivate var modified: timespec {
    #if canImport(Glibc)
      st_mtim
    #else
      st_mtimespec
    #endif
  }
}
