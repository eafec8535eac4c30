import SeloWire

// Ordering and stamping, and knowing whether anybody still follows.

extension Mesh {
  /// Starts the term on the log that was just adopted. Its first frame proves itself by the promises.
  mutating func startTerm(
    _ promises: [SignedJoinTerm], _ moment: Moment<some Notary>, _ effects: inout [MeshEffect]
  ) {
    let successors = voters.filter { $0 != facts.me }.map(\.id)
    begin(promise, promises, .term(successors: successors), moment, &effects)
  }

  /// Goes on without a quorum, as a branch of those who promised (PROTOCOL section 6, "No quorum").
  mutating func startBranch(
    _ promises: [SignedJoinTerm], _ moment: Moment<some Notary>, _ effects: inout [MeshEffect]
  ) {
    let cut = log.received
    let ids = promises.map(\.promise.member.id).filter { log.head.roster[$0] != nil }
    var name = ByteWriter()
    promise.write(to: &name)
    name.raw(log.head.chain.bytes)
    let lineage = LineageID(Bytes16(moment.notary.hash("branch", name.bytes).bytes))
    let parent = promise.lineage
    promise = Reign(lineage: lineage, term: promise.term)
    begin(promise, promises, .branch(parent: parent, sequence: cut, ids: ids), moment, &effects)
    effects.append(.branched(cut))
  }

  private mutating func begin(
    _ reign: Reign, _ promises: [SignedJoinTerm], _ body: Frame.Body, _ moment: Moment<some Notary>,
    _ effects: inout [MeshEffect]
  ) {
    let heard = detector.lastHeard
    lastNormal = reign
    standingAgainst = nil
    suspicions.settle(reign)
    if !tries(.staleAcks) { contacts.forgetAcks(at: moment.now) }
    detector.restart(at: moment.now)
    phase = .reflecting(
      Reflecting(reign: reign, started: log.received + 1, at: moment.now, stamped: heard))
    let frame = stamp(body, moment, &effects)
    let start = TermStart(frame: frame, history: log.head.history, promises: promises)
    proof = start
    effects.append(.reign(reign, normal: true))
    sendAll(.term(start), &effects)
    agree(moment, &effects)
    renewOutbox(moment)
  }

  /// One more frame: stamped, chained, signed, appended here, sent to all.
  @discardableResult
  mutating func stamp(
    _ body: Frame.Body, _ moment: Moment<some Notary>, _ effects: inout [MeshEffect]
  ) -> SignedFrame {
    guard case .reflecting(let reflecting) = phase else { preconditionFailure("only a reflector stamps") }
    let advance = min(moment.now.since(reflecting.stamped), Limits.stampAdvance)
    let frame = SignedFrame(
      Frame(
        reign: reflecting.reign, sequence: log.received + 1,
        time: tries(.clockOfItsOwn) ? ownTime(at: reflecting) : log.head.time + advance, agreed: agreed,
        final: final, previous: log.head.chain, body: body),
      session: moment.session, notary: moment.notary)
    noteStamped(frame, at: moment.now)
    do throws(Rejection) { try extend(with: Proven(checked: frame), moment, &effects) } catch {
      precondition(isDraft, "own frame \(frame.sequence) refused: \(error)")
      effects.append(.rejected(error, from: facts.me))
      return frame
    }
    // The first frame travels with its proof.
    if frame.sequence > reflecting.started { sendFresh(frame, moment, &effects) }
    return frame
  }

  private mutating func noteStamped(_ frame: SignedFrame, at now: Instant) {
    let nextTick = now + tick
    changeReflecting { reflecting in
      reflecting.stamped = now
      reflecting.nextTick = nextTick
      reflecting.noteSent(frame, at: now)
    }
  }

