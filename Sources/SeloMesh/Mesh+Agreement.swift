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
      log.settle(to: target, notary: moment.notary)
      effects.append(.agreed(target))
    }
    final = max(final, min(newFinal, agreed))
    settleOutbox()
    noticeOwnStanding(moment, &effects)
    noticeVerdicts(above: before, moment, &effects)
  }

  /// A peer that reads its own removal is out.
  private mutating func noticeOwnStanding(_ moment: Moment<some Notary>, _ effects: inout [MeshEffect]) {
    guard agreed > 0, roster.highest >= facts.me.id, roster[facts.me] == nil else { return }
    // A reflector that was removed by a change it inherited still names who goes on.
    handOver(moment, &effects)
    let newer = roster.entries.contains {
      $0.identity == facts.author.identity && $0.author.incarnation > facts.author.incarnation
    }
    detach(leaving != nil ? .left : newer ? .replaced : .evicted, &effects)
  }

  mutating func detach(_ reason: Detachment, _ effects: inout [MeshEffect]) {
    phase = .detached(reason)
    effects.append(.detached(reason))
  }

  /// The reflector's arithmetic: what do quorums hold?
  mutating func agree(_ moment: Moment<some Notary>, _ effects: inout [MeshEffect]) {
    guard case .reflecting(var reflecting) = phase else { return }
    let held: (Member) -> UInt64 = { member in
      member == facts.me ? log.received : contacts[member]?.held ?? 0
    }
    let level = Agreement.agreed(rosters, halfCounts: { halfCounts($0, at: moment.now) }, held: held)
    guard level >= reflecting.started, level > agreed || final < agreed else { return }
    if level > agreed, (agreed + 1...level).contains(where: { log[$0].map(\.frame.isIdle) == false }) {
      reflecting.progressDue = true
      phase = .reflecting(reflecting)
    }
    let settled = finalLevel(agreed: max(level, agreed), held: held)
    if settled > final { reflecting.progressDue = reflecting.progressDue || hasOutbox }
    learn(agreed: level, final: settled, moment, &effects)
  }

  /// Exactly half of the voters counts only when the other half has been silent for a while.
  private func halfCounts(_ roster: Roster, at now: Instant) -> Bool {
    let alive = roster.voters.count { voter in
      voter == facts.me || contacts[voter].map { now.since($0.acked) < detector.limit } ?? false
    }
    return 2 * alive <= roster.voters.count
  }

  private func finalLevel(agreed: UInt64, held: (Member) -> UInt64) -> UInt64 {
    guard log.head.ancestry.isTrunk else { return final }
    switch facts.policy {
    case .majority: return agreed
    case .available where tries(.finalByQuorum): return agreed
    case .available: return max(final, min(agreed, Agreement.heldByAll(rosters, held: held)))
    }
  }

  private var hasOutbox: Bool { outbox.count > 0 }
}

extension Frame {
  var isIdle: Bool { body == .idle }

  var changesRoster: Bool {
    switch body {
    case .roster, .branch: true
    case .idle, .messages, .term, .handover, .adopt, .mark, .verdict, .dissent: false
    }
  }
}
