/// Blanks comments and the insides of strings, byte for byte, so that lines and columns stay where they were.
/// Interpolated code stays code.
struct Stripper {
  private enum Mode {
    /// Code; inside an interpolation the parentheses are counted, for the last one ends it.
    case code(depth: Int)
    case string(hashes: Int, isMultiline: Bool)
  }

  private let bytes: [UInt8]
  private var place = 0
  private var result: [UInt8] = []
  private var modes = [Mode.code(depth: 0)]

  static func code(of text: String) -> String {
    var stripper = Stripper(bytes: Array(text.utf8))
    while stripper.place < stripper.bytes.count { stripper.stepOne() }
    return String(decoding: stripper.result, as: UTF8.self)
  }

  private init(bytes: [UInt8]) {
    self.bytes = bytes
    result.reserveCapacity(bytes.count)
  }

  private mutating func stepOne() {
    switch modes[modes.count - 1] {
    case .code(let depth): stepCode(depth)
    case .string(let hashes, let isMultiline): stepString(hashes, isMultiline)
    }
  }

  private mutating func stepCode(_ depth: Int) {
    if sees("//") { return blankLine() }
    if sees("/*") { return blankComment() }
    if let hashes = stringStart() {
      keep(hashes)
      let isMultiline = sees("\"\"\"")
      keep(isMultiline ? 3 : 1)
      return modes.append(.string(hashes: hashes, isMultiline: isMultiline))
    }
    if sees("(") { modes[modes.count - 1] = .code(depth: depth + 1) }
    if sees(")") {
      if depth == 0, modes.count > 1 { modes.removeLast() } else { modes[modes.count - 1] = .code(depth: depth - 1) }
    }
    keep(1)
  }

  private mutating func stepString(_ hashes: Int, _ isMultiline: Bool) {
    let marks = String(repeating: "#", count: hashes)
    if sees((isMultiline ? "\"\"\"" : "\"") + marks) {
      keep((isMultiline ? 3 : 1) + hashes)
      modes.removeLast()
    } else if sees("\\" + marks + "(") {
      blank(1 + hashes)
      keep(1)
      modes.append(.code(depth: 0))
    } else if sees("\\" + marks) {
      blank(2 + hashes)
    } else if sees("\n"), !isMultiline {
      modes.removeLast()
    } else {
      blank(1)
    }
  }

  private mutating func blankLine() {
    while place < bytes.count, !sees("\n") { blank(1) }
  }

  private mutating func blankComment() {
    var depth = 0
    while place < bytes.count {
      if sees("/*") { depth += 1 }
      if sees("*/") { depth -= 1 }
      blank(sees("/*") || sees("*/") ? 2 : 1)
      if depth == 0 { return }
    }
  }

  /// The number of # in front of a quote that begins here; nil when no string begins.
  private func stringStart() -> Int? {
    var end = place
    while end < bytes.count, bytes[end] == UInt8(ascii: "#") { end += 1 }
    return end < bytes.count && bytes[end] == UInt8(ascii: "\"") ? end - place : nil
  }

  private func sees(_ text: String) -> Bool { bytes[place...].starts(with: text.utf8) }

  private mutating func keep(_ count: Int) {
    result += bytes[place..<min(place + count, bytes.count)]
    place += count
  }

  private mutating func blank(_ count: Int) {
    for byte in bytes[place..<min(place + count, bytes.count)] {
      result.append(byte == UInt8(ascii: "\n") ? byte : UInt8(ascii: " "))
    }
    place += count
  }
}
