import SeloWire

// Who belongs to the session: the reflector orders it, one change at a time (PROTOCOL section 7).

extension Mesh {
  /// Takes a stranger in, or passes the wish on to the reflector. Of a learner it says that it is still loading, with
  /// the speaker: the reflector itself does not hear it meanwhile.
  mutating func admit(_ entry: RosterEntry, _ moment: Moment<some Notary>, _ effects: inout [MeshEffect]) {
    if let known = log.head.roster.entry(of: entry.author) {
      guard known.standing == .learner else { return }
      if case .reflecting = phase { return noteLoading(known.member, at: moment.now) }
    }
    guard !log.head.roster.bans(entry.identity) else { return effects.append(.rejected(.banned, from: nil)) }
    guard case .reflecting(var reflecting) = phase else {
      if let reflector, reflector != facts.me { effects.append(.send(.admit(entry), to: reflector)) }
      return
    }
    guard !reflecting.joins.contains(where: { $0.author == entry.author }) else { return }
    let isNewest = reflecting.wishes.note(entry.author, at: moment.now)
    phase = .reflecting(reflecting)
    guard isNewest, reflecting.joins.count < Limits.joinsPending else { return }
    reflecting.joins.removeAll { $0.identity == entry.identity }
    reflecting.joins.append(entry)
    phase = .reflecting(reflecting)
  }

  private mutating func noteLoading(_ learner: Member, at now: Instant) {
    contacts.update(learner) { contact in
      guard now.since(contact.since) < Limits.loadPatience else { return }
      contact.heard = now
      contact.acked = now
    }
  }

  /// Orders one roster frame for everything that has come up, unless one is pending. Only after the term's own first
  /// frame is agreed: until then the rosters in force may be others.
  mutating func orderRoster(_ moment: Moment<some Notary>, _ effects: inout [MeshEffect]) {
    guard case .reflecting(var reflecting) = phase, agreed >= reflecting.started else { return }
    guard let newest = log.head.rosters.last, newest.sequence <= agreed || tries(.changesOverlap) else { return }
    let wishes = reflecting.joins
    let kicks = reflecting.kicks.filter { !newest.roster.bans($0) }
    if !wishes.isEmpty || !reflecting.kicks.isEmpty {
      reflecting.joins = []
      reflecting.kicks = []
      phase = .reflecting(reflecting)
    }
    let due = dueChanges(of: newest.roster, wishes, kicks, at: moment.now)
    guard !due.areNone else { return adoptIfSafe(moment, &effects) }
    let change = RosterChange(
      from: newest.roster, dropping: due.dropped, standings: due.standings, adding: due.added,
      banning: due.banned, notary: moment.notary)
    stamp(.roster(change), moment, &effects)
  }

  /// What has come up for the next roster frame.
  private struct DueChanges {
    let dropped: [MemberID]
    let standings: [RosterChange.StandingChange]
    let added: [RosterEntry]
    let banned: [Identity]

    var areNone: Bool { dropped.isEmpty && standings.isEmpty && added.isEmpty && banned.isEmpty }
  }

  private func dueChanges(
    of roster: Roster, _ wishes: [RosterEntry], _ kicks: [Identity], at now: Instant
  ) -> DueChanges {
    let joins = wishes.filter { join in
      !roster.bans(join.identity) && !kicks.contains(join.identity) && roster.entry(of: join.author) == nil
        && log.head.flapping.wait(join.identity) <= log.head.time
        && !roster.entries.contains {
          $0.identity == join.identity && $0.author.incarnation > join.author.incarnation
        }
    }
    let dropped = roster.entries.indices.filter {
      kicks.contains(roster.entries[$0].identity) || drops(roster.entries[$0], for: joins, at: now)
    }
    .map { roster.entries[$0].id }
    let slow = unfitVoters(in: roster, without: dropped, at: now)
    let standings = slow.isEmpty ? promotions(in: roster, without: dropped, at: now) : slow
    // A full session goes on with everything else.
    let room = Limits.members - (roster.entries.count - dropped.count)
    let added = zip(joins.prefix(max(room, 0)), UInt64(1)...).map { join, offset in
      RosterEntry(
        id: MemberID(roster.highest.value + UInt32(offset)), ident: join.ident, standing: .learner, role: join.role,
        name: join.name, addresses: join.addresses)
    }
    return DueChanges(dropped: dropped, standings: standings, added: added, banned: kicks)
  }

  /// Who left, who has been silent for ten seconds, and older runs of those who join.
  private func drops(_ entry: RosterEntry, for joins: [RosterEntry], at now: Instant) -> Bool {
    if joins.contains(where: { $0.identity == entry.identity }) { return true }
    guard entry.member != facts.me else { return false }
    if leavers.contains(entry.member) { return true }
    return contacts[entry.member].map { contact in
      now.since(contact.heard) >= Timing.evictionPatience || now.since(contact.acked) >= Timing.deafPatience
    } ?? false
  }

