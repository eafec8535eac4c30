import SeloWire

// Do all worlds compute the same? Votes on digests once a second of virtual time, and what follows from them
// (PROTOCOL section 10).

extension Mesh {
  /// The newest frame above `known` and up to `agreed` that is the first of its second of virtual time: every world is
  /// asked for its digest at the same frames.
  func checkpoint(above known: UInt64, through agreed: UInt64) -> UInt64? {
    var sequence = agreed
    while sequence > known {
      if let frame = log[sequence]?.frame, let before = log[sequence - 1]?.frame,
        frame.time.nanoseconds / 1_000_000_000 > before.time.nanoseconds / 1_000_000_000
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

  /// The reflector's arithmetic: more than half of the voters agree, and somebody does not.
  mutating func count(_ vote: DigestVote, of member: Member, _ effects: inout [MeshEffect]) {
    guard case .reflecting(var reflecting) = phase else { return }
    reflecting.ballots.add(vote, by: member)
    let outcome = reflecting.ballots.outcome(at: vote.sequence, voters: roster.voters)
    switch outcome {
    case .open: break
    case .undecided: effects.append(.undecided(vote.sequence))
    case .decided(let digest):
      reflecting.verdict = DigestVote(sequence: vote.sequence, digest: digest)
    }
    phase = .reflecting(reflecting)
  }

  mutating func stampVerdict(_ moment: Moment<some Notary>, _ effects: inout [MeshEffect]) {
    guard case .reflecting(var reflecting) = phase, let verdict = reflecting.verdict else { return }
    reflecting.verdict = nil
    phase = .reflecting(reflecting)
    stamp(.verdict(sequence: verdict.sequence, digest: verdict.digest, root: .zero), moment, &effects)
  }

  /// Verdicts among the frames that have just been agreed: whose world differs is out until it has fetched another.
  mutating func noticeVerdicts(
    above known: UInt64, _ moment: Moment<some Notary>, _ effects: inout [MeshEffect]
  ) {
    var sequence = known
    while sequence < agreed {
      sequence += 1
      guard case .verdict(let at, let digest, _)? = log[sequence]?.frame.body else { continue }
      guard let own = votes.first(where: { $0.sequence == at }), own.digest != digest else { continue }
      effects.append(.diverged(own, DigestVote(sequence: at, digest: digest)))
      handOver(moment, &effects)
      return detach(.diverged, &effects)
    }
  }
}

/// Votes on the digests of recent checkpoints, at the reflector.
package struct Ballots: Hashable, Sendable {
  private struct Ballot: Hashable, Sendable {
    let member: Member
    let vote: DigestVote
  }

  enum Outcome: Equatable {
    case open
    /// More than half of the voters have this digest, and somebody has another.
    case decided(Bytes16)
    /// All voters have voted, and no digest has more than half of them: whose is right cannot be told.
    case undecided
  }

  private var ballots: [Ballot] = []
  /// Checkpoints that have had an outcome.
  private var settled: [UInt64] = []
  private static let limit = 4 * Limits.members

  mutating func add(_ vote: DigestVote, by member: Member) {
    ballots.removeAll { $0.member == member && $0.vote.sequence == vote.sequence }
    ballots.append(Ballot(member: member, vote: vote))
    if ballots.count > Self.limit { ballots.removeFirst(ballots.count - Self.limit) }
  }

  /// Each checkpoint has one outcome at most.
  mutating func outcome(at sequence: UInt64, voters: [Member]) -> Outcome {
    if settled.contains(sequence) { return .open }
    let all = ballots.filter { $0.vote.sequence == sequence }
    let counted = all.filter { voters.contains($0.member) }
    guard let digest = all.first?.vote.digest, all.contains(where: { $0.vote.digest != digest }) else { return .open }
    let most = counted.map(\.vote.digest).max { left, right in
      counted.count { $0.vote.digest == left } < counted.count { $0.vote.digest == right }
    }
    guard let most else { return .open }
    if 2 * counted.count(where: { $0.vote.digest == most }) > voters.count {
      settle(sequence)
      return .decided(most)
    }
    guard counted.count == voters.count else { return .open }
    settle(sequence)
    return .undecided
  }

  private mutating func settle(_ sequence: UInt64) {
    settled.append(sequence)
    if settled.count > 16 { settled.removeFirst() }
  }
}
