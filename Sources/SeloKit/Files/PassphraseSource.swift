import Foundation
package import SeloCrypto

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Where a passphrase comes from: a file, the file that SELO_PASSPHRASE_FILE names, or a prompt. Never an argument,
/// which every user of the machine could read.
package struct PassphraseSource: Sendable {
  package var file: String?
  package var canPrompt: Bool

  package init(file: String?, canPrompt: Bool, _ environment: [String: String]) {
    self.file = file ?? environment["SELO_PASSPHRASE_FILE"].flatMap { $0.isEmpty ? nil : $0 }
    self.canPrompt = canPrompt
  }

  /// Reads or asks; nil when there is neither a file nor anybody to ask.
  package func passphrase(for session: String, warn: (String) -> Void) throws(SessionError) -> Passphrase? {
    if let file { return try Self.checked(try Self.read(file, warn), from: file) }
    guard canPrompt else { return nil }
    guard let text = Prompt.hidden("Passphrase of \(session): ") else { return nil }
    return try Self.checked(text, from: "the prompt")
  }

  /// Normal form C, 8 to 128 bytes.
  package static func checked(_ text: String, from source: String) throws(SessionError) -> Passphrase {
    do {
      return try Passphrase(Array(text.precomposedStringWithCanonicalMapping.utf8))
    } catch {
      throw SessionError(
        .passphrase, "the passphrase from \(source) cannot be used.",
        why: "A passphrase has 8 to 128 bytes; this one has \(text.utf8.count).",
        remedy: "choose another, or run 'selo start NAME' without one to be given a strong one")
    }
  }

  private static func read(_ path: String, _ warn: (String) -> Void) throws(SessionError) -> String {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      throw SessionError(
        .unreadableFile, "the passphrase file \(path) cannot be read.",
        why: "The system says: \(SocketError.text(errno)).",
        remedy: "ls -l \(path), then name a file that you may read")
    }
    let file = FileHandleOwner(descriptor)
    var facts = stat()
    guard fstat(descriptor, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else {
      throw SessionError(
        .unreadableFile, "the passphrase file \(path) cannot be read.", why: "It is not an ordinary file.",
        remedy: "name a file with the passphrase on its first line")
    }
    guard facts.st_mode & 0o002 == 0 else {
      throw SessionError(
        .badFile, "the passphrase file \(path) is not trusted.", why: "Every user of this machine may change it.",
        remedy: "chmod 600 \(path)")
    }
    if facts.st_mode & 0o044 != 0 { warn("other users can read \(path); chmod 600 \(path)") }
    guard let bytes = file.readAll(limit: 4_096), let text = String(validating: bytes, as: UTF8.self) else {
      throw SessionError(
        .badFile, "the passphrase file \(path) holds no passphrase.", why: "It is longer than 4 KiB, or no UTF-8 text.",
        remedy: "put the passphrase on the first line of a text file")
    }
    let line = text.split(omittingEmptySubsequences: false) { $0.isNewline }.first ?? ""
    return String(line)
  }
}

/// Asks at the terminal itself, so that standard input stays free for a pipe.
enum Prompt {
  /// A line without echo; nil when there is no terminal or the line is ended by end-of-file.
  static func hidden(_ question: String) -> String? {
    let terminal = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)
    guard terminal >= 0 else { return nil }
    defer { close(terminal) }
    var before = termios()
    guard tcgetattr(terminal, &before) == 0 else { return nil }
    var silent = before
    silent.c_lflag &= ~tcflag_t(ECHO)
    tcsetattr(terminal, TCSAFLUSH, &silent)
    defer { tcsetattr(terminal, TCSAFLUSH, &before) }
    _ = write(terminal, question, question.utf8.count)
    defer { _ = write(terminal, "\n", 1) }
    var line: [UInt8] = []
    var byte: UInt8 = 0
    while read(terminal, &byte, 1) == 1 {
      if byte == 0x0a { return String(decoding: line, as: UTF8.self) }
      if line.count < 4_096 { line.append(byte) }
    }
    return nil
  }
}
