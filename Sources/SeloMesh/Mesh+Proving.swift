import SeloWire

// What makes a term worth obeying (PROTOCOL section 6, "follower").

extension Mesh {
  /// Whether the log that was staged for a term proves it: promises of a quorum of the rosters in force where the
  /// election stands in that log, each signed; every hand-over since then signed by who reflected; the first frame
  /// signed by who reflects now. Who is in the term already needs no second proof of the election.
  ///
  /// A branch has no quorum to show: here it needs this peer's own promise (`concerns`) and name; the promises of the
  /// others it names are not checked.
  func proves(_ start: TermStart, by staged: StagedLog, _ moment: Moment<some Notary>) -> Bool {
    let log = staged.log
    guard let reflector = log.head.reflector, isSigned(start.frame, by: reflector, on: log.head.roster, moment) else {
      return false
    }
    if case .branch(_, _, let ids) = start.frame.frame.body { return ids.contains(facts.me.id) }
    var walked = self.log
    walked.truncate(to: staged.common, notary: moment.notary)
    var isElected = lastNormal.isOfSameElection(as: start.reign)
    for delivery in staged.deliveries {
      let frame = delivery.frame
      if frame.frame.reign.lineage == start.reign.lineage, frame.frame.reign.term == start.reign.term.election,
        walked.head.reign != frame.frame.reign
      {
        isElected = elects(frame, start.promises, on: walked.head, moment)
      }
      if frame.frame.successor != nil, frame.frame.reign.isOfSameElection(as: start.reign) {
        guard let elder = walked.head.reflector, isSigned(frame, by: elder, on: walked.head.roster, moment) else {
          return false
        }
      }
      guard (try? walked.append(Proven(checked: frame), notary: moment.notary)) != nil else { return false }
    }
    return isElected
  }

  private func isSigned(
    _ frame: SignedFrame, by member: Member, on roster: Roster, _ moment: Moment<some Notary>
  ) -> Bool {
    guard let entry = roster[member] else { return false }
    return frame.isSigned(by: entry.identity, for: moment.session, notary: moment.notary)
  }

  /// Whether signed promises of a quorum stand behind the first frame of an elected term, and that frame goes on from
  /// the best log among them, which `state` is the end of.
  private func elects(
    _ first: SignedFrame, _ promises: [SignedJoinTerm], on state: LogState, _ moment: Moment<some Notary>
  ) -> Bool {
    let known = promises.map(\.promise.agreed).reduce(first.frame.agreed, max)
    let rosters = rostersInForce(state, agreed: known)
    if tries(.termWithoutPromises) { return true }
    let valid = promises.filter { signed in
      guard signed.promise.next == first.frame.reign else { return false }
      guard let entry = rosters.lazy.compactMap({ $0[signed.promise.member] }).first else { return false }
      return signed.isSigned(by: entry.identity, for: moment.session, notary: moment.notary)
    }
    return isQuorum(valid, in: rosters) && isBest(valid, sequence: state.sequence, chain: state.chain)
  }

  /// Whether the best log that these promises name ends with this frame. A candidate has no choice: it goes on from
  /// the highest (last normal term, received) that it shows a promise of, or nobody obeys it. Of two logs of one reign,
  /// which a reflector made that signed twice, either is the best.
  func isBest(_ promises: [SignedJoinTerm], sequence: UInt64, chain: Bytes32) -> Bool {
    if tries(.longestLog) { return true }
    let words = promises.map(\.promise)
    guard let best = words.map(\.rank).max() else { return false }
    return words.contains { $0.rank == best && $0.received == sequence && $0.chain == chain }
  }
}

extension JoinTerm {
  /// Of two promised logs the one of the higher term is the better, and of one term's the longer.
  var rank: Rank { Rank(term: lastNormal.term, received: received) }

  struct Rank: Comparable {
    let term: Term
    let received: UInt64

    static func < (left: Rank, right: Rank) -> Bool { (left.term, left.received) < (right.term, right.received) }
  }
}
