import SeloWire

/// Rules of the protocol that can be left out, to see whether the laws notice: each is an earlier draft that broke one.
///
/// Only builds for tests honour them (`DEBUG`, or the flag `SELO_DRAFTS`); in a release build the question is a
/// constant and costs nothing. docs/TESTING.md says what catches which.
package struct Draft: OptionSet, Hashable, Sendable {
  package let rawValue: UInt32

  package init(rawValue: UInt32) { self.rawValue = rawValue }

  /// Whether this build honours drafts.
  package static var isHonoured: Bool {
    #if DEBUG || SELO_DRAFTS
      true
    #else
      false
    #endif
  }

  /// Who has promised a new term goes on taking and acknowledging frames of the old one.
  package static let ackAfterPromise = Draft(rawValue: 1 << 0)
  /// The best log is the longest, whatever its last normal term.
  package static let longestLog = Draft(rawValue: 1 << 1)
  /// A new reign counts what members acknowledged in earlier ones.
  package static let staleAcks = Draft(rawValue: 1 << 2)
  /// Which messages are doubles is known by the reflector's memory instead of the log.
  package static let dedupeInMemory = Draft(rawValue: 1 << 3)
  /// A reflector stamps with a clock of its own.
  package static let clockOfItsOwn = Draft(rawValue: 1 << 4)
  /// While a roster change is not agreed, a quorum of the new roster is enough.
  package static let newRosterOnly = Draft(rawValue: 1 << 5)
  /// Under `available` a quorum makes final what should be held by all voters.
  package static let finalByQuorum = Draft(rawValue: 1 << 6)
  /// A term is obeyed without promises of a quorum.
  package static let termWithoutPromises = Draft(rawValue: 1 << 7)
  /// A candidate counts by its own rosters instead of those of the log it chose.
  package static let candidatesRoster = Draft(rawValue: 1 << 8)
  /// Who is taking up a new term still takes frames of the old one, and a woken reflector stamps before it asks.
  package static let unfencedZombie = Draft(rawValue: 1 << 9)
  /// A candidate starts its term without promises of a quorum.
  package static let minorityForms = Draft(rawValue: 1 << 10)
  /// A reflector orders roster changes while another is pending.
  package static let changesOverlap = Draft(rawValue: 1 << 11)
  /// A new log is shown while it is still being fetched.
  package static let stagedInSight = Draft(rawValue: 1 << 12)
  /// A promise keeps what was agreed to itself: a new term begins with what its candidate knew.
  package static let agreedForgotten = Draft(rawValue: 1 << 13)
  /// Branches rank by the length of their logs, which goes on changing, instead of by how they parted.
  package static let branchesByLength = Draft(rawValue: 1 << 14)
  /// A hand-over takes the next number, as an election does.
  package static let handoverByNumber = Draft(rawValue: 1 << 15)
}

extension Mesh {
  /// Whether a rule is left out. Never in a release build.
  @inline(__always) func tries(_ draft: Draft) -> Bool {
    #if DEBUG || SELO_DRAFTS
      facts.drafts.contains(draft)
    #else
      false
    #endif
  }

  /// Whether any rule is left out: then a mesh may contradict itself, and the laws tell.
  var isDraft: Bool {
    #if DEBUG || SELO_DRAFTS
      !facts.drafts.isEmpty
    #else
      false
    #endif
  }

  /// The term that a hand-over of this one begins.
  var handedOver: Term {
    guard tries(.handoverByNumber) else { return promise.term.handedOver }
    return Term(number: promise.term.number + 1, elected: facts.me, handover: 0)
  }

  /// A claim in which nothing counts but how long the log is now.
  func byLength(_ claim: LineageClaim) -> LineageClaim {
    guard tries(.branchesByLength) else { return claim }
    let nobody = Member(id: MemberID(0), incarnation: Incarnation(0))
    let branches = claim.branches.map { branching in
      Branching(
        lineage: branching.lineage, version: 0, voters: 1, oldest: MemberID(0),
        term: Term(number: 0, elected: nobody, handover: 0), cut: log.received)
    }
    return LineageClaim(
      session: claim.session, root: claim.root, generation: claim.generation, branches: branches,
      hasMessages: claim.hasMessages)
  }

  /// What a clock that knows nothing of the log shows when it takes over: less than the one before it did.
  func ownTime(at reflecting: Reflecting) -> VirtualTime {
    let isFirst = log.received + 1 == reflecting.started && reflecting.started > 1
    return VirtualTime(nanoseconds: max(0, log.head.time.nanoseconds + (isFirst ? -10_000_000 : 10_000_000)))
  }

  /// The rosters of which quorums are needed in `state`.
  func rostersInForce(_ state: LogState, agreed: UInt64) -> [Roster] {
    let rosters = state.rostersInForce(agreed: agreed)
    return tries(.newRosterOnly) ? rosters.suffix(1) : rosters
  }

  /// Goes on along a reign that was left: what no rule allows.
  mutating func heedLeftReign(
    _ frames: [Proven<SignedFrame>], of reign: Reign, _ moment: Moment<some Notary>, _ effects: inout [MeshEffect]
  ) {
    for frame in frames where frame.value.sequence == log.received + 1 && frame.value.frame.reign == reign {
      try? extend(with: frame, moment, &effects)
    }
    effects.append(.send(.ack(reign, received: log.received, digest: nil), to: reign.term.elected))
  }

  /// Whether a draft takes frames of the reign that was left.
  var heedsLeftReign: Bool {
    switch phase {
    case .joining: tries(.ackAfterPromise)
    case .staging: tries(.unfencedZombie)
    case .following, .suspecting, .reflecting, .detached: false
    }
  }
}
