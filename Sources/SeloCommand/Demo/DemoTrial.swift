import ArgumentParser
import Foundation
import SeloKit
import SeloWire

/// The demo without a terminal: so many kills, each measured, and one verdict.
struct DemoTrial {
  let house: DemoHouse
  let killAfter: Delay
  let kills: Int
  let expected: Delay
  let json: Bool

  struct Report: Encodable {
    let schema = "selo.demo/1"
    let peers: Int
    let kills: Int
    /// The longest; null when a world did not go on at all.
    let outageMs: Double?
    let outagesMs: [Double?]
    let expectedMs: Double
    let agreedTicksLost: UInt64
    let messagesSent: UInt64
    let messagesLost: UInt64
    let messagesDuplicated: UInt64
    let digestsEqual: Bool
    let term: UInt32
    let passed: Bool
  }

  func run() throws {
    var failovers: [Failover] = []
    try house.restartDead()
    try house.waitForVoters(.seconds(180))
    Output.note("\(Output.clock())  \(house.peers.count) peers are in, \(house.reflector?.name ?? "nobody") reflects")
    for _ in 0..<kills {
      rest()
      guard let victim = house.reflector else { break }
      let failover = house.kill(victim) { pid in
        Output.note("\(Output.clock())  \(victim.name) (reflector) killed with SIGKILL, pid \(pid)")
      }
      failovers.append(failover)
      guard failover.hasRecovered else {
        Output.note(
          "\(Output.clock())  the survivors did not go on within \(FailoverMeter.patience.nanoseconds / 1_000_000_000) s"
        )
        break
      }
      let sentence = "\(Output.clock())  \(Sentence.of(failover))"
      if json { Output.note(sentence) } else { Output.result(sentence) }
      try house.restartDead()
      try house.waitForVoters(.seconds(180))
    }
    let report = verdict(failovers)
    if json { Output.result(json: report) } else { Output.result(text(report)) }
    if !report.passed { throw ExitCode(1) }
  }

  /// Lets the peers run in peace, and keeps the ledger up to date.
  private func rest() {
    let end = Clock.now() + killAfter
    while Clock.now() < end {
      house.refresh()
      usleep(50_000)
    }
    house.refresh()
  }

  private func verdict(_ failovers: [Failover]) -> Report {
    let end = house.finalCheck(.seconds(30))
    let outages = failovers.map { $0.hasRecovered ? $0.outageMilliseconds : nil }
    let longest = outages.contains { $0 == nil } ? nil : outages.compactMap(\.self).max() ?? 0
    let ticks = failovers.reduce(0) { $0 + $1.agreedTicksLost }
    let equal = end.digestsEqual && failovers.allSatisfy(\.digestsEqual)
    let limit = Double(expected.nanoseconds) / 1e6
    let passed =
      failovers.count == kills && (longest ?? .infinity) <= limit && ticks == 0 && end.lost == 0 && end.duplicated == 0
      && equal && house.ledger.sent > 0
    return Report(
      peers: house.peers.count, kills: failovers.count, outageMs: longest, outagesMs: outages, expectedMs: limit,
      agreedTicksLost: ticks, messagesSent: house.ledger.sent, messagesLost: end.lost,
      messagesDuplicated: end.duplicated, digestsEqual: equal, term: house.peers.compactMap(\.status?.term).max() ?? 0,
      passed: passed)
  }

  private func text(_ report: Report) -> String {
    let outage = report.outageMs.map(Sentence.still) ?? "without end"
    return "\(report.passed ? "passed" : "FAILED"): \(report.kills) kills, longest outage \(outage), "
      + "\(report.agreedTicksLost) agreed ticks lost, \(report.messagesLost) of \(report.messagesSent) messages lost, "
      + "\(report.messagesDuplicated) doubled, digests \(report.digestsEqual ? "equal" : "NOT equal")"
  }
}