  private mutating func sendFresh(
    _ frame: SignedFrame, _ moment: Moment<some Notary>, _ effects: inout [MeshEffect]
  ) {
    guard case .reflecting(let reflecting) = phase else { return }
    let size = UInt64(frame.encodedSize)
    let tick = tick
    for member in contacts.all.map(\.member) {
      var admitted = false
      contacts.update(member) { contact in
        let unacknowledged = reflecting.bytes(above: contact.held) - size
        admitted = contact.window.admits(unacknowledged: unacknowledged, tick: tick, at: moment.now)
      }
      if admitted { effects.append(.send(.frames(reflecting.reign, [frame]), to: member)) }
    }
  }

  mutating func receive(
    _ envelopes: [Proven<SignedEnvelope>], for reign: Reign, from sender: Member, _ moment: Moment<some Notary>,
    _ effects: inout [MeshEffect]
  ) {
    guard knows(sender, in: reign.lineage, moment, &effects) else { return }
    guard case .reflecting(let reflecting) = phase, reflecting.reign == reign else {
      effects.append(.rejected(reign.term < promise.term ? .lowerTerm : .notPromised, from: sender))
      return correct(sender, speaking: reign, moment, &effects)
    }
    for envelope in envelopes { queue(envelope, from: sender, &effects) }
  }

  mutating func queue(
    _ envelope: Proven<SignedEnvelope>, from sender: Member, _ effects: inout [MeshEffect]
  ) {
    guard case .reflecting(let reflecting) = phase else { return }
    let author = envelope.value.envelope.author
    do throws(Rejection) {
      guard envelope.value.envelope.lineage == reflecting.reign.lineage else { throw .foreignLineage }
      guard log.head.mayPublish(author) else { throw .notAuthor }
      let logged = log.head.authors.last(of: author)
      let remembers = !tries(.dedupeInMemory) || log.head.authors.frame(of: author) >= reflecting.started
      let last = remembers ? logged : envelope.value.envelope.first - 1
      try changeReflecting { reflecting throws(Rejection) in try reflecting.queue.add(envelope.value, logged: last) }
    } catch {
      effects.append(.rejected(error, from: sender == facts.me ? nil : sender))
    }
  }

  mutating func receiveAck(
    _ reign: Reign, _ received: UInt64, _ vote: DigestVote?, from sender: Member, _ moment: Moment<some Notary>,
    _ effects: inout [MeshEffect]
  ) {
    // Who follows says so to one who doubts: it is heard, and that is all.
    if !isReflector, reign == currentReign { return }
    guard case .reflecting(let reflecting) = phase, reflecting.reign == reign, received <= log.received else {
      effects.append(.rejected(reign.term < promise.term ? .lowerTerm : .unexpected, from: sender))
      return correct(sender, speaking: reign, moment, &effects)
    }
    contacts.update(sender) { contact in
      if contact.held < received, let sent = reflecting.sent(received) {
        contact.window.grow(by: sent.bytes - (reflecting.sent(contact.held)?.bytes ?? sent.bytes))
        let trip = moment.now.since(sent.at).nanoseconds
        contact.roundTrip = contact.roundTrip.map { $0 - $0 / 8 + trip / 8 } ?? trip
      }
      contact.held = max(contact.held, received)
      contact.acked = moment.now
    }
    if var hailing = reflecting.hailing {
      if !hailing.answered.contains(sender) { hailing.answered.append(sender) }
      let answered = hailing.answered
      let quorum = Agreement.isQuorum(rosters) { $0 == facts.me || answered.contains($0) }
      changeReflecting { $0.hailing = quorum ? nil : hailing }
    }
    if let vote { count(vote, of: sender, &effects) }
    agree(moment, &effects)
  }

  /// Frames for what has queued, roster changes, news of agreement: at the end of a wake-up.
  mutating func reflect(_ moment: Moment<some Notary>, _ effects: inout [MeshEffect]) {
    handOverIfOut(moment, &effects)
    guard canStamp else { return sendProgress(&effects) }
    stampFindings(moment, &effects)
    orderRoster(moment, &effects)
    orderTick(moment, &effects)
    orderMark(moment, &effects)
    guard case .reflecting(let reflecting) = phase, canStamp else { return }
    if reflecting.stamped + Limits.frameSpacing <= moment.now { stampQueue(moment, &effects) }
    agree(moment, &effects)
    sendProgress(&effects)
  }

