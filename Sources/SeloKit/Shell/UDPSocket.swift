package import SeloWire

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// UDP sockets as the operating system makes them, before SwiftNIO takes them over.
///
/// Made by hand because NIO refuses multicast on devices without the flag (loopback), binds no group with a scope, and
/// hides `errno`; a bound descriptor goes to `DatagramBootstrap.withBoundSocket`.
package enum UDPSocket {
  /// A socket for pair traffic, bound to exactly this address; port 0 lets the system choose one.
  package static func unicast(_ local: Endpoint) throws(SocketError) -> CInt {
    try made(local.family) { (socket) throws(SocketError) in
      if local.family == .v6 { try set(socket, .v6, IPV6_V6ONLY, CInt(1)) }
      // Larger buffers ride out a starved loop; the system may give less, and that is no error.
      try? set(socket, nil, SO_RCVBUF, CInt(4 << 20))
      try? set(socket, nil, SO_SNDBUF, CInt(1 << 20))
      try bind(socket, local)
    }
  }

  /// A socket that hears the group on one interface: many peers of a machine may hold one each.
  package static func discovery(_ group: Endpoint, on interface: NetworkInterface) throws(SocketError) -> CInt {
    try made(group.family) { (socket) throws(SocketError) in
      try set(socket, nil, SO_REUSEADDR, CInt(1))
      #if !canImport(Glibc)
        try set(socket, nil, SO_REUSEPORT, CInt(1))
      #endif
      switch group.family {
      case .v4:
        try bind(socket, group)
        #if canImport(Glibc)
          // Without this the socket hears what any other socket of the machine joined, on other interfaces too.
          try set(socket, .v4, IP_MULTICAST_ALL, CInt(0))
        #endif
        try set(socket, .v4, IP_ADD_MEMBERSHIP, request4(group, interface))
      case .v6:
        try set(socket, .v6, IPV6_V6ONLY, CInt(1))
        try bind(socket, scoped(group, interface))
        try set(socket, .v6, joinGroup6, group.address.bytes + word(interface.index))
      }
    }
  }

  /// Sends one datagram to the group on one interface, from the port of a unicast socket, so that its source can be
  /// answered.
  ///
  /// A plain system call beside NIO: announcements are rare, and an error of one must not close the channel.
  package static func announce(
    _ bytes: [UInt8], to group: Endpoint, on interface: NetworkInterface, from socket: CInt
  ) throws(SocketError) {
    switch group.family {
    case .v4:
      try set(socket, .v4, IP_MULTICAST_IF, request4(group, interface))
      try set(socket, .v4, IP_MULTICAST_TTL, UInt8(1))
      try set(socket, .v4, IP_MULTICAST_LOOP, UInt8(1))
    case .v6:
      try set(socket, .v6, IPV6_MULTICAST_IF, interface.index)
      try set(socket, .v6, IPV6_MULTICAST_HOPS, CInt(1))
      try set(socket, .v6, IPV6_MULTICAST_LOOP, CInt(1))
    }
    let target = group.family == .v6 ? scoped(group, interface) : group
    try checked("sendto") {
      target.withRaw { raw, size in CInt(clamping: sendto(socket, bytes, bytes.count, 0, raw, size)) }
    }
  }

  /// A socket that only talks to `target`; the system tells it when that port is closed.
  package static func connected(_ target: Endpoint) throws(SocketError) -> CInt {
    try made(target.family) { (socket) throws(SocketError) in
      try checked("connect") { target.withRaw { raw, size in connect(socket, raw, size) } }
    }
  }

  /// Sends nothing to the other end of a connected socket.
  package static func ping(_ socket: CInt) throws(SocketError) {
    try checked("send") { CInt(clamping: send(socket, nil, 0, 0)) }
  }

  /// What went wrong on a socket since somebody last asked; nil when nothing did.
  package static func pendingError(_ socket: CInt) -> CInt? {
    var number: CInt = 0
    var size = socklen_t(MemoryLayout<CInt>.size)
    guard getsockopt(socket, SOL_SOCKET, SO_ERROR, &number, &size) == 0, number != 0 else { return nil }
    return number
  }

  /// Closes a descriptor that NIO did not take over.
  package static func release(_ socket: CInt) { close(socket) }

  /// Where a bound socket is bound.
  package static func local(_ socket: CInt) throws(SocketError) -> Endpoint {
    var storage = sockaddr_storage()
    var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
    let result = withUnsafeMutablePointer(to: &storage) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { raw in
        getsockname(socket, raw, &size) == 0 ? Endpoint(raw) : nil
      }
    }
    guard let result else { throw SocketError("getsockname") }
    return result
  }

  // MARK: What they are made of

  private static func made(
    _ family: Endpoint.Family, _ prepare: (CInt) throws(SocketError) -> Void
  ) throws(SocketError) -> CInt {
    #if canImport(Glibc)
      let kind = CInt(SOCK_DGRAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue)
    #else
      let kind = SOCK_DGRAM
    #endif
    let descriptor = try checked("socket") { socket(family == .v4 ? AF_INET : AF_INET6, kind, 0) }
    do {
      try prepare(descriptor)
      return descriptor
    } catch {
      close(descriptor)
      throw error
    }
  }

  private static func bind(_ socket: CInt, _ local: Endpoint) throws(SocketError) {
    try checked("bind") {
      local.withRaw { raw, size in
        #if canImport(Glibc)
          Glibc.bind(socket, raw, size)
        #else
          Darwin.bind(socket, raw, size)
        #endif
      }
    }
  }

  private static func set<Value: BitwiseCopyable>(
    _ socket: CInt, _ family: Endpoint.Family?, _ name: CInt, _ value: Value
  ) throws(SocketError) {
    try set(socket, family, name, withUnsafeBytes(of: value) { Array($0) })
  }

  private static func set(
    _ socket: CInt, _ family: Endpoint.Family?, _ name: CInt, _ value: [UInt8]
  ) throws(SocketError) {
    let level = family.map { $0 == .v4 ? CInt(IPPROTO_IP) : CInt(IPPROTO_IPV6) } ?? SOL_SOCKET
    try checked("setsockopt") { setsockopt(socket, level, name, value, socklen_t(value.count)) }
  }

  /// `ip_mreqn`: group, own address, interface index; four bytes each.
  private static func request4(_ group: Endpoint, _ interface: NetworkInterface) -> [UInt8] {
    let own = interface.addresses(.v4).first?.address ?? .zero
    return Array(group.address.bytes.prefix(4)) + Array(own.bytes.prefix(4)) + word(interface.index)
  }

  private static func word(_ value: UInt32) -> [UInt8] { withUnsafeBytes(of: value) { Array($0) } }

  private static func scoped(_ group: Endpoint, _ interface: NetworkInterface) -> Endpoint {
    Endpoint(family: group.family, address: group.address, port: group.port, scope: interface.index)
  }

  #if canImport(Glibc)
    private static let joinGroup6 = IPV6_ADD_MEMBERSHIP
  #else
    private static let joinGroup6 = IPV6_JOIN_GROUP
  #endif
}
