import NIOCore
import NIOPosix
import SeloCrypto
public import SeloVM
public import SeloWire

/// Joins or founds a session, runs `body` in it, and leaves when `body` ends.
///
///     try await withSession("studio", world: Counter.self, secret: .passphrase("correct horse battery")) { session in
///       try session.publish(.increment)
///       for await counter in session.states { print(counter.root.count) }
///     }
///
/// Throws `SessionError` when there is no way in, and what `body` throws.
public func withSession<W: World, Result>(
  _ name: String, world: W.Type, secret: SessionSecret, _ options: SessionOptions = .init(),
  _ body: (Session<W>) async throws -> Result
) async throws -> Result {
  let session = try await Session<W>.open(name, secret: secret, options)
  do {
    let result = try await body(session)
    await session.leave()
    return result
  } catch {
    await session.leave()
    throw error
  }
}

/// One peer in one session: publish to it, look at its world, hear what happens. Every method may be called from
/// anywhere.
public final class Session<W: World>: Sendable {
  /// The session's name.
  public let name: String
  /// Who this peer is to the world.
  public let peer: PeerID

  private let shell: NIOLoopBound<Shell<W>>
  private let mailbox: Mailbox
  private let eventLoop: any EventLoop
  private let closing: Closing

  /// Opens sockets, finds the session and waits until this peer is a member of it.
  package static func open(
    _ name: String, secret: SessionSecret, _ options: SessionOptions, words: WorldWords<W>? = nil
  ) async throws(SessionError) -> Session {
    let session = try await start(name, secret: secret, options, words: words)
    do {
      try await session.joined()
      return session
    } catch {
      await session.leave()
      throw error
    }
  }

  /// Opens sockets and lets the peer look for its session; `joined` tells when it is in.
  package static func start(
    _ name: String, secret: SessionSecret, _ options: SessionOptions, words: WorldWords<W>? = nil
  ) async throws(SessionError) -> Session {
    try proveWorld()
    let identity = try identity(options)
    let plan = try plan(name, secret, options, identity.keys, words)
    try plan.run.ensure()
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let eventLoop = group.next()
    var made: NIOLoopBound<Shell<W>>?
    do {
      let shell = try await eventLoop.checked {
        NIOLoopBound(try Shell<W>(on: eventLoop, plan), eventLoop: eventLoop)
      }
      made = shell
      let (mailbox, closing) = try await eventLoop.checkedFuture { opened(shell.value, group, identity) }
      return Session(plan, shell, mailbox, closing)
    } catch {
      if let made { try? await eventLoop.checked { made.value.abandon() } }
      try? await group.shutdownGracefully()
      throw error
    }
  }

  private init(_ plan: ShellPlan<W>, _ shell: NIOLoopBound<Shell<W>>, _ mailbox: Mailbox, _ closing: Closing) {
    name = plan.session
    peer = plan.keys.identity.peerID
    self.shell = shell
    self.mailbox = mailbox
    self.closing = closing
    eventLoop = shell.eventLoop
  }

  /// Opens the control socket first and the network then: who is in the run directory can be asked.
  private static func opened(
    _ shell: Shell<W>, _ group: MultiThreadedEventLoopGroup, _ identity: IdentityStore.Held
  ) -> EventLoopFuture<(Mailbox, Closing)> {
    let eventLoop = shell.eventLoop
    let server = ControlServer(on: eventLoop) { request, answer in shell.handle(request, answer) }
    let run = shell.plan.run
    let control = run.freshControlName()
    let description = shell.facts.description(control)
    let mailbox = shell.mailbox
    let bound = NIOLoopBound((shell, server), eventLoop: eventLoop)
    return server.open(run.path(control)).flatMap { bound.value.0.open() }.flatMapThrowing {
      let entry = try run.register(description)
      let server = NIOLoopBound(bound.value.1, eventLoop: eventLoop)
      return (mailbox, Closing(group: group, server: server, entry: entry, identity: identity))
    }
  }

  /// Suspends until this peer is a member, or throws why it never will be.
  package func joined() async throws(SessionError) {
    let shell = shell
    try await eventLoop.checkedFuture { shell.value.membership.futureResult }
  }

  // MARK: Publishing

  /// Publishes a message and returns at once. Throws when it is too large, when too much is under way, or when the
  /// session is over; what the session refuses later is counted in the status.
  public func publish(_ message: W.Message) throws(SessionError) {
    try mailbox.post(Mailbox.Letter(bytes: message.encoded(), answer: nil))
  }

