package import NIOCore
import NIOPosix

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The local socket of a running peer: JSON lines in, JSON lines out, for this user alone.
///
/// The directory lets nobody else in; the user of the other end is checked all the same (SO_PEERCRED). Lines,
/// connections and unread answers are bounded: a client that does not read is cut off, and never slows the peer.
package final class ControlServer {
  /// Connections at once.
  static let connections = 32
  /// Bytes of answers that a client has not read yet.
  static let unreadBytes = 8 << 20

  /// Where the answer to one request goes: one object, or several until `finish`.
  package final class Answer {
    /// Called when the other end is gone.
    package var onClose: () -> Void = {}
    package private(set) var isOpen = true
    private let channel: any Channel

    init(_ channel: any Channel) { self.channel = channel }

    package func send(_ value: some Encodable) {
      guard isOpen else { return }
      guard channel.isWritable else { return finish() }
      channel.writeAndFlush(channel.allocator.buffer(bytes: JSONLine.encode(value) + [0x0a]), promise: nil)
    }

    /// Ends the answer; what was sent still arrives.
    package func finish() {
      guard isOpen else { return }
      closed()
      channel.close(mode: .output, promise: nil)
    }

    func closed() {
      guard isOpen else { return }
      isOpen = false
      onClose()
      onClose = {}
    }
  }

  private let eventLoop: any EventLoop
  private let handle: (ControlRequest, Answer) -> Void
  private var channel: (any Channel)?
  private var count = 0

  package init(on eventLoop: any EventLoop, handle: @escaping (ControlRequest, Answer) -> Void) {
    self.eventLoop = eventLoop
    self.handle = handle
  }

  /// Listens at `path`, in a directory that only this user may enter.
  package func open(_ path: String) -> EventLoopFuture<Void> {
    let server = NIOLoopBound(self, eventLoop: eventLoop)
    let opened = ServerBootstrap(group: eventLoop)
      .serverChannelOption(.backlog, value: 16)
      .childChannelOption(.writeBufferWaterMark, value: .init(low: Self.unreadBytes / 2, high: Self.unreadBytes))
      .childChannelOption(.allowRemoteHalfClosure, value: true)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(Connection(server.value))
        }
      }
      .bind(unixDomainSocketPath: path)
    return opened.assumeIsolated().map { [self] channel in
      chmod(path, 0o600)
      self.channel = channel
    }.nonisolated()
  }

  package func close() {
    channel?.close(promise: nil)
    channel = nil
  }

  /// One client: one request, its answer, the end.
  private final class Connection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let server: ControlServer
    private var line: [UInt8] = []
    private var answer: Answer?
    private var isCounted = false

    init(_ server: ControlServer) { self.server = server }

    func channelActive(context: ChannelHandlerContext) {
      isCounted = true
      server.count += 1
      if server.count > ControlServer.connections { return context.close(promise: nil) }
      guard let provider = context.channel as? any SocketOptionProvider else { return context.close(promise: nil) }
      let context = NIOLoopBound(context, eventLoop: context.eventLoop)
      #if canImport(Glibc)
        provider.unsafeGetSocketOption(level: .socket, name: NIOBSDSocket.Option(rawValue: SO_PEERCRED))
          .whenComplete { (user: Result<PeerCredentials, any Error>) in
            if (try? user.get())?.uid != geteuid() { context.value.close(promise: nil) }
          }
      #else
        _ = (provider, context)
      #endif
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      guard answer == nil else { return }
      for byte in unwrapInboundIn(data).readableBytesView {
        if byte == 0x0a { return answer(context) }
        line.append(byte)
        if line.count > ControlRequest.lineBytes {
          return refuse(context, "a request has more than \(ControlRequest.lineBytes) bytes.")
        }
      }
    }

    func channelInactive(context: ChannelHandlerContext) {
      if isCounted { server.count -= 1 }
      answer?.closed()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private func answer(_ context: ChannelHandlerContext) {
      guard let request = JSONLine.decode(ControlRequest.self, line) else {
        return refuse(context, "a request was not understood.")
      }
      let answer = Answer(context.channel)
      self.answer = answer
      server.handle(request, answer)
    }

    private func refuse(_ context: ChannelHandlerContext, _ what: String) {
      let answer = Answer(context.channel)
      self.answer = answer
      let commands = ControlRequest.Command.allCases.map(\.rawValue).joined(separator: ", ")
      answer.send(
        ErrorReport(
          SessionError(
            .control, what, why: "Requests are one line of JSON with a \"command\": \(commands).",
            remedy: "use the selo command of the same version")))
      answer.finish()
    }
  }
}

/// `struct ucred` of Linux, which Glibc shows only to those who ask for GNU extensions.
private struct PeerCredentials: BitwiseCopyable, Sendable {
  var pid: Int32 = 0
  var uid: UInt32 = 0
  var gid: UInt32 = 0
}
