package import NIOCore
import NIOPosix
package import SeloWire

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A connected UDP socket to the reflector: the system reports a closed port there as "connection refused".
///
/// Only a connected socket hears of it, and its channel stays open. A refusal is a hint (PROTOCOL section 5): anybody
/// on the path can forge one.
package final class ProbeSocket {
  private let eventLoop: any EventLoop
  private let refused: (Endpoint) -> Void
  private var target: Endpoint?
  private var socket: DatagramSocket?

  package init(on eventLoop: any EventLoop, refused: @escaping (Endpoint) -> Void) {
    self.eventLoop = eventLoop
    self.refused = refused
  }

  /// Connects to `target` and forgets the one before; nil closes the socket.
  package func connect(_ target: Endpoint?) {
    guard target != self.target else { return }
    socket?.close()
    socket = nil
    self.target = target
    guard let target else { return }
    let callbacks = DatagramSocket.Callbacks(
      received: { _, _ in },
      failed: { [weak self] number in
        if number == ECONNREFUSED, let self, self.target == target { refused(target) }
      })
    let socket = DatagramSocket(on: eventLoop, callbacks) { () throws(SocketError) in
      try UDPSocket.connected(target)
    }
    // A probe that cannot be made is no news: silence is noticed all the same.
    if (try? socket.open()) != nil { self.socket = socket }
  }

  /// Sends an empty datagram: whoever is there ignores it.
  package func probe() { socket?.ping() }

  package func close() { connect(nil) }
}
