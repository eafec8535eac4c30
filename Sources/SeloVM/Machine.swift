/// The machine that runs one world: feed it what the log delivers, in order, and it computes the same on every peer.
///
///     let machine = Machine<Counter>(seed: 1)
///     machine.external(.increment, author: ada, authorKey: 7, authorSequence: 1, at: t, sequence: 1, place: 0)
///     machine.advance(to: t)
///     machine.root.count  // 1
///
/// It has no clock and no thread; one executor owns it. What leaves it (``frozen()``, ``snapshot()``, ``digest()``)
/// is `Sendable`.
public final class Machine<W: World> {
  private let engine: Engine

  /// A new world: `W()`, then ``World/start(_:)`` at time zero. Equal seeds make equal worlds.
  public init(seed: UInt64, limits: MachineLimits = .standard) {
    engine = Engine(program: Program(of: W.self), seed: seed, limits: limits)
  }

  /// The world whose ``snapshot()`` these bytes are. The bytes may be hostile; they are refused, never trapped on.
  /// Those of an older version of the world are migrated first, if it says how: see ``World/migrate(_:from:)``.
  /// O(bytes).
  public init(snapshot bytes: [UInt8]) throws(SnapshotError) {
    let program = Program(of: W.self)
    let bytes = try SnapshotReader.migrated(bytes, to: W.self)
    engine = Engine(program: program, state: try State(snapshot: bytes, program))
  }

  init(engine: Engine) { self.engine = engine }

  // What the log delivers

  /// An external message, to become a turn of the root at `time`. Whatever shares a time has to be there before it is
  /// advanced to, or come in the order of the log. O(log messages).
  ///
  /// - Parameters:
  ///   - message: what the author published.
  ///   - author: who published it, as the world knows them.
  ///   - authorKey: 64 bits of H(identity ‖ incarnation), for the cause.
  ///   - authorSequence: its number among the messages of that author.
  ///   - time: that of the frame; before ``now`` it is an error of the caller, at ``now`` it is allowed.
  ///   - sequence: that of the frame. No two external messages may have the same time, sequence and place.
  ///   - place: its place in the frame, presence included.
  public func external(
    _ message: W.Message, author: PeerID, authorKey: UInt64, authorSequence: UInt64, at time: VirtualTime,
    sequence: UInt64, place: UInt32
  ) {
    let cause = Cause.external(authorKey: authorKey, authorSequence: authorSequence)
    let payload: UInt32
    if InlineMessage.fits(W.Message.self) {
      payload = InlineMessage.payload(of: message)
    } else {
      payload = engine.state.messages[0].add { $0.initializeMemory(as: W.Message.self, to: message) }
    }
    enqueue(.message(payload: payload), author: author, cause: cause, time, sequence, place)
  }

  /// The same for a message as it travels. Bytes that do not decode are consumed as a failed turn, on every peer alike.
  public func external(
    encoded bytes: [UInt8], author: PeerID, authorKey: UInt64, authorSequence: UInt64, at time: VirtualTime,
    sequence: UInt64, place: UInt32
  ) {
    let cause = Cause.external(authorKey: authorKey, authorSequence: authorSequence)
    var reader = ReplicaReader(bytes)
    let root = engine.program.types[0]
    guard let payload = try? engine.state.messages[0].decoded(from: &reader, root) else {
      return enqueue(.undecodable, author: author, cause: cause, time, sequence, place)
    }
    if reader.remaining == 0 {
      enqueue(.message(payload: payload), author: author, cause: cause, time, sequence, place)
    } else {
      if !root.messagesLieInLinks { engine.state.messages[0].free(payload) }
      enqueue(.undecodable, author: author, cause: cause, time, sequence, place)
    }
  }

  /// A peer came or went, at its place in the log; arguments as for an external message.
  public func presence(_ presence: Presence, at time: VirtualTime, sequence: UInt64, place: UInt32) {
    let cause = Cause.presence(presence, sequence: sequence)
    enqueue(.presence(presence), author: nil, cause: cause, time, sequence, place)
  }

  /// A letter of another world, at its place in the log; arguments as for an external message. Taken once, by its
  /// source and cause, whoever delivers it again.
  public func letter(_ letter: Letter, at time: VirtualTime, sequence: UInt64, place: UInt32) {
    enqueue(.letter(letter), author: nil, cause: Cause.letter(letter), time, sequence, place)
  }

