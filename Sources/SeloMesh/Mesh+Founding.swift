package import SeloWire

// How a membership begins: by founding a session, or behind a snapshot.

extension Mesh {
  /// Founds a session: the first frame is a roster with one voter, the founder, who reflects the first term.
  package init(
    founding facts: Facts, with entry: RosterEntry, tick: Delay, at now: Instant, notary: some Notary,
    into effects: inout [MeshEffect]
  ) {
    precondition(entry.member == facts.me && entry.standing == .voter, "the founder is the first voter")
    let reign = Reign(
      lineage: LineageID(facts.session.bytes), term: Term(number: 1, elected: facts.me, handover: 0))
    self.init(
      facts: facts, state: LogState(founding: facts.session, tick: tick, notary: notary), reign: reign, lastOwn: 0,
      at: now)
    let moment = Moment(now: now, session: facts.session, notary: notary)
    phase = .reflecting(Reflecting(reign: reign, started: 1, at: now, stamped: now))
    let change = RosterChange(from: .empty, dropping: [], standings: [], adding: [entry], notary: notary)
    stamp(.roster(change), moment, &effects)
    effects.append(.reign(reign, normal: true))
    agree(moment, &effects)
    announced = deadline
  }

  /// Joins behind the agreed frame `state`, in the reign that was followed there. The tail is asked for at once; later
  /// terms are taken up as by anybody who missed them.
  ///
  /// - Parameter guide: the member whose door it came through, if the roster there does not name this peer yet.
  package init(
    joining facts: Facts, behind state: LogState, reign: Reign, guide: Member? = nil, at now: Instant
  ) {
    self.init(facts: facts, state: state, reign: reign, lastOwn: state.authors.last(of: facts.author), at: now)
    self.guide = log.head.roster[facts.me] == nil ? guide : nil
    contacts.keep(log.head.rosters.map(\.roster), and: self.guide, but: facts.me, at: now)
    following?.repair.notice(Ahead(), received: state.sequence, isBehind: true, at: now)
    announced = deadline
  }

  private init(facts: Facts, state: LogState, reign: Reign, lastOwn: UInt64, at now: Instant) {
    self.facts = facts
    log = FrameLog(from: state)
    agreed = state.sequence
    final = state.final
    promise = reign
    lastNormal = reign
    highestNumber = reign.term.number
    outbox = Outbox(last: lastOwn)
    logged = []
    detector = FailureDetector(tick: state.tick, at: now)
    lastSealed = .zero
    phase = .following(Following(reign: reign, reflector: state.reflector ?? reign.term.elected))
  }
}
