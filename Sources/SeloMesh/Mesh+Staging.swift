import SeloWire

// Obeying a term: its proof, its log, and the step over to it (PROTOCOL section 6, "follower").

extension Mesh {
  mutating func receiveTerm(
    _ start: TermStart, from sender: Member, _ moment: Moment<some Notary>, _ effects: inout [MeshEffect]
  ) {
    hear(ofNumber: start.reign.term.number)
    guard concerns(start) else { return effects.append(.rejected(.foreignLineage, from: sender)) }
    if start.reign == currentReign, isStaging || isNormal && log.head.reign == start.reign {
      return hearAgain(start, from: sender, moment)
    }
    let isBranch = start.reign.lineage != promise.lineage
    guard isBranch || start.reign.term >= promise.term else {
      effects.append(.rejected(.lowerTerm, from: sender))
      return correct(sender, speaking: start.reign, moment, &effects)
    }
    if hearsReflector(at: moment.now), !isPlausible(start, moment) {
      return effects.append(.rejected(.unprovenTerm, from: sender))
    }
    let through = start.frame.sequence - 1
    // What is agreed here should be a part of that log, whatever its history says. What both histories name may be two
    // logs all the same, when a reflector signed two frames for one place: then it is gone back to what is agreed.
    let base = max(commonPrefix(with: start.history, through: through), agreed)
    guard base <= through, let baseChain = log.chain(at: base) else {
      effects.append(.rejected(.unprovenTerm, from: sender))
      let own = log.hash(at: start.frame.sequence)
      if own != nil, own != start.frame.hash, isContradicted(by: start, above: [], moment) {
        standAgainst(start.reign, moment, &effects)
      }
      return
    }
    let fetch = Fetch(
      next: start.reign, source: sender, base: base, baseChain: baseChain, through: through,
      goal: start.frame.frame.previous)
    detector.restart(at: moment.now)
    phase = .staging(Staging(start: start, fetch: fetch, at: moment.now))
    wakeStaging(moment, &effects)
  }

  /// The term is followed or being taken up already: only its sender is news.
  private mutating func hearAgain(_ start: TermStart, from sender: Member, _ moment: Moment<some Notary>) {
    if sender == reflector(of: start.reign) { detector.restart(at: moment.now) }
    if var following {
      following.owesAck = true
      self.following = following
    }
    if case .staging(var staging) = phase {
      staging.fetch.turn(to: sender)
      phase = .staging(staging)
    }
  }

  private var isStaging: Bool {
    if case .staging = phase { return true }
    return false
  }

  /// A term of this lineage, or a branch of it that this peer promised and stands in.
  private func concerns(_ start: TermStart) -> Bool {
    if start.reign.lineage == promise.lineage { return true }
    guard case .branch(let parent, _, let ids) = start.frame.frame.body else { return false }
    return promise == Reign(lineage: parent, term: start.reign.term) && ids.contains(facts.me.id)
  }

  /// How far this log and one of that history are the same: to the end, here or there, of the last reign they share.
  func commonPrefix(with history: [ReignStart], through: UInt64) -> UInt64 {
    let own = log.head.history
    for (index, line) in own.enumerated().reversed() {
      guard let match = history.firstIndex(of: line) else { continue }
      let ownEnd = index + 1 < own.count ? own[index + 1].first - 1 : log.received
      let theirEnd = match + 1 < history.count ? history[match + 1].first - 1 : through
      return min(ownEnd, theirEnd)
    }
    return agreed
  }

  mutating func wakeStaging(_ moment: Moment<some Notary>, _ effects: inout [MeshEffect]) {
    guard case .staging(var staging) = phase else { return }
    if staging.fetch.isComplete { return finishStaging(staging, moment, &effects) }
    if let due = staging.fetch.deadline, due <= moment.now {
      effects.append(.send(staging.fetch.ask(at: moment.now), to: staging.fetch.source))
    }
    // Nobody has the rest any more.
    if detector.suspicionTime + Timing.branchPatience <= moment.now { return abandonStaging(moment, &effects) }
    staging.suspects = detector.suspicionTime <= moment.now
    let speaks = staging.suspects && staging.nextWord <= moment.now
    if speaks { staging.nextWord = moment.now + wordSpacing }
    phase = .staging(staging)
    if speaks {
      sendAll(.suspect(staging.start.reign, received: log.received, .silence), &effects)
      considerJoining(moment, &effects)
    }
  }

  mutating func receiveStaged(
    _ frames: [SignedFrame], for next: Reign, from sender: Member, _ moment: Moment<some Notary>,
    _ effects: inout [MeshEffect]
  ) {
    switch phase {
    case .staging(var staging) where staging.fetch.next == next && staging.fetch.source == sender:
      guard staging.fetch.take(frames) else { return }
      if tries(.stagedInSight), let part = staged(staging.fetch.frames, above: staging.fetch.base, moment) {
        adopt(part, moment, &effects)
      }
      detector.restart(at: moment.now)
      if staging.fetch.wantsMore {
        effects.append(.send(staging.fetch.ask(at: moment.now), to: sender))
      }
      phase = .staging(staging)
      wakeStaging(moment, &effects)
    case .joining(var joining):
      guard var fetch = joining.candidacy?.fetch, fetch.next == next, fetch.source == sender else { return }
      guard fetch.take(frames) else { return }
      if fetch.wantsMore { effects.append(.send(fetch.ask(at: moment.now), to: sender)) }
      joining.candidacy?.fetch = fetch
      phase = .joining(joining)
      wakeJoining(moment, &effects)
    case .following, .suspecting, .staging, .reflecting, .detached:
      effects.append(.rejected(.unexpected, from: sender))
    }
  }

