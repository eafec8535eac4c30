import Foundation

/// JSON as it is spoken on control sockets and printed by `--json`: one object a line, keys in snake case and sorted.
package enum JSONLine {
  package static func encode(_ value: some Encodable) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    // Reports are plain values: encoding them cannot fail; should it ever, the line says so instead of being lost.
    let data = (try? encoder.encode(value)) ?? Data(#"{"schema":"selo.error/1","what":"cannot be encoded"}"#.utf8)
    return Array(data)
  }

  package static func decode<Value: Decodable>(_ type: Value.Type, _ bytes: [UInt8]) -> Value? {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return try? decoder.decode(type, from: Data(bytes))
  }
}
