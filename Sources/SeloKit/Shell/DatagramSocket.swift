package import NIOCore
import NIOPosix
package import SeloWire

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A UDP socket on an event loop that outlives its channel.
///
/// NIO closes the whole channel on most send errors (a Wi-Fi drop, a firewall, a sleep). That is normal here: the
/// socket is made again at once, later every 100 ms, until it stands or is closed by its owner.
///
/// Every method is called on the event loop. Writes are gathered; the owner flushes once per wake-up, and no write has
/// a promise: who sends UDP does not wait.
package final class DatagramSocket {
  package struct Counters: Equatable, Sendable {
    package var received: UInt64 = 0
    package var sent: UInt64 = 0
    /// Not sent, because the socket was away or its buffer full; the protocol repairs.
    package var dropped: UInt64 = 0
    /// How often the socket was made again.
    package var reopened: UInt64 = 0
  }

  /// What the socket tells its owner, on the event loop.
  package struct Callbacks {
    package var received: ([UInt8], Endpoint) -> Void
    /// Everything of one wake-up has been handed over.
    package var drained: () -> Void

    package init(
      received: @escaping ([UInt8], Endpoint) -> Void, drained: @escaping () -> Void = {}
    ) {
      self.received = received
      self.drained = drained
    }
  }

  package private(set) var counters = Counters()
  /// The descriptor while the channel is open; NIO owns it.
  package private(set) var descriptor: CInt?

  private let eventLoop: any EventLoop
  private let callbacks: Callbacks
  /// Makes the bound descriptor, again the same one each time.
  private let make: () throws(SocketError) -> CInt
  private var channel: (any Channel)?
  private var isClosed = false
  private var isDirty = false
  private var addresses: [Endpoint: SocketAddress] = [:]

  package init(
    on eventLoop: any EventLoop, _ callbacks: Callbacks, make: @escaping () throws(SocketError) -> CInt
  ) {
    self.eventLoop = eventLoop
    self.callbacks = callbacks
    self.make = make
  }

  /// Makes the socket; the future succeeds when it receives.
  package func open() throws(SocketError) -> EventLoopFuture<Void> {
    eventLoop.preconditionInEventLoop()
    let descriptor = try make()
    let handler = NIOLoopBound(Handler(self), eventLoop: eventLoop)
    let bootstrap = DatagramBootstrap(group: eventLoop)
      .channelOption(.datagramVectorReadMessageCount, value: Self.batch)
      .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: Self.batch * Self.slotBytes))
      .channelOption(.maxMessagesPerRead, value: 4)
      .channelOption(.writeBufferWaterMark, value: .init(low: 1 << 20, high: 4 << 20))
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(handler.value) }
      }
    let opened = bootstrap.withBoundSocket(descriptor)
    return opened.assumeIsolated().map { [self] channel in
      if isClosed { return channel.close(promise: nil) }
      self.channel = channel
      self.descriptor = descriptor
    }.nonisolated()
  }

  /// Puts one datagram among those that the next `flush` sends.
  package func write(_ bytes: [UInt8], to target: Endpoint) {
    guard let channel, channel.isWritable else {
      counters.dropped += 1
      return
    }
    counters.sent += 1
    isDirty = true
    let buffer = channel.allocator.buffer(bytes: bytes)
    channel.write(AddressedEnvelope(remoteAddress: address(target), data: buffer), promise: nil)
  }

  package func flush() {
    guard isDirty else { return }
    isDirty = false
    channel?.flush()
  }

  /// Closes the socket for good.
  package func close() {
    isClosed = true
    channel?.close(promise: nil)
    channel = nil
    descriptor = nil
  }

  /// As if the network had failed: the channel closes and the socket comes back by itself.
  package func fail() { channel?.close(promise: nil) }

  private func address(_ endpoint: Endpoint) -> SocketAddress {
    if let known = addresses[endpoint] { return known }
    if addresses.count >= 1_024 { addresses.removeAll(keepingCapacity: true) }
    let address = endpoint.socketAddress
    addresses[endpoint] = address
    return address
  }

  private func received(_ envelope: AddressedEnvelope<ByteBuffer>) {
    guard let source = Endpoint(envelope.remoteAddress) else { return }
    counters.received += 1
    callbacks.received(Array(envelope.data.readableBytesView), source)
  }

  private func lost() {
    channel = nil
    descriptor = nil
    if !isClosed { reopen() }
  }

  private func reopen() {
    guard !isClosed else { return }
    do {
      let opened = try open()
      counters.reopened += 1
      opened.assumeIsolated().whenFailure { [self] _ in reopenLater() }
    } catch {
      reopenLater()
    }
  }

  private func reopenLater() {
    eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(100)) { [self] in reopen() }
  }

  /// How many datagrams one system call reads.
  private static let batch = 32
  /// Room for one: more than a datagram may have, so that a longer one is seen to be too long.
  private static let slotBytes = 2_048

  /// NIO's side of the socket.
  private final class Handler: ChannelInboundHandler {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>

    private let socket: DatagramSocket

    init(_ socket: DatagramSocket) { self.socket = socket }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) { socket.received(unwrapInboundIn(data)) }

    func channelReadComplete(context: ChannelHandlerContext) { socket.callbacks.drained() }

    func channelInactive(context: ChannelHandlerContext) { socket.lost() }

    /// Where an error is fatal NIO closes the channel itself; the others only concern one datagram.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {}
  }
}
