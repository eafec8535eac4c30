package import NIOCore
package import SeloWire

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

// Addresses as NIO has them.

extension Endpoint {
  /// Where a datagram came from; nil for Unix sockets.
  package init?(_ address: SocketAddress) {
    switch address {
    case .v4(let inner): self = withUnsafeBytes(of: inner.address) { Endpoint(raw: $0, .v4) }
    case .v6(let inner): self = withUnsafeBytes(of: inner.address) { Endpoint(raw: $0, .v6) }
    case .unixDomainSocket: return nil
    }
  }

  /// The address as NIO takes it, with the scope of a link-local one.
  package var socketAddress: SocketAddress {
    raw.withUnsafeBytes { bytes in
      switch family {
      case .v4: SocketAddress(bytes.loadUnaligned(as: sockaddr_in.self))
      case .v6: SocketAddress(bytes.loadUnaligned(as: sockaddr_in6.self))
      }
    }
  }
}
