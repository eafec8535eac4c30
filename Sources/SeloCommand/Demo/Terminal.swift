import Foundation

/// The terminal while the demo's table is on it: keys come one by one, and the table is drawn over itself.
final class Terminal {
  private var before = termios()
  private var drawnLines = 0
  let hasColour: Bool

  init() {
    hasColour = ProcessInfo.processInfo.environment["NO_COLOR"].map(\.isEmpty) ?? true
    tcgetattr(0, &before)
    var raw = before
    raw.c_lflag &= ~tcflag_t(ICANON | ECHO | ISIG)
    tcsetattr(0, TCSANOW, &raw)
    write("\u{1b}[?25l")
  }

  deinit { restore() }

  func restore() {
    tcsetattr(0, TCSANOW, &before)
    write("\u{1b}[?25h")
  }

  /// The next key, or nil after the wait.
  func key(waitMilliseconds: CInt) -> Character? {
    var ready = pollfd(fd: 0, events: Int16(POLLIN), revents: 0)
    guard poll(&ready, 1, waitMilliseconds) > 0 else { return nil }
    var byte: UInt8 = 0
    guard read(0, &byte, 1) == 1 else { return "q" }
    // Ctrl-C and Ctrl-D.
    return byte == 3 || byte == 4 ? "q" : Character(UnicodeScalar(byte))
  }

  /// Breaks a line between words, so that the terminal does not: a broken line would be counted as one.
  func wrapped(_ text: String) -> [String] {
    var size = winsize()
    let width = ioctl(1, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 30 ? Int(size.ws_col) - 1 : 79
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ", omittingEmptySubsequences: false) {
      if line.count + word.count + 1 > width, !line.isEmpty {
        lines.append(line)
        line = String(repeating: " ", count: 13)
      }
      line += line.isEmpty ? "\(word)" : " \(word)"
    }
    return lines + [line]
  }

  /// Draws these lines where the last ones were.
  func draw(_ lines: [String]) {
    var text = drawnLines > 0 ? "\u{1b}[\(drawnLines)A\r" : ""
    for line in lines { text += "\u{1b}[2K\(line)\n" }
    text += "\u{1b}[J"
    write(text)
    drawnLines = lines.count
  }

  /// Bold, when there is colour.
  func bold(_ text: String) -> String { hasColour ? "\u{1b}[1m\(text)\u{1b}[0m" : text }

  /// Faint, when there is colour.
  func faint(_ text: String) -> String { hasColour ? "\u{1b}[2m\(text)\u{1b}[0m" : text }

  private func write(_ text: String) { try? FileHandle.standardOutput.write(contentsOf: Data(text.utf8)) }
}
