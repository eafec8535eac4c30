import SeloKit
import SeloWire

/// One change of reflector after a kill, measured on the survivors' clocks and logs; nothing in it is assumed.
struct Failover {
  /// The new reflector and its term; empty and 0 when there was none in time.
  var reflector = ""
  var term: UInt32 = 0
  /// The longest pause among the survivors, from the last agreed tick of the old term to the first of a new one.
  var outageMilliseconds = Double.infinity
  var agreedTicksLost: UInt64 = 0
  var messagesLost: UInt64 = 0
  /// Messages published and not agreed when the reflector died, or published while the world stood still.
  var messagesUnderWay: UInt64 = 0
  var messagesDuplicated: UInt64 = 0
  var digestsEqual = false
  var comparedAt: UInt64 = 0

  var hasRecovered: Bool { outageMilliseconds.isFinite }
}

/// What survivors are asked before and after a kill.
struct FailoverMeter {
  /// How long survivors have to go on before the failover counts as failed.
  static let patience = Delay.seconds(30)

  /// A survivor's control socket and what it said before the kill.
  private struct Witness {
    let control: String
    let before: AuditReport
    let status: SessionStatus
  }

  private let witnesses: [Witness]
  private let oldTerm: UInt32
  private var ledger: Ledger

  /// Asks the survivors, just before the kill. The ledger knows the messages so far.
  init(survivors: [String], ledger: Ledger) {
    witnesses = survivors.compactMap { control in
      guard let before = audit(control), let status = status(control) else { return nil }
      return Witness(control: control, before: before, status: status)
    }
    oldTerm = witnesses.map(\.status.term).max() ?? 0
    self.ledger = ledger
  }

  /// Asks again, right after the kill and until the world goes on; returns what it found and the ledger after it.
  mutating func measure(dead victim: SessionStatus?) -> (Failover, Ledger) {
    var failover = Failover()
    if let victim { ledger.died(victim, survivors: witnesses.compactMap { audit($0.control) }) }
    let limit = Clock.now() + Self.patience
    guard !witnesses.isEmpty, let pauses = waitForTicks(until: limit) else { return (failover, ledger) }
    failover.outageMilliseconds = pauses.max() ?? .infinity
    settle(until: limit)
    let audits = witnesses.compactMap { audit($0.control) }
    failover.agreedTicksLost = ticksLost(audits)
    failover.messagesUnderWay = messagesUnderWay()
    let (lost, duplicated) = ledger.check(audits)
    failover.messagesLost = lost
    failover.messagesDuplicated = duplicated
    let compared = compareDigests(witnesses.map(\.control), until: limit)
    failover.digestsEqual = compared.equal
    failover.comparedAt = compared.tick
    if let status = witnesses.lazy.compactMap({ status($0.control) }).first {
      failover.reflector = status.reflector
      failover.term = status.term
    }
    return (failover, ledger)
  }

  /// Waits until every survivor learned an agreed tick of a new term; how long each one's world stood still.
  private func waitForTicks(until limit: Instant) -> [Double]? {
    while Clock.now() < limit {
      let pauses = witnesses.compactMap(pause)
      if pauses.count == witnesses.count { return pauses }
      pauseBriefly()
    }
    return nil
  }

  private func pause(_ witness: Witness) -> Double? {
    guard let last = witness.before.ticks.last, let now = audit(witness.control, after: last.sequence - 1) else {
      return nil
    }
    guard let first = now.ticks.firstIndex(where: { $0.term > oldTerm }) else { return nil }
    let before = first > 0 ? now.ticks[first - 1] : last
    return Double(now.ticks[first].instant - min(before.instant, now.ticks[first].instant)) / 1e6
  }

  /// Waits until each survivor's own messages of before are in every survivor's agreed log.
  private mutating func settle(until limit: Instant) {
    let published = witnesses.compactMap { status($0.control) }
    for status in published { ledger.published(status) }
    while Clock.now() < limit {
      let audits = witnesses.compactMap { audit($0.control, after: .max) }
      if audits.count == witnesses.count, ledger.isSettled(audits) { return }
      pauseBriefly()
    }
  }

  /// Ticks that were agreed before the kill and are not in a survivor's log any more, or not the same in two of them.
  private func ticksLost(_ audits: [AuditReport]) -> UInt64 {
    var lost: UInt64 = 0
    for (witness, audit) in zip(witnesses, audits) {
      let now = Dictionary(audit.ticks.map { ($0.sequence, $0.chain) }) { first, _ in first }
      let oldest = audit.ticks.first?.sequence ?? .max
      lost += UInt64(witness.before.ticks.filter { $0.sequence >= oldest && now[$0.sequence] != $0.chain }.count)
      lost += audit.lost - min(witness.before.lost, audit.lost)
    }
    var known: [UInt64: String] = [:]
    for tick in audits.flatMap(\.ticks)
    where known.updateValue(tick.chain, forKey: tick.sequence) ?? tick.chain != tick.chain {
      lost += 1
    }
    return lost
  }

  private func messagesUnderWay() -> UInt64 {
    witnesses.reduce(0) { sum, witness in
      let own = witness.before.authors.first {
        $0.author == witness.status.identity && $0.incarnation == witness.status.incarnation
      }
      return sum + ledger.published(of: witness.status) - min(own?.last ?? 0, ledger.published(of: witness.status))
    }
  }
}

/// Compares logs and worlds at the newest tick that all of them learned to be agreed and still remember.
func compareDigests(_ controls: [String], until limit: Instant) -> (equal: Bool, tick: UInt64) {
  var tick: UInt64 = 0
  while Clock.now() < limit {
    let audits = controls.compactMap { audit($0) }
    guard audits.count == controls.count, !audits.isEmpty else { return (false, tick) }
    if let newest = newestCommonTick(audits) {
      tick = newest
      let chains = Set(audits.flatMap(\.ticks).filter { $0.sequence == newest }.map(\.chain))
      let digests = controls.compactMap { audit($0, after: .max, at: newest)?.digest }
      if digests.count == controls.count { return (Set(digests).count == 1 && chains.count == 1, tick) }
    }
    pauseBriefly()
  }
  return (false, tick)
}

/// The newest tick that each of them learned to be agreed.
func newestCommonTick(_ audits: [AuditReport]) -> UInt64? {
  guard let first = audits.first else { return nil }
  return audits.dropFirst().reduce(Set(first.ticks.map(\.sequence))) { $0.intersection($1.ticks.map(\.sequence)) }.max()
}

func audit(_ control: String, after: UInt64 = 0, at tick: UInt64? = nil) -> AuditReport? {
  let request = ControlRequest(.audit, after: after, at: tick)
  return try? ControlClient.ask(control, request, for: AuditReport.self, patienceMilliseconds: 2_000)
}

func status(_ control: String) -> SessionStatus? {
  try? ControlClient.ask(control, ControlRequest(.status), for: SessionStatus.self, patienceMilliseconds: 2_000)
}
