package import SeloWire

#if canImport(Glibc)
  package import Glibc
#else
  package import Darwin
#endif

// How the operating system writes addresses. The fields are read and written by their place, which all systems share:
//
//     offset  size  sockaddr_in       offset  size  sockaddr_in6
//          0     2  family                 0     2  family
//          2     2  port, big-endian       2     2  port, big-endian
//          4     4  address                4     4  flow
//          8     8  zero                   8    16  address
//                                         24     4  scope, in the machine's order

extension Endpoint {
  /// An address as the operating system holds it; nil for other families than IPv4 and IPv6.
  package init?(_ raw: UnsafePointer<sockaddr>) {
    let family = CInt(raw.pointee.sa_family)
    let bytes = UnsafeRawPointer(raw)
    switch family {
    case AF_INET: self.init(raw: UnsafeRawBufferPointer(start: bytes, count: 16), .v4)
    case AF_INET6: self.init(raw: UnsafeRawBufferPointer(start: bytes, count: 28), .v6)
    default: return nil
    }
  }

  init(raw: UnsafeRawBufferPointer, _ family: Family) {
    let port = UInt16(raw[2]) << 8 | UInt16(raw[3])
    switch family {
    case .v4:
      self.init(family: .v4, address: Bytes16(raw[4..<8]), port: port)
    case .v6:
      let scope = raw.loadUnaligned(fromByteOffset: 24, as: UInt32.self)
      self.init(family: .v6, address: Bytes16(raw[8..<24]), port: port, scope: scope)
    }
  }

  var raw: [UInt8] {
    var raw = [UInt8](repeating: 0, count: family == .v4 ? 16 : 28)
    raw.withUnsafeMutableBytes { bytes in
      #if canImport(Glibc)
        bytes.storeBytes(of: UInt16(family == .v4 ? AF_INET : AF_INET6), as: UInt16.self)
      #else
        bytes[0] = UInt8(bytes.count)
        bytes[1] = UInt8(family == .v4 ? AF_INET : AF_INET6)
      #endif
      bytes.storeBytes(of: port.bigEndian, toByteOffset: 2, as: UInt16.self)
      switch family {
      case .v4:
        for (offset, byte) in address.bytes.prefix(4).enumerated() { bytes[4 + offset] = byte }
      case .v6:
        for (offset, byte) in address.bytes.enumerated() { bytes[8 + offset] = byte }
        bytes.storeBytes(of: scope, toByteOffset: 24, as: UInt32.self)
      }
    }
    return raw
  }

  /// Lends the address in the form that system calls take.
  package func withRaw<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
    let bytes = raw
    return withUnsafeTemporaryAllocation(byteCount: bytes.count, alignment: 8) { buffer in
      buffer.copyBytes(from: bytes)
      let address = UnsafePointer(buffer.bindMemory(to: sockaddr.self).baseAddress.unsafelyUnwrapped)
      return body(address, socklen_t(bytes.count))
    }
  }

  package func with(port: UInt16) -> Endpoint { Endpoint(family: family, address: address, port: port, scope: scope) }

  package static func loopback(_ family: Family, port: UInt16) -> Endpoint {
    switch family {
    case .v4: Endpoint(family: .v4, address: Bytes16([127, 0, 0, 1]), port: port)
    case .v6: Endpoint(family: .v6, address: Bytes16([UInt8](repeating: 0, count: 15) + [1]), port: port)
    }
  }

  package static func any(_ family: Family, port: UInt16) -> Endpoint {
    Endpoint(family: family, address: .zero, port: port)
  }

  package var isLoopback: Bool {
    switch family {
    case .v4: address.bytes[0] == 127
    case .v6: address == Self.loopback(.v6, port: port).address
    }
  }
}
