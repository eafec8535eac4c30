import Foundation
import SeloKit

/// Results on standard output, everything else on standard error.
enum Output {
  static func result(_ text: String) { write(text + "\n", to: FileHandle.standardOutput) }

  static func result(json value: some Encodable) {
    result(String(decoding: JSONLine.encode(value), as: UTF8.self))
  }

  static func note(_ text: String) { write(text + "\n", to: FileHandle.standardError) }

  /// Three parts and the exit code:
  ///
  ///     selo: nobody answered on the network in 10 s.                    [exit 69]
  ///       why
  ///       Try: what to do
  static func fail(_ error: SessionError, json: Bool) -> Never {
    if json { result(json: ErrorReport(error)) }
    let head = "selo: \(error.what)"
    let gap = String(repeating: " ", count: max(3, 98 - head.count))
    note("\(head)\(gap)[exit \(error.exitCode)]\n  \(error.why)\n  Try: \(error.remedy)")
    exit(error.exitCode)
  }

  /// 12:04:07.112
  static func clock() -> String {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    var parts = tm()
    localtime_r(&now.tv_sec, &parts)
    return String(
      format: "%02d:%02d:%02d.%03d", parts.tm_hour, parts.tm_min, parts.tm_sec, now.tv_nsec / 1_000_000)
  }

  /// 1 204
  static func grouped(_ number: UInt64) -> String {
    var text = ""
    for (place, digit) in String(number).reversed().enumerated() {
      if place > 0, place % 3 == 0 { text.append("\u{2009}") }
      text.append(digit)
    }
    return String(text.reversed())
  }

  private static func write(_ text: String, to handle: FileHandle) {
    // A reader that went away is no reason to crash.
    try? handle.write(contentsOf: Data(text.utf8))
  }
}