  /// The message with this cause, and with it all the cause leads to, never runs: it is consumed as a failed turn
  /// ``FailedTurn/Kind/skipped``. For a message that stops every peer; all must agree and call it at the same point of
  /// the log (VM rule 22).
  public func skip(cause: UInt64) {
    let skipped = engine.state.skipped
    let place = skipped.firstIndex { $0 >= cause } ?? skipped.count
    if place == skipped.count || skipped[place] != cause { engine.state.skipped.insert(cause, at: place) }
  }

  /// Runs everything that is due at or before `time`; then that is ``now``. It must not be before it.
  ///
  /// Splitting an advance never changes the state (VM rule 5). Lanes let large rounds run on several threads; they
  /// never change the result. O(messages due).
  public func advance(to time: VirtualTime, lanes: (any Lanes)? = nil) { engine.advance(to: time, lanes: lanes) }

  private func enqueue(
    _ content: External.Content, author: PeerID?, cause: UInt64, _ time: VirtualTime, _ sequence: UInt64,
    _ place: UInt32
  ) {
    precondition(time >= now, "an external message for \(time) came at \(now)")
    engine.state.externals.insert(
      External(time: time, sequence: sequence, place: place, cause: cause, author: author, content: content))
  }

  // What there is to see

  /// The world itself, as it is between turns.
  public var root: W { engine.state.root.values.assumingMemoryBound(to: W.self).pointee }

  /// How far virtual time has come.
  public var now: VirtualTime { engine.state.now }

  /// When the next message that waits is due; nil when nothing waits.
  public var nextDue: VirtualTime? {
    let external = engine.state.externals.first?.time
    return engine.state.queue.earliest.map { min($0, external ?? $0) } ?? external
  }

  /// This moment as an immutable value. O(1).
  public func frozen() -> Frozen<W> { Frozen(program: engine.program, state: engine.shared()) }

  /// An independent copy, which shares memory until one of both changes. It starts without events. O(1).
  public func fork() -> Machine { Machine(engine: Engine(program: engine.program, state: engine.shared())) }

  /// The bytes of the state: equal states have equal bytes (VM rule 26). O(state).
  public func snapshot() -> [UInt8] { engine.state.snapshot(engine.program) }

  /// 128 bits of the state (VM rule 27). O(nodes / 64 + 8 · nodes written since the last digest + messages that wait).
  public func digest() -> Digest { engine.state.digest(engine.program) }

  /// The events emitted since the last call, in order. If nobody asks, only the newest are kept: at least 32,768.
  public func drainEvents() -> [Event] {
    defer { engine.events = [] }
    return engine.events
  }

  /// The letters posted since the last call, in order, for the host to deliver. As with events, only the newest are
  /// kept if nobody asks. A letter of a stretch that is rolled back was posted nevertheless: deliver what is agreed.
  public func drainLetters() -> [Letter] {
    defer { engine.letters = [] }
    return engine.letters
  }

  /// The name of this world as the source of letters: the world's name and its seed.
  public var address: String { engine.program.address(seed: engine.state.seed) }

  /// The newest failed turns, at most 64, the oldest first. They are part of the state.
  public var failedTurns: [FailedTurn] { engine.state.failedTurns.newest }

  /// How many turns have failed since the founding.
  public var failedTurnCount: UInt64 { engine.state.failedTurns.total }

  /// How many messages this machine itself has run, those of the log included: a fork or a restored machine begins at
  /// zero.
  package var messagesRun: UInt64 { engine.messagesRun }

  /// The seed the world was founded with.
  public var seed: UInt64 { engine.state.seed }

  /// The budgets the world was founded with.
  public var limits: MachineLimits { engine.state.limits }

  // Facts for the charter

  /// The version of the rules and byte formats that this machine follows; peers of one session must share it.
  public static var machineVersion: UInt32 { 2 }

  /// The name of the world.
  public static var worldName: String { W.name }

  /// The version of the world's state.
  public static var worldVersion: Int { W.version }

  /// 64 bits of the names of the world's node types in order.
  public static var schemaFingerprint: UInt64 { Program(of: W.self).fingerprint }
}
