import SeloKit
import SeloVM
import SeloWorlds
import Testing

@testable import SeloCommand

/// What a gathering has to show in the end: the ledger's judgement, and two that share no code with it. Logs are
/// compared tick by tick, and the world is asked how many of the messages it has seen.
struct Verdict: CustomStringConvertible {
  var sent: UInt64 = 0
  var lost: UInt64 = 0
  var duplicated: UInt64 = 0
  /// Agreed ticks that somebody took back, other than by a return from a branch.
  var ticksTakenBack: UInt64 = 0
  /// Ticks that two peers know to be agreed and remember differently.
  var ticksThatDiffer = 0
  var ticksCompared = 0
  var digestsEqual = false
  /// Messages that peers accepted from their application and refused later.
  var refused: UInt64 = 0
  /// What each world counts, and what it has to count.
  var counts: [Int] = []
  var dueCount = 0

  var isGood: Bool {
    sent > 0 && lost == 0 && duplicated == 0 && ticksTakenBack == 0 && ticksThatDiffer == 0 && ticksCompared > 0
      && digestsEqual && refused == 0 && !counts.isEmpty && counts.allSatisfy { $0 == dueCount }
  }

  var description: String {
    "\(lost) of \(sent) messages lost, \(duplicated) doubled, \(refused) refused, "
      + "worlds count \(counts) of \(dueCount), \(ticksTakenBack) agreed ticks taken back, \(ticksThatDiffer) of \(ticksCompared) differ, "
      + "digests \(digestsEqual ? "equal" : "NOT equal")"
  }
}

extension Gathering {
  /// Stops the load, waits until everything published is agreed everywhere, and judges.
  func verdict() async throws -> Verdict {
    for peer in running { peer.child?.say("quiet") }
    var calm = 0
    var before: [UInt64] = []
    try await until("everything that was published is agreed everywhere") {
      let taken = running.map { $0.status?.messages.taken ?? 0 }
      let audits = self.audits(of: running, after: .max)
      let isCalm =
        taken == before && areTogether(running) && audits.count == running.count && ledger.isSettled(audits)
      calm = isCalm ? calm + 1 : 0
      before = taken
      return calm == 5
    }
    let audits = self.audits(of: running)
    var verdict = Verdict()
    (verdict.lost, verdict.duplicated) = ledger.check(audits)
    verdict.sent = ledger.sent
    verdict.refused = running.reduce(0) { $0 + ($1.status?.messages.refused ?? 0) }
    compareLogs(audits, in: &verdict)
    verdict.digestsEqual = areWorldsEqual()
    verdict.counts = running.map(count)
    verdict.dueCount = dueCount(audits)
    return verdict
  }

  private func compareLogs(_ audits: [AuditReport], in verdict: inout Verdict) {
    var known: [UInt64: String] = [:]
    for audit in audits {
      verdict.ticksTakenBack += audit.lost
      for tick in audit.ticks {
        guard let chain = known.updateValue(tick.chain, forKey: tick.sequence) else { continue }
        verdict.ticksCompared += 1
        if chain != tick.chain { verdict.ticksThatDiffer += 1 }
      }
    }
  }

  /// What the world's own counter says at a peer.
  private func count(at peer: Peer) -> Int {
    let lines = inspection(of: peer)?.lines ?? []
    return lines.first { $0.path == "count" }.flatMap { Int($0.value) } ?? -1
  }

  /// What it has to say: what the living published in all of their runs, and what the log holds of the dead.
  private func dueCount(_ audits: [AuditReport]) -> Int {
    let living = running.map { $0.status?.messages.taken ?? 0 }
    let buried = dead.map { key in
      audits.flatMap(\.authors).filter { Ledger.Key($0) == key }.map(\.last).max() ?? 0
    }
    return (living + buried).reduce(0) { $0 + increments(of: $1) }
  }

  /// How many of an author's first messages raise the counter.
  private func increments(of messages: UInt64) -> Int {
    (0..<messages).count { Village.workload($0, author: PeerID(0)) == .increment }
  }
}
