import Foundation

/// The lines of a fixture as fields; `-` is an empty field.
func fixture(_ name: String) throws -> [[String]] {
  let path = Bundle.module.bundlePath + "/Fixtures/" + name
  let text = try String(contentsOfFile: path, encoding: .utf8)
  return text.split(separator: "\n").map { line in
    line.split(separator: " ").map { field in field == "-" ? "" : String(field) }
  }
}

/// Bytes of hexadecimal digits; fixtures hold no others.
func hex(_ text: some StringProtocol) -> [UInt8] {
  let digits = text.utf8.compactMap { Character(UnicodeScalar($0)).hexDigitValue }
  return stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
}
