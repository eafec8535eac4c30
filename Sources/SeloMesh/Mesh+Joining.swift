import SeloWire

// Promising a new term, and standing for it (PROTOCOL section 6).

extension Mesh {
  /// Promises the highest term that others have promised, else the next one with the first successor that answers.
  mutating func startJoining(_ moment: Moment<some Notary>, _ effects: inout [MeshEffect]) {
    let waiting = Waiting(stalled: stalledSince ?? moment.now, promised: moment.now)
    if let highest = suspicions.highestPromise(above: promise), stands(highest.term.elected) {
      return promiseTerm(highest, waiting, attempt: 0, moment, &effects)
    }
    promiseNextNumber(waiting, attempt: 0, passingOver: currentReflector, moment, &effects)
  }

  /// A quorum promised a term whose log lacks what is agreed here. One that lies may have begun it, or may have led
  /// this peer astray before: so it is not obeyed, and a higher one is promised. Those who are many enough elect; who
  /// is too few for that has been led astray, and gives its id up after a while.
  mutating func standAgainst(_ reign: Reign, _ moment: Moment<some Notary>, _ effects: inout [MeshEffect]) {
    let since = standingAgainst ?? moment.now
    standingAgainst = since
    if moment.now.since(since) >= Timing.standingPatience { return detach(.outvoted, &effects) }
    highestNumber = max(highestNumber, reign.term.number)
    let waiting = Waiting(stalled: moment.now, promised: moment.now)
    promiseNextNumber(waiting, attempt: 0, passingOver: reign.term.elected, moment, &effects)
  }

  private mutating func promiseNextNumber(
    _ waiting: Waiting, attempt: Int, passingOver silent: Member?, _ moment: Moment<some Notary>,
    _ effects: inout [MeshEffect]
  ) {
    let elected = successor(passingOver: silent, attempt: attempt, at: moment.now)
    // A term that a quorum began is taken up however high its number is, also one that was not believed as a word.
    let (number, overflow) = max(highestNumber, promise.term.number).addingReportingOverflow(1)
    precondition(!overflow, "term numbers are used up")
    let term = Term(number: number, elected: elected, handover: 0)
    promiseTerm(Reign(lineage: promise.lineage, term: term), waiting, attempt: attempt, moment, &effects)
  }

  /// Seniority among the voters that answer at this moment; the next one at each further attempt.
  /// One without a vote names another such only when no voter answers.
  private func successor(passingOver silent: Member?, attempt: Int, at now: Instant) -> Member {
    let answers = { [self] (member: Member) in
      if member == facts.me { return leaving == nil }
      return member != silent && !leavers.contains(member)
        && contacts[member].map { now.since($0.heard) < .milliseconds(300) } ?? false
        && suspicions.says(member, over: lastNormal, at: now)
    }
    var answering = voters.filter(answers)
    if answering.isEmpty, !isVoter { answering = log.head.roster.entries.map(\.member).filter(answers) }
    return answering.isEmpty ? facts.me : answering[attempt % answering.count]
  }

  /// A candidate must stand in the newest roster of the log one would follow.
  private func stands(_ candidate: Member) -> Bool { log.head.roster[candidate] != nil }

  private mutating func promiseTerm(
    _ next: Reign, _ waiting: Waiting, attempt: Int, _ moment: Moment<some Notary>, _ effects: inout [MeshEffect]
  ) {
    precondition(next.term > promise.term, "promises only rise")
    promise = next
    highestNumber = max(highestNumber, next.term.number)
    let word = JoinTerm(
      next: next, lastNormal: lastNormal, received: log.received, chain: log.head.chain, agreed: agreed, final: final,
      member: facts.me)
    let signed = SignedJoinTerm(word, session: moment.session, notary: moment.notary)
    _ = suspicions.promise(signed)
    var joining = Joining(
      next: next, signed: signed, waiting: waiting, attempt: attempt,
      giveUp: moment.now + patience(attempt, next.term.number), candidate: next.term.elected == facts.me,
      at: moment.now)
    if case .joining(let earlier) = phase { joining.remember(earlier) }
    phase = .joining(joining)
    effects.append(.reign(next, normal: false))
    wakeJoining(moment, &effects)
  }

  /// Five words' time (50 ms on a quiet LAN) × 1.5^attempt, at most a second, ± 25 % by member and number, so that
  /// candidates do not keep in step.
  private func patience(_ attempt: Int, _ number: UInt32) -> Delay {
    var base = detector.silence.nanoseconds / 6 * 5
    for _ in 0..<min(attempt, 8) { base += base / 2 }
    base = min(base, 1_000_000_000)
    var spread = facts.me.incarnation.value ^ (UInt64(facts.me.id.value) << 32 | UInt64(number))
    spread = (spread ^ (spread >> 30)) &* 0xbf58_476d_1ce4_e5b9
    spread = (spread ^ (spread >> 27)) &* 0x94d0_49bb_1331_11eb
    return Delay(nanoseconds: base * 3 / 4 + base / 2 * ((spread >> 40) & 0xff) / 256)
  }

