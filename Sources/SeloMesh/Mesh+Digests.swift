import SeloWire

// Do all worlds compute the same? Votes on digests once a second of virtual time, and what follows from them
// (PROTOCOL section 7).

extension Mesh {
  /// The newest frame above `known` and up to `agreed` that is a mark, or the first of its second of virtual time:
  /// every world is asked for its digest at the same frames.
  func checkpoint(above known: UInt64, through agreed: UInt64) -> UInt64? {
    var sequence = agreed
    while sequence > known {
      if let frame = log[sequence]?.frame, let before = log[sequence - 1]?.frame,
        frame.body == .mark
          || frame.time.nanoseconds / 1_000_000_000 > before.time.nanoseconds / 1_000_000_000
      {
        return sequence
      }
      sequence -= 1
    }
    return nil
  }

  /// This peer's own world has this digest: it travels with the next ack, or counts at once.
  mutating func vote(_ vote: DigestVote, _ moment: Moment<some Notary>, _ effects: inout [MeshEffect]) {
    votes.append(vote)
    if votes.count > 16 { votes.removeFirst() }
    if case .reflecting = phase {
      count(vote, of: facts.me, &effects)
    } else {
      freshVote = vote
      following?.owesAck = true
    }
  }

  /// The reflector's arithmetic: more than half of the voters agree, and somebody does not; or nobody can tell who is
  /// right.
  mutating func count(_ vote: DigestVote, of member: Member, _ effects: inout [MeshEffect]) {
    let voters = roster.voters
    let yielding = facts.yielding
    changeReflecting { reflecting in
      reflecting.ballots.add(vote, by: member)
      switch reflecting.ballots.outcome(at: vote.sequence, voters: voters, yielding: yielding) {
      case .open: break
      case .undecided(let votes): reflecting.findings.append(.dissent(sequence: vote.sequence, votes: votes))
      case .decided(let digest, let members):
        reflecting.findings.append(
          .verdict(sequence: vote.sequence, digest: digest, root: .zero, against: members.map(\.id)))
      }
      // Each checkpoint has few; a reflector that may not stamp for long forgets the oldest.
      if reflecting.findings.count > Ballots.checkpoints { reflecting.findings.removeFirst() }
    }
  }

  mutating func stampFindings(_ moment: Moment<some Notary>, _ effects: inout [MeshEffect]) {
    guard case .reflecting(var reflecting) = phase, !reflecting.findings.isEmpty else { return }
    let findings = reflecting.findings
    reflecting.findings = []
    phase = .reflecting(reflecting)
    for body in findings where isReflector { stamp(body, moment, &effects) }
  }

  /// Verdicts and dissent among the frames that have just been agreed: whose world differs is out until it has fetched
  /// another.
  mutating func noticeVerdicts(
    above known: UInt64, _ moment: Moment<some Notary>, _ effects: inout [MeshEffect]
  ) {
    var sequence = known
    while sequence < agreed {
      sequence += 1
      switch log[sequence]?.frame.body {
      case .dissent(let at, let votes)?: effects.append(.undecided(at, votes))
      case .verdict(let at, let digest, _, let members)?:
        newestVerdict = sequence
        guard let own = votes.first(where: { $0.sequence == at }), own.digest != digest else { continue }
        effects.append(.diverged(own, DigestVote(sequence: at, digest: digest), against: members))
        handOver(moment, &effects)
        return detach(.diverged, &effects)
      case .idle?, .messages?, .term?, .roster?, .handover?, .branch?, .adopt?, .mark?, .tick?, nil: continue
      }
    }
  }
}

/// Who gives way when the voters' worlds differ and none has more than half of them, as of two voters.
package enum Yielding: Hashable, Sendable {
  /// It is reported, and both go on.
  case nobody
  /// What the oldest voter computed is right; the others fetch a fresh copy.
  case younger
}

/// Votes on the digests of recent checkpoints, at the reflector.
package struct Ballots: Hashable, Sendable {
  private struct Ballot: Hashable, Sendable {
    let member: Member
    let vote: DigestVote
  }

  enum Outcome: Equatable {
    case open
    /// More than half of the voters have this digest; these members have others and have not been told of before.
    case decided(Bytes16, against: [Member])
    /// All voters have voted, and no digest has more than half of them: whose is right cannot be told.
    case undecided([MemberVote])
  }

  private struct Settled: Hashable, Sendable {
    let sequence: UInt64
    /// Nil when it could not be told.
    let digest: Bytes16?
    /// Whom verdicts have named.
    var named: [Member]
  }

  private var ballots: [Ballot] = []
  /// Checkpoints that have had an outcome.
  private var settled: [Settled] = []
  private static let limit = 4 * Limits.members
  /// Checkpoints that are remembered.
  static let checkpoints = 16

  mutating func add(_ vote: DigestVote, by member: Member) {
    ballots.removeAll { $0.member == member && $0.vote.sequence == vote.sequence }
    ballots.append(Ballot(member: member, vote: vote))
    if ballots.count > Self.limit { ballots.removeFirst(ballots.count - Self.limit) }
  }

  /// Each checkpoint has one digest at most, and each member is named once for it, however late its vote came.
  mutating func outcome(at sequence: UInt64, voters: [Member], yielding: Yielding) -> Outcome {
    let all = ballots.filter { $0.vote.sequence == sequence }
    if let place = settled.firstIndex(where: { $0.sequence == sequence }) {
      guard let digest = settled[place].digest else { return .open }
      let late = all.filter { $0.vote.digest != digest && !settled[place].named.contains($0.member) }.map(\.member)
      settled[place].named += late
      return late.isEmpty ? .open : .decided(digest, against: late.sorted())
    }
    guard let first = all.first?.vote.digest, all.contains(where: { $0.vote.digest != first }) else { return .open }
    let counted = all.filter { voters.contains($0.member) }
    let most = counted.map(\.vote.digest).max { left, right in
      counted.count { $0.vote.digest == left } < counted.count { $0.vote.digest == right }
    }
    guard let most else { return .open }
    if 2 * counted.count(where: { $0.vote.digest == most }) > voters.count { return decide(most, all) }
    guard counted.count == voters.count else { return .open }
    let elder = counted.min { $0.member < $1.member }
    if yielding == .younger, let elder { return decide(elder.vote.digest, all) }
    settle(Settled(sequence: sequence, digest: nil, named: []))
    let votes = counted.sorted { $0.member < $1.member }
    return .undecided(votes.map { MemberVote(id: $0.member.id, digest: $0.vote.digest) })
  }

  private mutating func decide(_ digest: Bytes16, _ all: [Ballot]) -> Outcome {
    let against = all.filter { $0.vote.digest != digest }.map(\.member).sorted()
    settle(Settled(sequence: all[0].vote.sequence, digest: digest, named: against))
    return .decided(digest, against: against)
  }

  private mutating func settle(_ outcome: Settled) {
    settled.append(outcome)
    if settled.count > Self.checkpoints { settled.removeFirst() }
  }
}
