// Endpoints as people write them: `127.0.0.1:4711`, `[::1]:4711`, `[fe80::1%2]:4711`.

extension Endpoint: CustomStringConvertible {
  package var description: String {
    switch family {
    case .v4: "\(address.bytes.prefix(4).map(String.init).joined(separator: ".")):\(port)"
    case .v6: "[\(Self.text(v6: address.bytes))\(scope == 0 ? "" : "%\(scope)")]:\(port)"
    }
  }

  /// The endpoint of a numeric address and a port; nil of anything else. Names are resolved by the shell.
  package init?(_ text: String) {
    guard let colon = text.lastIndex(of: ":"), let port = UInt16(digits: text[text.index(after: colon)...], radix: 10)
    else { return nil }
    let host = text[..<colon]
    guard host.first == "[" else {
      guard let bytes = Self.bytes(v4: host) else { return nil }
      self.init(family: .v4, address: Bytes16(bytes), port: port)
      return
    }
    guard host.last == "]" else { return nil }
    let parts = host.dropFirst().dropLast().split(separator: "%", omittingEmptySubsequences: false)
    guard parts.count <= 2, let bytes = Self.bytes(v6: parts[0]) else { return nil }
    guard let scope = parts.count == 2 ? UInt32(digits: parts[1], radix: 10) : 0 else { return nil }
    self.init(family: .v6, address: Bytes16(bytes), port: port, scope: scope)
  }

  /// RFC 5952: lower case, no leading zeros, the first longest run of two or more zero groups as `::`.
  private static func text(v6 bytes: [UInt8]) -> String {
    let groups = stride(from: 0, to: 16, by: 2).map { UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]) }
    var longest = 0..<0
    for start in 0..<8 {
      let end = groups[start...].firstIndex { $0 != 0 } ?? 8
      if end - start > max(longest.count, 1) { longest = start..<end }
    }
    func joined(_ groups: ArraySlice<UInt16>) -> String {
      groups.map { String($0, radix: 16) }.joined(separator: ":")
    }
    if longest.isEmpty { return joined(groups[...]) }
    return joined(groups[..<longest.lowerBound]) + "::" + joined(groups[longest.upperBound...])
  }

  private static func bytes(v4 text: Substring) -> [UInt8]? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    let bytes = parts.compactMap { UInt8(digits: $0, radix: 10) }
    return parts.count == 4 && bytes.count == 4 ? bytes : nil
  }

  private static func bytes(v6 text: Substring) -> [UInt8]? {
    guard let gap = text.firstRange(of: "::") else {
      let bytes = groups(text)
      return bytes?.count == 16 ? bytes : nil
    }
    guard let front = groups(text[..<gap.lowerBound]), let back = groups(text[gap.upperBound...]),
      front.count + back.count <= 14
    else { return nil }
    return front + Array(repeating: 0, count: 16 - front.count - back.count) + back
  }

  private static func groups(_ text: Substring) -> [UInt8]? {
    if text.isEmpty { return [] }
    var bytes: [UInt8] = []
    for part in text.split(separator: ":", omittingEmptySubsequences: false) {
      guard part.utf8.count <= 4, let group = UInt16(digits: part, radix: 16) else { return nil }
      bytes += [UInt8(group >> 8), UInt8(truncatingIfNeeded: group)]
    }
    return bytes
  }
}

extension FixedWidthInteger {
  /// Digits only: the standard initialiser also takes a sign.
  fileprivate init?(digits: Substring, radix: Int) {
    guard digits.utf8.allSatisfy({ $0 != 0x2B && $0 != 0x2D }) else { return nil }
    self.init(digits, radix: radix)
  }
}