  /// Voters that are heard and cannot keep up hold back what is final, and count for nothing: they observe until they
  /// have caught up. Only when the others are a quorum that acked just now. Who is silent is no slow voter: it may have
  /// been stopped for a moment, and taking its vote would leave the session with fewer lives. Those whose worlds differ
  /// again and again observe, too.
  private func unfitVoters(
    in roster: Roster, without dropped: [MemberID], at now: Instant
  ) -> [RosterChange.StandingChange] {
    let slow = roster.voters.filter { voter in
      guard !dropped.contains(voter.id), let contact = contacts[voter] else { return false }
      guard now.since(contact.heard) < Timing.heardPatience else { return false }
      if let entry = roster[voter], !log.head.offences.mayVote(entry.identity, at: log.head.time) { return true }
      return contact.behindSince.map { now.since($0) >= Limits.slowPatience } ?? false
    }
    if slow.isEmpty { return [] }
    let staying = roster.entries.filter { entry in
      !dropped.contains(entry.id) && !slow.contains(entry.member)
    }
    let rest = Roster(version: roster.version, highest: roster.highest, entries: staying)
    let isEnough = Agreement.isQuorum(rest) { $0 == facts.me || hasCaughtUp($0, at: now) }
    return isEnough ? slow.map { RosterChange.StandingChange(id: $0.id, standing: .observer) } : []
  }

  /// Learners that have caught up observe, or vote when there is a seat. One change at most doubles the voters.
  private func promotions(
    in roster: Roster, without dropped: [MemberID], at now: Instant
  ) -> [RosterChange.StandingChange] {
    // Who votes cannot rise.
    if roster.voters.count == roster.entries.count { return [] }
    let staying = roster.entries.filter { !dropped.contains($0.id) }
    let voters = staying.filter { $0.standing == .voter }.map(\.member)
    // Nobody gets a seat before every voter holds the newest roster: one who had missed two could not know who counts.
    let known = log.head.rosters.last?.sequence ?? 0
    let allKnow = voters.allSatisfy { $0 == facts.me || contacts[$0]?.held ?? 0 >= known }
    var seats = allKnow ? min(max(Limits.voters - voters.count, 0), max(voters.count, 1)) : 0
    var changes: [RosterChange.StandingChange] = []
    for entry in staying where entry.standing != .voter && hasCaughtUp(entry.member, at: now) {
      let isFit =
        log.head.flapping.wait(entry.identity) <= log.head.time
        && log.head.offences.mayVote(entry.identity, at: log.head.time)
      if seats > 0, entry.role != .spectator, isFit {
        seats -= 1
        changes.append(RosterChange.StandingChange(id: entry.id, standing: .voter))
      } else if entry.standing == .learner {
        changes.append(RosterChange.StandingChange(id: entry.id, standing: .observer))
      }
    }
    return changes
  }

  /// Whether a member acked just now and lacks a few frames at most or, where more than these are stamped within a
  /// round trip, has lacked none for a while that was sent long ago.
  func hasCaughtUp(_ member: Member, at now: Instant) -> Bool {
    guard let contact = contacts[member], contact.held > 0 else { return false }
    guard now.since(contact.acked) < detector.limit else { return false }
    if contact.held + Limits.caughtUpFrames >= log.received { return true }
    return contact.nearSince.map { now.since($0) >= Timing.nearPatience } ?? false
  }

  // Leaving

  mutating func leave(_ moment: Moment<some Notary>, _ effects: inout [MeshEffect]) {
    guard leaving == nil else { return }
    if contacts.all.isEmpty { return detach(.left, &effects) }
    leaving = Leaving(until: moment.now + .seconds(1), nextWord: moment.now)
    // A reflector does not order its own removal: it hands over, and its successor drops it. If nobody can take over
    // at once it stops, says so, and promises itself to the one the others elect.
    handOver(moment, &effects)
  }

  mutating func wakeLeaving(_ moment: Moment<some Notary>, _ effects: inout [MeshEffect]) {
    guard let leaving, leaving.nextWord <= moment.now else { return }
    if leaving.until <= moment.now { return detach(.left, &effects) }
    self.leaving = Leaving(until: leaving.until, nextWord: moment.now + .milliseconds(20))
    sendAll(.leave, &effects)
  }

  mutating func receiveLeave(of sender: Member, _ moment: Moment<some Notary>, _ effects: inout [MeshEffect]) {
    if !leavers.contains(sender) { leavers.append(sender) }
    guard case .following(var following) = phase, sender == following.reflector else { return }
    suspicions.suspect(following.reign, by: sender, until: moment.now + Timing.wordLife)
    following.farewell = true
    phase = .following(following)
  }
}
