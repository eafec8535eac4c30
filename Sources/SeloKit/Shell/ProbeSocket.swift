package import NIOCore
package import SeloWire

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A connected UDP socket to the reflector: the system reports a closed port there as "connection refused".
///
/// Only a connected socket hears of it. A refusal is a hint (PROTOCOL section 5): anybody on the path can forge one.
///
/// The socket is the system's own, not a channel of NIO: a send that fetches the pending error while NIO has the error
/// event in its hands makes NIO reset a channel without error, and that traps (`BaseSocketChannel.readEOF0`). Instead
/// of waiting for events it looks for the answer a few times after each probe; on one host it is there at once.
package final class ProbeSocket {
  private let eventLoop: any EventLoop
  private let refused: (Endpoint) -> Void
  private var target: Endpoint?
  private var socket: CInt?
  /// When to look for the answer: at once, then after about a round trip on a LAN.
  private static let looks: [TimeAmount] = [.microseconds(300), .milliseconds(2), .milliseconds(10)]

  package init(on eventLoop: any EventLoop, refused: @escaping (Endpoint) -> Void) {
    self.eventLoop = eventLoop
    self.refused = refused
  }

  /// Connects to `target` and forgets the one before; nil closes the socket.
  package func connect(_ target: Endpoint?) {
    guard target != self.target else { return }
    if let socket { UDPSocket.release(socket) }
    socket = nil
    self.target = target
    // A probe that cannot be made is no news: silence is noticed all the same.
    if let target { socket = try? UDPSocket.connected(target) }
  }

  /// Sends an empty datagram, which whoever is there ignores, and looks for the answer of a closed port. The owner
  /// hears of a refusal in a task of its own, never inside this call.
  package func probe() {
    eventLoop.preconditionInEventLoop()
    guard let socket, let target else { return }
    do throws(SocketError) { try UDPSocket.ping(socket) } catch { return report(error.number, of: target) }
    if look(at: target) { return }
    for delay in Self.looks {
      let bound = NIOLoopBound(self, eventLoop: eventLoop)
      eventLoop.scheduleTask(in: delay) { _ = bound.value.look(at: target) }
    }
  }

  package func close() { connect(nil) }

  /// Fetches the pending error of the socket, unless it is connected elsewhere by now.
  private func look(at target: Endpoint) -> Bool {
    guard let socket, target == self.target, let number = UDPSocket.pendingError(socket) else { return false }
    report(number, of: target)
    return true
  }

  private func report(_ number: CInt, of target: Endpoint) {
    guard number == ECONNREFUSED else { return }
    let bound = NIOLoopBound(self, eventLoop: eventLoop)
    eventLoop.execute {
      let probe = bound.value
      if probe.target == target { probe.refused(target) }
    }
  }
}
