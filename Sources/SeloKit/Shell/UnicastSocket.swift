package import NIOCore
package import SeloWire

/// The socket of a peer's pair traffic: one port, one descriptor per family.
///
/// Two descriptors and not a dual-stack one, because a send error closes a channel: a network without IPv6 must not
/// take IPv4 along, a machine without IPv6 works, and addresses need no mapping.
package final class UnicastSocket {
  package let port: UInt16
  /// Where peers of this machine reach it.
  package let addresses: [Endpoint]
  /// A loopback socket sends to loopback only; anything else would be an error that closes its channel.
  private let isLoopback: Bool
  private let v4: DatagramSocket?
  private let v6: DatagramSocket?

  /// Binds `port` on the given interfaces, or any free port for 0. With loopback alone only loopback addresses are
  /// bound, so that nothing from outside reaches the peer.
  package init(
    on eventLoop: any EventLoop, interfaces: [NetworkInterface], port wanted: UInt16,
    _ callbacks: DatagramSocket.Callbacks
  ) throws(SocketError) {
    let bound = try Self.bind(interfaces, port: wanted)
    port = bound.port
    isLoopback = interfaces.allSatisfy(\.isLoopback)
    let locals = [bound.v4, bound.v6].compactMap { $0?.local }
    addresses = locals.flatMap { local in
      // Bound to every address: reached at those of the interfaces.
      local.address == .zero
        ? interfaces.flatMap { $0.addresses(local.family) }.map { $0.with(port: local.port) } : [local]
    }
    v4 = bound.v4.map { Self.socket($0, eventLoop, callbacks) }
    v6 = bound.v6.map { Self.socket($0, eventLoop, callbacks) }
  }

  package func open() throws(SocketError) -> [EventLoopFuture<Void>] {
    var opened: [EventLoopFuture<Void>] = []
    for socket in [v4, v6] {
      if let socket { opened.append(try socket.open()) }
    }
    return opened
  }

  package func write(_ bytes: [UInt8], to target: Endpoint) {
    guard !isLoopback || target.isLoopback else { return }
    socket(target.family)?.write(bytes, to: target)
  }

  package func flush() {
    v4?.flush()
    v6?.flush()
  }

  package func close() {
    v4?.close()
    v6?.close()
  }

  package func socket(_ family: Endpoint.Family) -> DatagramSocket? { family == .v4 ? v4 : v6 }

  package var counters: [DatagramSocket.Counters] { [v4, v6].compactMap { $0?.counters } }

  // MARK: Binding

  /// A descriptor and where it is bound: handed over at the first opening, made again at later ones.
  private struct Bound {
    let descriptor: CInt
    let local: Endpoint
  }

  private static func socket(
    _ bound: Bound, _ eventLoop: any EventLoop, _ callbacks: DatagramSocket.Callbacks
  ) -> DatagramSocket {
    var first: CInt? = bound.descriptor
    return DatagramSocket(on: eventLoop, callbacks) { () throws(SocketError) in
      if let descriptor = first.take() { return descriptor }
      return try UDPSocket.unicast(bound.local)
    }
  }

  private static func bind(
    _ interfaces: [NetworkInterface], port: UInt16
  ) throws(SocketError) -> (port: UInt16, v4: Bound?, v6: Bound?) {
    var failure = SocketError("bind", 0)
    // A free port for IPv4 may be taken for IPv6: then another one is tried.
    for _ in 0..<(port == 0 ? 8 : 1) {
      let v4: Result<Bound, SocketError>? = local(interfaces, .v4).map { address in bind(address, port) }
      let chosen = (try? v4?.get())?.local.port ?? port
      let v6: Result<Bound, SocketError>? = local(interfaces, .v6).map { address in bind(address, chosen) }
      switch (v4, v6) {
      case (.success(let v4), .failure(let error)) where error.isAddressInUse:
        UDPSocket.release(v4.descriptor)
        failure = error
      case (.success(let v4), let v6):
        return (v4.local.port, v4, try? v6?.get())
      case (.failure(let error), .success(let v6)) where error.isAddressInUse:
        UDPSocket.release(v6.descriptor)
        failure = error
      case (let v4, .success(let v6)):
        _ = v4
        return (v6.local.port, nil, v6)
      case (.failure(let error), _), (nil, .failure(let error)):
        failure = error
      case (nil, nil):
        failure = SocketError("no address to bind", 0)
      }
    }
    throw failure
  }

  private static func bind(_ address: Endpoint, _ port: UInt16) -> Result<Bound, SocketError> {
    Result { () throws(SocketError) in
      let descriptor = try UDPSocket.unicast(address.with(port: port))
      return Bound(descriptor: descriptor, local: try UDPSocket.local(descriptor))
    }
  }

  /// What to bind: loopback alone when that is all there is, a lone interface's only IPv4 address, else every address.
  private static func local(_ interfaces: [NetworkInterface], _ family: Endpoint.Family) -> Endpoint? {
    let addresses = interfaces.flatMap { $0.addresses(family) }
    guard let first = addresses.first else { return nil }
    if interfaces.allSatisfy(\.isLoopback) { return first }
    return family == .v4 && addresses.count == 1 ? first : .any(family, port: 0)
  }
}
