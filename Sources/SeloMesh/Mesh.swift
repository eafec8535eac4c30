package import SeloWire

/// Order, agreement and failover of one session, as seen by one of its members: a value without clock or I/O.
///
/// One door in, effects out:
///
///     mesh.step(.frames(…), at: now, notary: notary, into: &effects)     // then carry out the effects, in order
///     timer.set(mesh.deadline)                                          // a spurious wake-up is harmless
///
/// The phases of a term (PROTOCOL section 6), each a struct in a file of its own:
///
///     Following ──silence──> Suspecting ──a quorum suspects──> Joining ──elected, promises of a quorum──> Reflecting
///        ^  ^                   │    │                          │   ^                                        │
///        │  └──────frame────────┘    │                          │   └──nobody formed in time: next one       │
///        │                           v                          v                                            │
///        └────────staged──────────Staging <────────a Term of a higher reign arrives──────────────────────────┘
///
/// Arrows that are not drawn (a hand-over, a staging that comes to nothing, the end in Detached) are named there.
package struct Mesh: Hashable, Sendable {
  /// What never changes in the life of a membership.
  package struct Facts: Hashable, Sendable {
    package let session: SessionID
    package let me: Member
    package let author: Author
    package let policy: Policy
    /// Who is right when the voters' worlds differ and none has more than half of them. Counts where it reflects.
    package let yielding: Yielding
    #if DEBUG || SELO_DRAFTS
      /// Rules that are left out; none, but in tests of the laws.
      package var drafts: Draft = []
    #endif

    package init(
      session: SessionID, me: Member, author: Author, policy: Policy, yielding: Yielding = .nobody
    ) {
      self.session = session
      self.me = me
      self.author = author
      self.policy = policy
      self.yielding = yielding
    }
  }

  package let facts: Facts
  package internal(set) var phase: Phase
  package internal(set) var log: FrameLog
  /// Newest frame that a quorum holds, as far as is known here; never taken back.
  package internal(set) var agreed: UInt64
  /// Newest irrevocable frame.
  package internal(set) var final: UInt64
  /// The highest reign promised.
  package internal(set) var promise: Reign
  /// The reign whose log this is.
  package internal(set) var lastNormal: Reign
  package internal(set) var outbox: Outbox
  package internal(set) var contacts = Contacts()
  /// What proves the reign that is followed, when it is known here.
  var proof: TermStart?
  /// The highest term number ever seen.
  var highestNumber: UInt32
  var suspicions = Suspicions()
  /// Since when this peer has stood against terms whose logs lack what is agreed here.
  var standingAgainst: Instant?
  /// Through whose door this peer came: until its own roster frame is here, nobody else can be reached.
  package internal(set) var guide: Member?
  var detector: FailureDetector
  var clockWatch = ClockWatch()
  /// Members that said they leave.
  var leavers: [Member] = []
  var leaving: Leaving?
  /// What this peer's person decided and is not in force yet.
  package internal(set) var decisions: [OpenDecision] = []
  /// Own envelopes in the log: at which frame, up to which author sequence.
  var logged: [Logged]
  var resendAll = false
  /// What this peer's world was at recent checkpoints; the newest goes with the next ack.
  var votes: [DigestVote] = []
  var freshVote: DigestVote?
  /// The newest verdict that is agreed. Who is out by it needs a world from behind it: one from before it would go the
  /// same way again.
  package internal(set) var newestVerdict: UInt64 = 0
  var lastSealed: Instant
  /// The deadline as it was after the step before: also to notice that this peer itself was away.
  var announced: Instant?

  package enum Phase: Hashable, Sendable {
    case following(Following)
    case suspecting(Suspecting)
    case joining(Joining)
    case staging(Staging)
    case reflecting(Reflecting)
    case detached(Detachment)
  }

  struct Logged: Hashable, Sendable {
    let frame: UInt64
    let last: UInt64
  }

  struct Leaving: Hashable, Sendable {
    let until: Instant
    var nextWord: Instant
  }

  /// The one door. O(frames and envelopes in the input) besides what a change of term costs.
  package mutating func step(
    _ input: MeshInput, at now: Instant, notary: some Notary, into effects: inout [MeshEffect]
  ) {
    if case .detached = phase { return }
    let moment = Moment(now: now, session: facts.session, notary: notary)
    noticePause(moment, &effects)
    receive(input, moment, &effects)
    detector.tick = slowestTick
    wake(moment, &effects)
    detector.tick = slowestTick
    checkInvariants()
    announced = wantedDeadline
  }

  private mutating func receive(
    _ input: MeshInput, _ moment: Moment<some Notary>, _ effects: inout [MeshEffect]
  ) {
    switch input {
    case .frames(let reign, let frames, let sender): receive(frames, of: reign, from: sender, moment, &effects)
    case .envelopes(let reign, let envelopes, let sender):
      receive(envelopes, for: reign, from: sender, moment, &effects)
    case .packet(let packet, let sender): receive(packet, from: sender, moment, &effects)
    case .publish(let message): publish(message, &effects)
    case .admit(let entry): admit(entry, moment, &effects)
    case .reached(let member): hear(member, at: moment.now)
    case .refused(let member): noticeRefusal(of: member, moment, &effects)
    case .leave: leave(moment, &effects)
    case .stepDown: stepDown(moment, &effects)
    case .adopt: adoptBranch(moment, &effects)
    case .decide(let decision): decide(decision, moment, &effects)
    case .vote(let digest): vote(digest, moment, &effects)
    case .wake: break
    case .flush: flush(moment, &effects)
    }
  }

  /// When the mesh wants to be stepped next, if nothing happens before.
  package var deadline: Instant? {
    if case .detached = phase { return nil }
    return announced ?? wantedDeadline
  }

  /// The deadline as the state has it: what changes it happens in steps, so it is worked out once a step.
  private var wantedDeadline: Instant? {
    let own: Instant? =
      switch phase {
      case .following(let following): following.deadline(detector, closedPort: closedPort(following.reflector))
      case .suspecting(let suspecting): suspecting.deadline
      case .joining(let joining): joining.deadline
      case .staging(let staging): staging.deadline(detector)
      case .reflecting(let reflecting): reflecting.deadline(canStamp: canStamp)
      case .detached: nil
      }
    return .earliest(.earliest(own, outboxDeadline), .earliest(leaving?.nextWord, decisionDeadline))
  }

  /// Whatever is due by now.
  private mutating func wake(_ moment: Moment<some Notary>, _ effects: inout [MeshEffect]) {
    switch phase {
    case .following: wakeFollowing(moment, &effects)
    case .suspecting: wakeSuspecting(moment, &effects)
    case .joining: wakeJoining(moment, &effects)
    case .staging: wakeStaging(moment, &effects)
    case .reflecting: wakeReflecting(moment, &effects)
    case .detached: return
    }
    if let due = outboxDeadline, due <= moment.now { sendOutbox(moment, &effects) }
    wakeLeaving(moment, &effects)
    wakeDeciding(moment, &effects)
  }

  /// The end of a wake-up: envelopes, frames and acks that came together leave together.
  private mutating func flush(_ moment: Moment<some Notary>, _ effects: inout [MeshEffect]) {
    sendOutbox(moment, &effects)
    switch phase {
    case .following, .suspecting: sendAck(&effects)
    case .reflecting: reflect(moment, &effects)
    case .joining, .staging, .detached: break
    }
  }

  /// A step that comes long after its deadline means that this very peer was away (stopped, asleep, starved): it
  /// accuses nobody of silence, and if it reflects it says nothing before a quorum has answered.
  private mutating func noticePause(_ moment: Moment<some Notary>, _ effects: inout [MeshEffect]) {
    guard let announced else { return }
    let late = moment.now.since(announced)
    detector.woke(late: late)
    guard late > detector.limit else { return }
    detector.restart(at: moment.now)
    clockWatch.restart()
    contacts.forgive(at: moment.now)
    if case .reflecting(var reflecting) = phase, reflecting.hailing == nil, !isAlone, !tries(.unfencedZombie) {
      reflecting.hailing = Hailing(since: moment.now)
      phase = .reflecting(reflecting)
    }
  }
}
