import SeloWire

// The levels of truth: received, agreed, final (PROTOCOL section 2).

extension Mesh {
  /// More is agreed or final than was known here; both only grow, and never beyond what is held.
  mutating func learn(
    agreed newAgreed: UInt64, final newFinal: UInt64, _ moment: Moment<some Notary>, _ effects: inout [MeshEffect]
  ) {
    let target = min(newAgreed, log.received)
    let before = agreed
    if target > agreed {
      if let checkpoint = checkpoint(above: agreed, through: target) { effects.append(.digestWanted(checkpoint)) }
      keepMark(through: target, moment, &effects)
      agreed = target
      let before = tick
      log.settle(to: target, notary: moment.notary)
      if tick < before { quicken(moment) }
      effects.append(.agreed(target))
    }
    final = max(final, min(newFinal, agreed))
    settleOutbox()
    noticeOwnStanding(moment, &effects)
    noticeVerdicts(above: before, moment, &effects)
  }

  /// A peer that reads its own removal is out.
  private mutating func noticeOwnStanding(_ moment: Moment<some Notary>, _ effects: inout [MeshEffect]) {
    guard agreed > 0, roster.highest >= facts.me.id, roster.author(of: facts.me) == nil else { return }
    // A reflector that was removed by a change it inherited still names who goes on.
    handOver(moment, &effects)
    let newer = roster.entries.contains {
      $0.identity == facts.author.identity && $0.author.incarnation > facts.author.incarnation
    }
    let isBanned = roster.bans(facts.author.identity)
    detach(isBanned ? .kicked : newer ? .replaced : .evicted, &effects)
  }

  /// Who leaves is out of its own will, however it comes to hear of it: else it would come back.
  mutating func detach(_ cause: Detachment, _ effects: inout [MeshEffect]) {
    let reason = leaving == nil ? cause : .left
    phase = .detached(reason)
    effects.append(.detached(reason))
  }

  /// The reflector's arithmetic: what do quorums hold?
  mutating func agree(_ moment: Moment<some Notary>, _ effects: inout [MeshEffect]) {
    guard case .reflecting(let reflecting) = phase else { return }
    let level = agreedLevel(at: moment.now)
    guard level >= reflecting.started, level > agreed || final < agreed else { return }
    if level > agreed, (agreed + 1...level).contains(where: { log.body(at: $0).map { $0 != .idle } ?? false }) {
      changeReflecting { $0.progressDue = true }
    }
    let settled = finalLevel(agreed: max(level, agreed))
    learn(agreed: level, final: settled, moment, &effects)
  }

  // A closure that mentioned the mesh would copy it whole: the arithmetic is given what it needs.

  private func agreedLevel(at now: Instant) -> UInt64 {
    let limit = detector.limit
    // Exactly half of the voters counts only when the other half has been silent for a while.
    let halfCounts = { [me = facts.me, contacts] (roster: Roster) in
      let alive = roster.voters.count { voter in
        voter == me || contacts.acked(by: voter).map { now.since($0) < limit } ?? false
      }
      return 2 * alive <= roster.voters.count
    }
    return Agreement.agreed(rosters, halfCounts: halfCounts, held: holdings())
  }

  /// The newest frame that a voter is known to hold.
  private func holdings() -> (Member) -> UInt64 {
    { [me = facts.me, received = log.received, contacts] in $0 == me ? received : contacts.held(by: $0) }
  }

  private func finalLevel(agreed: UInt64) -> UInt64 {
    guard log.head.ancestry.isTrunk else { return final }
    switch facts.policy {
    case .majority: return agreed
    case .available where tries(.finalByQuorum): return agreed
    case .available: return max(final, min(agreed, Agreement.heldByAll(rosters, held: holdings())))
    }
  }
}

extension Frame {
  var changesRoster: Bool {
    switch body {
    case .roster, .branch: true
    case .idle, .messages, .term, .handover, .adopt, .mark, .verdict, .dissent, .tick: false
    }
  }
}