  mutating func receivePromise(
    _ signed: SignedJoinTerm, from sender: Member, _ moment: Moment<some Notary>, _ effects: inout [MeshEffect]
  ) {
    let word = signed.promise
    guard word.next.lineage == promise.lineage else {
      return effects.append(.rejected(.foreignLineage, from: sender))
    }
    hear(ofNumber: word.next.term.number)
    guard word.next.term > currentReign.term else {
      effects.append(.rejected(.lowerTerm, from: sender))
      return correct(sender, speaking: word.next, moment, &effects)
    }
    guard word.next.term.handover == 0, word.member == sender,
      let entry = log.head.rosters.lazy.compactMap({ $0.roster[sender] }).first,
      signed.isSigned(by: entry.identity, for: moment.session, notary: moment.notary)
    else { return effects.append(.rejected(.badPromise, from: sender)) }
    guard word.next.term.number <= highestBelievable else { return hearBoast(of: sender, moment, &effects) }
    if isNormal { answerDoubt(of: sender, moment, &effects) }
    learn(from: word, moment, &effects)
    askForRest(word.lastNormal, through: word.received, of: sender, &effects)
    guard suspicions.promise(signed) else { return }
    if case .joining(let joining) = phase {
      if word.next.term > promise.term, stands(word.next.term.elected) {
        promiseTerm(word.next, joining.waiting, attempt: joining.attempt, moment, &effects)
      } else {
        stand(moment, &effects)
      }
    } else {
      considerJoining(moment, &effects)
    }
  }

  /// The other's log is a part of this one, so what it knows to be agreed is agreed here. It may decide which rosters
  /// count.
  private mutating func learn(
    from word: JoinTerm, _ moment: Moment<some Notary>, _ effects: inout [MeshEffect]
  ) {
    if case .reflecting = phase { return }
    guard word.agreed > agreed, log.chain(at: word.received) == word.chain else { return }
    learn(agreed: word.agreed, final: word.final, moment, &effects)
  }

  mutating func wakeJoining(_ moment: Moment<some Notary>, _ effects: inout [MeshEffect]) {
    guard case .joining(var joining) = phase else { return }
    if joining.nextWord <= moment.now {
      joining.nextWord = moment.now + wordSpacing
      phase = .joining(joining)
      sendAll(.joinTerm(joining.signed), &effects)
    }
    if joining.outvoted(holding: log.received) >= 8,
      moment.now.since(joining.waiting.promised) >= Timing.outvotedPatience
    {
      return detach(.outvoted, &effects)
    }
    stand(moment, &effects)
    guard case .joining(let still) = phase, still.next == joining.next, still.giveUp <= moment.now else { return }
    promiseNextNumber(
      still.waiting, attempt: still.attempt + 1, passingOver: still.next.term.elected, moment, &effects)
  }

  /// The candidate's part: promises of a quorum, a moment for the others, the best log among them, then the term.
  private mutating func stand(_ moment: Moment<some Notary>, _ effects: inout [MeshEffect]) {
    guard case .joining(var joining) = phase, var candidacy = joining.candidacy else { return }
    let promises = suspicions.promises(to: joining.next)
    let mayBranch = self.mayBranch(with: promises, in: joining, moment)
    // Promises can also become fewer: who promised has promised something higher since.
    guard mayBranch || isQuorum(promises, in: rosters) || tries(.minorityForms) else { return dropFetch() }
    let quorumSince = candidacy.quorumSince ?? moment.now
    candidacy.quorumSince = quorumSince
    if let fetch = candidacy.fetch, fetch.isUnanswered, !candidacy.unheeded.contains(fetch.source) {
      candidacy.unheeded.append(fetch.source)
      candidacy.fetch = nil
    }
    if candidacy.fetch == nil {
      let missing = voters.contains { voter in
        voter != log.head.reflector && !promises.contains { $0.promise.member == voter }
      }
      if mayBranch || !missing || quorumSince + Timing.grace <= moment.now {
        let heeded = candidacy.heeded(of: promises)
        candidacy.fetch = fetch(from: isQuorum(heeded, in: rosters) ? heeded : promises)
      }
    }
    if let due = candidacy.fetch?.deadline, due <= moment.now, var fetch = candidacy.fetch {
      effects.append(.send(fetch.ask(at: moment.now), to: fetch.source))
      candidacy.fetch = fetch
    }
    let done = candidacy.fetch?.isComplete == true ? candidacy.fetch : nil
    joining.candidacy = candidacy
    phase = .joining(joining)
    if let done { form(done, promises, mayBranch: mayBranch, moment, &effects) }
  }

  /// Whether all who can be heard go the same way, and nobody else can be heard.
  private func mayBranch(
    with promises: [SignedJoinTerm], in joining: Joining, _ moment: Moment<some Notary>
  ) -> Bool {
    guard isVoter else { return carriesOn(with: promises, since: joining.waiting.promised, moment) }
    guard standsAlone(since: joining.waiting.stalled, moment) else { return false }
    // An answer can still overtake a promise, but not a branch: whoever is there has the time for some.
    let isAnswerDue = moment.now.since(joining.waiting.promised) >= answerPatience
    let missing = isAnswerDue ? missingVoters(at: moment.now, for: branchPatience) : []
    return voters.allSatisfy { voter in
      missing.contains(voter) || closedPort(voter) != nil || promises.contains { $0.promise.member == voter }
    }
  }

