package import NIOCore
import SeloCrypto
import SeloMesh
import SeloPeer
package import SeloVM
import SeloWire

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The thin code around one `Peer`: sockets, clock, timer; everything on one event loop.
///
///     socket ─ datagram ─▶ step ─▶ effects ─ send ─▶ written          what arrived in one wake-up is
///     timer  ─ wake ─────▶ step ─▶         ─ announce ─▶ multicast     stepped first; then one .flush,
///     mailbox ─ publish ─▶ step ─▶         ─ verify ─▶ step            one flush of each socket, one timer
///
/// Every method is called on the event loop; others talk to it through `Session` and the control socket.
package final class Shell<W: World> {
  package let eventLoop: any EventLoop
  package let plan: ShellPlan<W>
  package let membership: EventLoopPromise<Void>
  /// Fulfilled once, when the peer is out; nil after a graceful leave.
  package let end: EventLoopPromise<SessionError?>

  let mailbox: Mailbox
  var observers = Observers<W>()
  private var past = AgreedPast<W>()
  private(set) var rejections: [String: UInt64] = [:]
  private var messages = MessageCounters()

  private var peer: Peer<W>
  private let notary: SodiumNotary
  private let unicast: UnicastSocket
  private let door: Door
  private let started: Instant
  private var effects: [PeerEffect] = []
  private var multicast: Multicast?
  private var probe: ProbeSocket?
  private var timer: (at: Instant, task: Scheduled<Void>)?
  private var neighbours: (at: Instant, endpoints: [Endpoint])?
  private var waiting: [UInt64: @Sendable (Result<Receipt, SessionError>) -> Void] = [:]
  var awaited: [AwaitedDecision] = []
  /// Letters that wait until this peer can take them: it is between two memberships, or the outbox is full.
  private var letters: ArraySlice<Mailbox.Letter> = []
  private var hasJoined = false
  /// The letter whose `publish` is being stepped.
  private var current: Mailbox.Letter?
  /// Whatever is being written to disk.
  var saving: EventLoopFuture<Void>
  private var hasAdvanced = false
  private var hasEnded = false

  /// Binds the unicast socket and makes the peer; nothing is sent before `open`.
  package init(on eventLoop: any EventLoop, _ plan: ShellPlan<W>) throws(SessionError) {
    self.eventLoop = eventLoop
    self.plan = plan
    notary = SodiumNotary(keys: plan.keys)
    started = Clock.now()
    mailbox = Mailbox(on: eventLoop)
    saving = eventLoop.makeSucceededVoidFuture()
    door = Door()
    let door = door
    do {
      unicast = try UnicastSocket(
        on: eventLoop, interfaces: plan.interfaces, port: plan.options.port,
        DatagramSocket.Callbacks(
          received: { bytes, source in door.datagram(bytes, source) }, drained: { door.drained() }))
    } catch {
      throw SessionError.notBound(error, port: plan.options.port)
    }
    membership = eventLoop.makePromise()
    end = eventLoop.makePromise()
    peer = Peer<W>(plan.peerOptions(port: unicast.port), at: started)
    door.datagram = { [self] in feed(.datagram($0, from: $1)) }
    door.drained = { [self] in finishWakeUp() }
    let shell = NIOLoopBound(self, eventLoop: eventLoop)
    mailbox.open { shell.value.collectMail() }
  }

  /// Opens the sockets and lets the peer begin.
  package func open() -> EventLoopFuture<Void> {
    let multicast = Multicast(
      on: eventLoop, interfaces: plan.interfaces, port: plan.discoveryPort, from: unicast,
      received: { [self] in feed(.datagram($0, from: $1)) }, drained: { [self] in finishWakeUp() })
    self.multicast = multicast
    probe = ProbeSocket(on: eventLoop) { [self] target in
      // A refusal may show while an effect is carried out: it is a wake-up of its own.
      eventLoop.assumeIsolated().execute { [self] in
        feed(.refused(target))
        finishWakeUp()
      }
    }
    let sockets: [EventLoopFuture<Void>]
    do {
      sockets = try unicast.open() + multicast.open()
    } catch {
      return eventLoop.makeFailedFuture(SessionError.notBound(error, port: unicast.port))
    }
    let opened = EventLoopFuture.andAllSucceed(sockets, on: eventLoop)
    return opened.assumeIsolated().map { [self] in
      feed(.wake)
      finishWakeUp()
    }.nonisolated()
  }

  // MARK: The core's door

  private func feed(_ input: PeerInput) {
    guard !hasEnded else { return }
    peer.step(input, at: Clock.now(), notary: notary, into: &effects)
    // Executing an effect may step again and append: an index, not an iterator.
    var next = 0
    while next < effects.count {
      execute(effects[next])
      next += 1
    }
    effects.removeAll(keepingCapacity: true)
  }

  private func execute(_ effect: PeerEffect) {
    switch effect {
    case .send(let bytes, let target):
      unicast.write(bytes, to: target)
    case .announce(let bytes):
      multicast?.announce(bytes)
      for neighbour in localPeers() { unicast.write(bytes, to: neighbour) }
    case .connectProbe(let target):
      probe?.connect(target)
    case .probe:
      probe?.probe()
    case .verify(let verification):
      let isGenuine = verification.check(notary)
      peer.step(.verified(verification, isGenuine), at: Clock.now(), notary: notary, into: &effects)
    case .published(let sequence):
      if current != nil { messages.taken += 1 }
      if let answer = current?.answer { waiting[sequence] = answer }
      current = nil
    case .notPublished(let refusal):
      messages.refused += 1
      mailbox.settled(1)
      current?.answer?(.failure(refusal.error))
      current = nil
    case .event(let event):
      take(event)
    case .rejected(let rejection):
      let key = "\(rejection)"
      if rejections.count < 256 || rejections[key] != nil { rejections[key, default: 0] += 1 }
    }
  }

  /// Everything of one wake-up has been stepped: messages, frames and acks leave together, and one timer is set.
  private func finishWakeUp() {
    publishLetters()
    feed(.flush)
    unicast.flush()
    if hasAdvanced { tell() }
    if !hasEnded { setTimer() }
  }

  private func setTimer() {
    guard let deadline = peer.deadline else { return }
    // An earlier timer stays: a spurious wake-up costs less than setting a timer for every datagram.
    if let timer, timer.at <= deadline { return }
    timer?.task.cancel()
    let delay = deadline.since(Clock.now())
    let task = eventLoop.assumeIsolated().scheduleTask(in: .nanoseconds(Int64(clamping: delay.nanoseconds))) { [self] in
      timer = nil
      feed(.wake)
      finishWakeUp()
    }
    timer = (deadline, task)
  }

  // MARK: Events

  private func take(_ event: PeerEvent) {
    switch event {
    case .phase(let phase):
      if phase == .member {
        hasJoined = true
        membership.succeed()
      }
      let (text, missing) = SessionStatus.text(phase)
      observers.yield(.phase(text, missing: missing))
    case .advanced:
      hasAdvanced = true
    case .ordered(let tick, let author, let first, let count):
      past.ordered(tick: tick, author: author, first: first, count: count, toldTo: peer.mesh?.facts.author)
      // A peer that was away comes back as a run of its own, with an author of its own.
      if author.identity == plan.keys.identity, author == peer.mesh?.facts.author { settle(tick, first, count) }
    case .reflector(let term, let name):
      observers.yield(.reflector(name: name, term: term.number))
    case .rolledBack(let from, let to):
      past.rollBack(to: to)
      hasAdvanced = true
      observers.yield(.rolledBack(from: from, to: to))
    case .roster(let version):
      observers.yield(.roster(version: version))
    case .branched(let sequence):
      observers.yield(.branched(tick: sequence))
    case .returned(let way):
      past.leave(for: way.cut)
      hasAdvanced = true
      observers.yield(.returned(tick: way.cut))
      save(way)
    case .resubmitted(let count, let lost):
      messages.resubmitted += count
      messages.lost += lost
      observers.yield(.resubmitted(messages: count, lost: lost))
    case .rival:
      observers.yield(.rival)
    case .diverged(let evidence):
      observers.yield(
        .diverged(tick: evidence.sequence, evidence.differences, comparedWith: evidence.comparedWith))
      save(evidence)
    case .equivocation(let sequence, _, _):
      observers.yield(.equivocation(tick: sequence))
    case .worldsDiffer(let evidence):
      observers.yield(
        .worldsDiffer(tick: evidence.sequence, evidence.differences, comparedWith: evidence.comparedWith))
      save(evidence)
    case .vouched:
      observers.yield(.vouched)
    case .unvouched:
      observers.yield(.unvouched)
    case .contradicted(let sequence):
      observers.yield(.contradicted(tick: sequence))
    case .snapshotResumed: break
    case .ended(let reason):
      finish(reason)
    }
  }

  /// Own messages are agreed: who waits for them hears it.
  private func settle(_ tick: UInt64, _ first: UInt64, _ count: UInt32) {
    mailbox.settled(Int(count))
    guard !waiting.isEmpty else { return }
    for sequence in first..<(first &+ UInt64(count)) {
      waiting.removeValue(forKey: sequence)?(.success(Receipt(sequence: sequence, tick: tick)))
    }
  }

  /// The world moved: the ring remembers the agreed tick, views get the newest state.
  private func tell() {
    hasAdvanced = false
    remember()
    for event in peer.drainEvents() { observers.yield(.world(event)) }
    if observers.hasViews, let world = peer.world { observers.yield(world) }
    settleDecisions()
  }

  /// Notes the newest agreed tick, and says how long the world stood still when it is the first of a new term.
  private func remember() {
    guard let mesh = peer.mesh, let resumption = past.note(mesh, peer.agreedWorld, at: Clock.now()) else { return }
    observers.yield(
      .resumed(
        term: resumption.term, stoodStillMilliseconds: Double(resumption.stoodStill.nanoseconds) / 1e6,
        agreedTicksLost: resumption.lost))
  }

  // MARK: What others ask

  package func leave() {
    feed(.leave)
    finishWakeUp()
  }

  func stepDown() {
    feed(.stepDown)
    finishWakeUp()
  }

  func adopt() {
    feed(.adopt)
    finishWakeUp()
  }

  func decide(_ decision: Decision) {
    feed(.decide(decision))
    finishWakeUp()
  }

  /// The order this peer takes part in, while it is a member.
  var mesh: Mesh? { peer.mesh }

  private func collectMail() {
    letters += mailbox.collect()
    finishWakeUp()
  }

  /// What was accepted from the application is not refused because this peer is away for a moment; the mailbox, which
  /// counts what is under way, sees to it that not too much waits. Who was never in is told so at once.
  private func publishLetters() {
    while let letter = letters.first, !hasJoined || peer.hasRoom(for: letter.bytes) {
      letters.removeFirst()
      current = letter
      feed(.publish(letter.bytes))
    }
    if letters.isEmpty { letters = [] }
  }

  package var world: Frozen<W>? { peer.world }

  package var status: SessionStatus {
    SessionStatus(peer.status, of: facts, messages: messages, network: network, rejections: rejections)
  }

  /// What this peer learned to be agreed above tick `after`, and what came of each author.
  package func auditReport(after: UInt64, at tick: UInt64?) -> AuditReport {
    past.report(after: after, at: tick, received: peer.mesh?.log.head.authors.all ?? [])
  }

  package var facts: PeerFacts {
    PeerFacts(
      session: plan.session, name: plan.options.name, world: W.name,
      author: peer.mesh?.facts.author ?? plan.author, pid: getpid(),
      addresses: unicast.addresses.map(\.text))
  }

  private var network: NetworkCounters {
    var network = NetworkCounters()
    for socket in unicast.counters {
      network.received += socket.received
      network.sent += socket.sent
      network.dropped += socket.dropped
      network.reopened += socket.reopened
    }
    guard let multicast else { return network }
    network.announced = multicast.counters.announced
    network.notAnnounced = multicast.counters.notAnnounced
    network.echoed = multicast.counters.echoed
    network.heard = multicast.counters.heard
    return network
  }

  /// The other peers of this machine, by the run directory: the way to meet without multicast. Read once a second.
  private func localPeers() -> [Endpoint] {
    let now = Clock.now()
    if let neighbours, now.since(neighbours.at) < .seconds(1) { return neighbours.endpoints }
    let own = Set(unicast.addresses)
    let endpoints = plan.run.peers().flatMap(\.addresses).compactMap { Endpoint(numeric: $0) }.filter {
      !own.contains($0)
    }
    neighbours = (now, endpoints)
    return endpoints
  }

  // MARK: The end

  /// Ends without a word to anybody: what could not be opened is closed.
  package func abandon() { finish(.left) }

  private func finish(_ reason: EndReason) {
    guard !hasEnded else { return }
    hasEnded = true
    let seconds = Double(Clock.now().since(started).nanoseconds) / 1e9
    let error = reason.error(
      EndFacts(
        session: plan.session, interfaces: plan.interfaces, network: network, seconds: seconds,
        given: plan.options.peers))
    let refusal = error ?? .ended(plan.session)
    for letter in letters + mailbox.close(refusal) { letter.answer?(.failure(refusal)) }
    letters = []
    for answer in waiting.values { answer(.failure(refusal)) }
    waiting = [:]
    abandonDecisions(refusal)
    membership.fail(refusal)
    // Its last words leave with the flush of this wake-up; the sockets close after it.
    eventLoop.assumeIsolated().execute { [self] in
      unicast.flush()
      close()
      // Who listens still hears where it was saved.
      saving.assumeIsolated().whenComplete { [self] _ in
        observers.finish(error)
        end.succeed(error)
      }
    }
  }

  private func close() {
    timer?.task.cancel()
    timer = nil
    probe?.close()
    probe = nil
    multicast?.close()
    multicast = nil
    unicast.close()
    door.datagram = { _, _ in }
    door.drained = {}
  }

  /// Breaks the circle between the socket, which is made first, and the shell that it calls.
  private final class Door {
    var datagram: ([UInt8], Endpoint) -> Void = { _, _ in }
    var drained: () -> Void = {}
  }
}