  /// Everything is here: now the term must prove itself, and only then it becomes the log.
  private mutating func finishStaging(
    _ staging: Staging, _ moment: Moment<some Notary>, _ effects: inout [MeshEffect]
  ) {
    let start = staging.start
    if staging.fetch.contradictsBase, staging.fetch.base > agreed, let chain = log.chain(at: agreed) {
      phase = .staging(Staging(start: start, fetch: staging.fetch.back(to: agreed, chain), at: moment.now))
      return wakeStaging(moment, &effects)
    }
    guard staging.fetch.leadsToGoal,
      let staged = staged(staging.fetch.frames + [start.frame], above: staging.fetch.base, moment),
      proves(start, by: staged, moment)
    else {
      effects.append(.rejected(.unprovenTerm, from: staging.fetch.source))
      if staging.fetch.contradictsBase, isContradicted(by: start, above: staging.fetch.frames, moment) {
        let isInnocent = isInnocent(start.reign.term.elected, of: staging.fetch.frames.first, moment)
        return isInnocent ? detach(.outvoted, &effects) : standAgainst(start.reign, moment, &effects)
      }
      return abandonStaging(moment, &effects)
    }
    adopt(staged, moment, &effects)
    promise = start.reign
    lastNormal = start.reign
    standingAgainst = nil
    proof = start
    suspicions.settle(start.reign)
    detector.restart(at: moment.now)
    phase = .following(Following(reign: start.reign, reflector: log.head.reflector ?? start.reign.term.elected))
    effects.append(.reign(start.reign, normal: true))
    learn(agreed: start.frame.frame.agreed, final: start.frame.frame.final, moment, &effects)
    renewOutbox(moment)
    if case .branch(_, let sequence, _) = start.frame.frame.body { effects.append(.branched(sequence)) }
  }

  /// The term did not prove itself, or nobody has the rest of its log any more: back to what was promised.
  private mutating func abandonStaging(_ moment: Moment<some Notary>, _ effects: inout [MeshEffect]) {
    let stalled = min(moment.now, detector.suspicionTime)
    if let own = suspicions.promises(to: promise).first(where: { $0.promise.member == facts.me }) {
      phase = .joining(
        Joining(
          next: promise, signed: own, waiting: Waiting(stalled: stalled, promised: moment.now), attempt: 0,
          giveUp: moment.now + Timing.branchPatience,
          candidate: promise.term.elected == facts.me, at: moment.now))
      wakeJoining(moment, &effects)
    } else {
      let following = Following(reign: lastNormal, reflector: log.head.reflector ?? lastNormal.term.elected)
      phase = .suspecting(Suspecting(from: following, .badFrame, since: stalled, at: moment.now))
      wakeSuspecting(moment, &effects)
    }
  }

  /// A log that is ready to be stepped over to, with what the world will be told.
  struct StagedLog {
    let log: FrameLog
    /// The last frame that both logs share.
    let common: UInt64
    let deliveries: [(frame: SignedFrame, presence: [PresenceChange])]
  }

  /// Builds the log that follows from replacing everything above `base`, or nil when a frame does not fit.
  func staged(_ frames: [SignedFrame], above base: UInt64, _ moment: Moment<some Notary>) -> StagedLog? {
    var common = base
    for frame in frames where frame.sequence == common + 1 && log.chain(at: frame.sequence) == frame.hash {
      common += 1
    }
    guard common >= agreed else { return nil }
    var rebuilt = log
    rebuilt.truncate(to: common, notary: moment.notary)
    var deliveries: [(frame: SignedFrame, presence: [PresenceChange])] = []
    for frame in frames where frame.sequence > common {
      // Proven by the chain that ends in the signed first frame of the term, or in a signed promise.
      let presence = try? rebuilt.append(Proven(checked: frame), notary: moment.notary)
      guard let presence else { return nil }
      deliveries.append((frame, presence))
    }
    return StagedLog(log: rebuilt, common: common, deliveries: deliveries)
  }

  /// The step over: the world goes back to the common prefix and on along the new log.
  mutating func adopt(_ staged: StagedLog, _ moment: Moment<some Notary>, _ effects: inout [MeshEffect]) {
    if staged.common < log.received { effects.append(.rollBack(to: staged.common)) }
    logged.removeAll { $0.frame > staged.common }
    log = staged.log
    for delivery in staged.deliveries {
      effects.append(.deliver(delivery.frame, delivery.presence))
      noteOwn(in: delivery.frame, at: nil)
    }
    rosterChanged(moment, &effects)
  }
}
