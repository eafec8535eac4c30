package import NIOCore
package import SeloWire

/// How peers of a network find each other: a fixed group and port, heard on every chosen interface in both families.
///
/// Announcements leave from the unicast socket, so that their source is an address that answers. One family's failure
/// never stops the other: each failure is counted, and a network that cannot multicast is used by given addresses.
package final class Multicast {
  package static let standardPort: UInt16 = 47_653

  /// The group of a family: administratively scoped (RFC 2365) for IPv4, link-local (RFC 4291 §2.7) for IPv6.
  static func group(_ family: Endpoint.Family, port: UInt16) -> Endpoint {
    let address =
      switch family {
      case .v4: Bytes16([239, 255, 77, 67])
      case .v6: Bytes16([0xff, 0x02] + [UInt8](repeating: 0, count: 12) + [0x5e, 0x10])
      }
    return Endpoint(family: family, address: address, port: port)
  }

  /// One interface in one family.
  package struct Path: Equatable, Sendable {
    package let interface: NetworkInterface
    package let group: Endpoint

    package var family: Endpoint.Family { group.family }
  }

  package struct Counters: Equatable, Sendable {
    package var announced: UInt64 = 0
    package var notAnnounced: UInt64 = 0
    /// Our own announcements that came back: proof that sending works here.
    package var echoed: UInt64 = 0
    package var heard: UInt64 = 0
    /// Paths that could not be heard at all.
    package var deaf: UInt64 = 0
  }

  package private(set) var counters = Counters()
  package let paths: [Path]

  private let unicast: UnicastSocket
  private let received: ([UInt8], Endpoint) -> Void
  private let drained: () -> Void
  private let eventLoop: any EventLoop
  private let ownAddresses: Set<Bytes16>
  private var sockets: [DatagramSocket] = []

  package init(
    on eventLoop: any EventLoop, interfaces: [NetworkInterface], port: UInt16 = standardPort,
    from unicast: UnicastSocket, received: @escaping ([UInt8], Endpoint) -> Void, drained: @escaping () -> Void
  ) {
    self.eventLoop = eventLoop
    self.unicast = unicast
    self.received = received
    self.drained = drained
    ownAddresses = Set(interfaces.flatMap { $0.addresses.map(\.address) })
    paths = interfaces.flatMap { interface in
      interface.multicastFamilies.map { Path(interface: interface, group: Self.group($0, port: port)) }
    }
  }

  /// Joins the group on every path. A path that cannot be joined is counted, not fatal.
  package func open() -> [EventLoopFuture<Void>] {
    paths.compactMap { path in
      let callbacks = DatagramSocket.Callbacks(received: { [self] in heard($0, $1) }, drained: drained)
      let socket = DatagramSocket(on: eventLoop, callbacks) { () throws(SocketError) in
        try UDPSocket.discovery(path.group, on: path.interface)
      }
      do {
        let opened = try socket.open()
        sockets.append(socket)
        return opened
      } catch {
        counters.deaf += 1
        return nil
      }
    }
  }

  /// Sends one datagram to the group on every path, at once.
  package func announce(_ bytes: [UInt8]) {
    for path in paths {
      guard let descriptor = unicast.socket(path.family)?.descriptor else {
        counters.notAnnounced += 1
        continue
      }
      do {
        try UDPSocket.announce(bytes, to: path.group, on: path.interface, from: descriptor)
        counters.announced += 1
      } catch {
        counters.notAnnounced += 1
      }
    }
  }

  package func close() {
    for socket in sockets { socket.close() }
    sockets = []
  }

  /// As if the network had failed on every path.
  package func fail() { for socket in sockets { socket.fail() } }

  private func heard(_ bytes: [UInt8], _ source: Endpoint) {
    if source.port == unicast.port, ownAddresses.contains(source.address) {
      counters.echoed += 1
    } else {
      counters.heard += 1
      received(bytes, source)
    }
  }
}