  func isQuorum(_ promises: [SignedJoinTerm], in rosters: [Roster]) -> Bool {
    Agreement.isQuorum(rosters) { member in promises.contains { $0.promise.member == member } }
  }

  /// The log to stand on: the highest (last normal term, received) among the promises.
  private func fetch(from promises: [SignedJoinTerm]) -> Fetch {
    let own = JoinTerm(
      next: promise, lastNormal: lastNormal, received: log.received, chain: log.head.chain, agreed: agreed,
      final: final, member: facts.me)
    let best = promises.map(\.promise).reduce(own) { best, word in
      if tries(.longestLog) { return best.received < word.received ? word : best }
      return best.rank < word.rank ? word : best
    }
    let base = best.lastNormal == lastNormal ? log.received : agreed
    return Fetch(
      next: promise, source: best.member, base: base, baseChain: log.chain(at: base) ?? .zero,
      through: best.received, goal: best.chain)
  }

  /// Serves the log that was promised while the promise stands, or the one its last normal term began on.
  mutating func serveFetch(
    _ next: Reign, _ first: UInt64, _ through: UInt64, to member: Member, _ moment: Moment<some Notary>,
    _ effects: inout [MeshEffect]
  ) {
    var admitted = false
    contacts.update(member) { admitted = $0.fetches.admits(at: moment.now) }
    guard admitted else { return effects.append(.rejected(.tooOften, from: member)) }
    guard next == promise || next == lastNormal, first > 0, first <= through, through <= log.received else {
      return effects.append(.rejected(.notPromised, from: member))
    }
    let frames = log.frames(first..<(through + 1), limit: Limits.repairFrames, bytes: Limits.frameBytes)
    for batch in batches(frames) { effects.append(.send(.staged(next: next, batch), to: member)) }
  }

  /// Takes up the chosen log and starts the term, or a branch when no quorum exists.
  private mutating func form(
    _ fetch: Fetch, _ promises: [SignedJoinTerm], mayBranch: Bool, _ moment: Moment<some Notary>,
    _ effects: inout [MeshEffect]
  ) {
    // Two logs of one reign part below what both hold: they are the same up to what is agreed.
    if fetch.contradictsBase, fetch.base > agreed, let chain = log.chain(at: agreed),
      case .joining(var joining) = phase
    {
      joining.candidacy?.fetch = fetch.back(to: agreed, chain)
      phase = .joining(joining)
      return
    }
    // What comes with a log that is not heeded is not heeded either.
    var words = promises.map(\.promise)
    if case .joining(let joining) = phase { words = joining.candidacy?.heeded(of: promises).map(\.promise) ?? words }
    let known = tries(.agreedForgotten) ? agreed : words.map(\.agreed).reduce(agreed, max)
    guard fetch.leadsToGoal, let staged = staged(fetch.frames, above: fetch.base, moment) else {
      effects.append(.rejected(.unprovenTerm, from: fetch.source))
      return dropFetch(unheeded: fetch.source)
    }
    // The quorum must be one of the chosen log's rosters, and the candidate must stand in them.
    let rosters = tries(.candidatesRoster) ? self.rosters : rostersInForce(staged.log.head, agreed: known)
    let shown = show(promises, upTo: staged.log.head, in: rosters)
    let isElected = isQuorum(shown, in: rosters) || tries(.minorityForms)
    guard staged.log.head.roster[facts.me] != nil, isElected || mayBranch else { return dropFetch() }
    adopt(staged, moment, &effects)
    let knownFinal = words.map(\.final).reduce(final, max)
    learn(agreed: known, final: knownFinal, moment, &effects)
    if isElected {
      startTerm(shown, moment, &effects)
    } else {
      startBranch(promises, moment, &effects)
    }
  }

  /// The promises that this log is the best of, of members who stand in these rosters. Who promised a better one while
  /// this one was fetched is not shown; without it there may be no quorum, and then that one is fetched.
  private func show(
    _ promises: [SignedJoinTerm], upTo state: LogState, in rosters: [Roster]
  ) -> [SignedJoinTerm] {
    if tries(.longestLog) { return promises }
    let standing = promises.filter { signed in rosters.contains { $0[signed.promise.member] != nil } }
    let chosen = standing.map(\.promise).filter { $0.received == state.sequence && $0.chain == state.chain }
    guard let rank = chosen.map(\.rank).max() else { return [] }
    return standing.filter { $0.promise.rank <= rank }
  }

  private mutating func dropFetch(unheeded source: Member? = nil) {
    guard case .joining(var joining) = phase else { return }
    let unheeded = (joining.candidacy?.unheeded ?? []) + (source.map { [$0] } ?? [])
    joining.candidacy = Candidacy(unheeded: unheeded)
    phase = .joining(joining)
  }
}
