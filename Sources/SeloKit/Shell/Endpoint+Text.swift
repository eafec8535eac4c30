package import SeloWire

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

// Addresses as the resolver and people have them.

extension Endpoint {
  /// `192.168.1.20:47653` or `[fe80::1%eth0]:47653`.
  package var text: String {
    var characters = [CChar](repeating: 0, count: Int(NI_MAXHOST))
    let failed = withRaw { raw, size in
      getnameinfo(raw, size, &characters, socklen_t(characters.count), nil, 0, NI_NUMERICHOST)
    }
    let host =
      failed == 0 ? String(decoding: characters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self) : "?"
    return family == .v6 ? "[\(host)]:\(port)" : "\(host):\(port)"
  }

  /// Every address of HOST:PORT, the host by name or number; IPv6 numbers stand in brackets. Asks the resolver: not on
  /// a loop.
  package static func resolved(_ text: String) throws(SessionError) -> [Endpoint] {
    guard let (host, port) = split(text) else {
      throw SessionError(
        .usage, "\"\(text)\" is no HOST:PORT.", why: "A peer's address is a host and a port from 1 to 65535.",
        remedy: "--peer 192.168.1.20:47653, or --peer '[fe80::1%eth0]:47653'")
    }
    var hints = addrinfo()
    hints.ai_family = AF_UNSPEC
    #if canImport(Glibc)
      hints.ai_socktype = CInt(SOCK_DGRAM.rawValue)
    #else
      hints.ai_socktype = SOCK_DGRAM
    #endif
    var list: UnsafeMutablePointer<addrinfo>?
    let failed = getaddrinfo(host, String(port), &hints, &list)
    defer { if let list { freeaddrinfo(list) } }
    guard failed == 0 else {
      throw SessionError(
        .nobody, "the host \"\(host)\" was not found.",
        why: "The resolver says: \(String(cString: gai_strerror(failed))).",
        remedy: "give the number instead: --peer 192.168.1.20:\(port)")
    }
    var found: [Endpoint] = []
    var next = list
    while let entry = next?.pointee {
      next = entry.ai_next
      if let raw = entry.ai_addr, let endpoint = Endpoint(raw), !found.contains(endpoint) { found.append(endpoint) }
    }
    return found
  }

  /// HOST:PORT with the host as a number; nil for names. Asks nobody.
  package init?(numeric text: String) {
    guard let (host, port) = Self.split(text) else { return nil }
    var hints = addrinfo()
    hints.ai_flags = AI_NUMERICHOST
    var list: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(host, String(port), &hints, &list) == 0 else { return nil }
    defer { freeaddrinfo(list) }
    guard let raw = list?.pointee.ai_addr else { return nil }
    self.init(raw)
  }

  private static func split(_ text: String) -> (host: String, port: UInt16)? {
    guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]), port > 0 else {
      return nil
    }
    var host = text[..<colon]
    if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
    return host.isEmpty ? nil : (String(host), port)
  }
}