  /// Publishes a message and suspends until it is agreed.
  public func perform(_ message: W.Message) async throws(SessionError) -> Receipt {
    let bytes = message.encoded()
    let mailbox = mailbox
    let result = await withCheckedContinuation {
      (continuation: CheckedContinuation<Result<Receipt, SessionError>, Never>) in
      do throws(SessionError) {
        try mailbox.post(Mailbox.Letter(bytes: bytes) { continuation.resume(returning: $0) })
      } catch {
        continuation.resume(returning: .failure(error))
      }
    }
    return try result.get()
  }

  // MARK: Looking

  /// The world, each time it moved; who is slow skips. It ends with the session.
  public var states: AsyncStream<Frozen<W>> {
    AsyncStream(bufferingPolicy: .bufferingNewest(1)) { continuation in
      onShell { shell in
        let number = shell.observers.add(continuation, showing: shell.world)
        continuation.onTermination = { [weak self] _ in self?.onShell { $0.observers.remove(number) } }
      }
    }
  }

  /// What happens in the session, from here on. It ends with the session.
  public var events: AsyncStream<SessionEvent> {
    AsyncStream(bufferingPolicy: .bufferingNewest(Observers<W>.unreadEvents)) { continuation in
      onShell { shell in
        let number = shell.observers.add(continuation)
        continuation.onTermination = { [weak self] _ in self?.onShell { $0.observers.remove(number) } }
      }
    }
  }

  /// Where this peer stands.
  public var status: SessionStatus {
    get async throws(SessionError) {
      let shell = shell
      return try await eventLoop.checked { shell.value.status }
    }
  }

  // MARK: Deciding

  /// Puts a member out of the session and bans its identity for as long as the session lasts; returns when that is
  /// agreed. Whoever knows the passphrase can come again as somebody else.
  ///
  /// - Parameter whom: its name, its fingerprint, or at least the first four digits of its key; the status tells them.
  ///
  /// Throws `.denied` when this peer is no host, `.usage` when nobody or several are called so, or it is this peer
  /// itself, `.undecided` when it is not in force after six seconds: it may come all the same.
  public func kick(_ whom: String) async throws(SessionError) {
    let shell = shell
    try await eventLoop.checkedFuture { try shell.value.kick(whom) }
  }

  /// Changes how often the world's time moves when nothing is published; returns when that is agreed.
  ///
  /// - Parameter period: 5 to 200 ms, and at least 1 ms for each member.
  ///
  /// Throws `.denied` when this peer is no host, `.usage` when the session cannot have that period, `.undecided` when
  /// it is not in force after six seconds: it may come all the same.
  public func setTickPeriod(_ period: Delay) async throws(SessionError) {
    let shell = shell
    try await eventLoop.checkedFuture { try shell.value.setTickPeriod(period) }
  }

  // MARK: Leaving

  /// Leaves gracefully and closes everything; calling it again is harmless.
  public func leave() async {
    await withdraw()
    _ = await ended()
    await closing.close(eventLoop)
  }

  /// Asks the peer to leave, without waiting.
  package func withdraw() async { onShell { $0.leave() } }

  /// Suspends until the peer is out; the error that ended it, nil after a graceful leave.
  package func ended() async -> SessionError? {
    let shell = shell
    return (try? await eventLoop.checkedFuture { shell.value.end.futureResult }) ?? nil
  }

  private func onShell(_ body: @escaping @Sendable (Shell<W>) -> Void) {
    let shell = shell
    eventLoop.execute { body(shell.value) }
  }
}

/// Closes once what a session holds besides its peer.
private actor Closing {
  private var group: MultiThreadedEventLoopGroup?
  private var entry: RunDirectory.Entry?
  private var identity: IdentityStore.Held?
  private let server: NIOLoopBound<ControlServer>

  init(
    group: MultiThreadedEventLoopGroup, server: NIOLoopBound<ControlServer>, entry: RunDirectory.Entry,
    identity: IdentityStore.Held
  ) {
    self.group = group
    self.server = server
    self.entry = entry
    self.identity = identity
  }

  func close(_ eventLoop: any EventLoop) async {
    guard let group = group.take() else { return }
    let server = server
    try? await eventLoop.submit { server.value.close() }.get()
    entry = nil
    try? await group.shutdownGracefully()
    identity = nil
  }
}