  /// One frame for the envelopes that wait.
  mutating func stampQueue(_ moment: Moment<some Notary>, _ effects: inout [MeshEffect]) {
    guard case .reflecting(let reflecting) = phase, !reflecting.queue.isEmpty else { return }
    let head = log.head
    let envelopes = changeReflecting { reflecting in
      reflecting.queue.keep { head.mayPublish($0) }
      return reflecting.queue.take()
    }
    if let envelopes, !envelopes.isEmpty { stamp(.messages(envelopes), moment, &effects) }
  }

  /// Not while hailing or leaving, and not further ahead of the agreed frame than a world may run: when a quorum cannot
  /// keep up the queue fills, and then authors feel it.
  var canStamp: Bool {
    guard case .reflecting(let reflecting) = phase, reflecting.hailing == nil, leaving == nil else { return false }
    return log.received - agreed < UInt64(Limits.receivedAhead)
      && reflecting.bytes(above: agreed) < Limits.unagreedBytes
  }

  mutating func sendProgress(_ effects: inout [MeshEffect]) {
    guard case .reflecting(var reflecting) = phase, reflecting.progressDue else { return }
    reflecting.progressDue = false
    phase = .reflecting(reflecting)
    sendAll(.progress(reflecting.reign, agreed: agreed, final: final), &effects)
  }

  mutating func wakeReflecting(_ moment: Moment<some Notary>, _ effects: inout [MeshEffect]) {
    guard case .reflecting(let reflecting) = phase else { return }
    if let hailing = reflecting.hailing { return wake(hailing, moment, &effects) }
    if !reflecting.queue.isEmpty { reflect(moment, &effects) }
    guard case .reflecting(let ticking) = phase, ticking.nextTick <= moment.now else { return }
    let nextTick = moment.now + tick
    changeReflecting { $0.nextTick = nextTick }
    resendTerm(moment, &effects)
    agree(moment, &effects)
    contacts.watchPace(agreed: agreed, of: ticking, through: log.received, at: moment.now)
    if canStamp { orderRoster(moment, &effects) }
    if canStamp { orderTick(moment, &effects) }
    orderMark(moment, &effects)
    if canStamp, case .reflecting(let still) = phase, still.stamped < moment.now { stamp(.idle, moment, &effects) }
    agree(moment, &effects)
    checkQuorum(moment, &effects)
  }

  /// Who has not acked in this term may not have heard of it.
  private func resendTerm(_ moment: Moment<some Notary>, _ effects: inout [MeshEffect]) {
    guard case .reflecting(let reflecting) = phase, let proof else { return }
    for contact in contacts.all where contact.held < reflecting.started {
      if proof.reign == reflecting.reign { effects.append(.send(.term(proof), to: contact.member)) }
    }
  }

  /// A reflector that hears acks of no quorum stops stamping and asks.
  private mutating func checkQuorum(_ moment: Moment<some Notary>, _ effects: inout [MeshEffect]) {
    guard isReflector, !hearsQuorum(at: moment.now) else { return }
    let hailing = Hailing(since: moment.now)
    changeReflecting { $0.hailing = hailing }
    wake(hailing, moment, &effects)
  }

  private func hearsQuorum(at now: Instant) -> Bool {
    Agreement.isQuorum(rosters) { voter in
      voter == facts.me || contacts[voter].map { now.since($0.acked) < Timing.quorumPatience } ?? false
    }
  }

  private mutating func wake(
    _ hailing: Hailing, _ moment: Moment<some Notary>, _ effects: inout [MeshEffect]
  ) {
    guard case .reflecting(var reflecting) = phase, hailing.nextWord <= moment.now else { return }
    reflecting.hailing?.nextWord = moment.now + wordSpacing
    phase = .reflecting(reflecting)
    sendAll(.hail(reflecting.reign), &effects)
    if moment.now.since(hailing.since) >= Timing.quorumPatience {
      sendAll(.suspect(reflecting.reign, received: log.received, .noQuorum), &effects)
    }
    considerJoining(moment, &effects)
  }
}
