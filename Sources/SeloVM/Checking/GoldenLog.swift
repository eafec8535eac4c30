/// Golden logs as text, so that a world can carry one in its source (VM rule 31).
///
///     extension Counter {
///       public static var goldenLog: [UInt8]? { GoldenLog.bytes("""
///         53454c540100…
///         """) }
///     }
///
/// Make it of a short recording that touches everything the world does; write it anew, on purpose, when the world's
/// rules change: old logs tell that they did.
public enum GoldenLog {
  /// A recording as lines of hexadecimal digits. O(recording).
  public static func text<W: World>(_ timeline: Timeline<W>) -> String {
    let digits = timeline.exported(keyframes: false).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
    let lines = stride(from: 0, to: digits.count, by: 50).map { digits[$0..<min($0 + 50, digits.count)].joined() }
    return lines.joined(separator: "\n")
  }

  /// The bytes that the text says, spaces and ends of lines left out; none if it holds anything else, which no
  /// self-test takes for a golden log. O(text).
  public static func bytes(_ text: String) -> [UInt8] {
    let digits = text.utf8.filter { !$0.isSpace }.map { Character(UnicodeScalar($0)).hexDigitValue }
    guard digits.count % 2 == 0 else { return [] }
    var bytes: [UInt8] = []
    for place in stride(from: 0, to: digits.count, by: 2) {
      guard let high = digits[place], let low = digits[place + 1] else { return [] }
      bytes.append(UInt8(high << 4 | low))
    }
    return bytes
  }
}

extension UInt8 {
  fileprivate var isSpace: Bool { self == 0x20 || self == 0x0A || self == 0x0D || self == 0x09 }
}
