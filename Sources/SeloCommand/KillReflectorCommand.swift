import ArgumentParser
import Foundation
import SeloKit

/// SIGKILLs the reflector of a session, if it runs on this machine, and prints the sentence.
struct KillReflectorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kill-reflector", abstract: "Kill the reflector, if it runs here, and measure what happens.")

  @OptionGroup var peers: LocalPeerOptions

  private struct Report: Encodable {
    let schema = "selo.kill-reflector/1"
    let killed: String
    let reflector: String
    let term: UInt32
    let outageMs: Double?
    let agreedTicksLost: UInt64
    let messagesLost: UInt64
    let digestsEqual: Bool
  }

  func run() throws {
    var local: [(control: String, status: SessionStatus)] = []
    for peer in try peers.all() {
      if let status = status(peer.control) { local.append((peer.control, status)) }
    }
    guard let victim = local.first(where: \.status.isReflector) else {
      throw SessionError(
        .noPeerHere, "the reflector does not run here.",
        why:
          "It is \(local.first?.status.reflector ?? "nobody") on another machine, and only a local process can be killed.",
        remedy: "run selo kill-reflector there")
    }
    let survivors = local.filter { $0.status.session == victim.status.session && $0.control != victim.control }
    var ledger = Ledger()
    for peer in survivors { ledger.published(peer.status) }
    var meter = FailoverMeter(survivors: survivors.map(\.control), ledger: ledger)
    kill(victim.status.pid, SIGKILL)
    Output.note("\(Output.clock())  \(victim.status.name) (reflector) killed with SIGKILL, pid \(victim.status.pid)")
    guard !survivors.isEmpty else {
      return Output.note("No other peer of this session runs here, so nothing can be measured.")
    }
    let (failover, _) = meter.measure(dead: victim.status)
    if peers.json {
      Output.result(
        json: Report(
          killed: victim.status.name, reflector: failover.reflector, term: failover.term,
          outageMs: failover.hasRecovered ? failover.outageMilliseconds : nil,
          agreedTicksLost: failover.agreedTicksLost,
          messagesLost: failover.messagesLost, digestsEqual: failover.digestsEqual))
    } else {
      Output.result(
        failover.hasRecovered
          ? "\(Output.clock())  \(Sentence.of(failover))" : "the survivors did not go on within 30 s")
    }
    if !failover.hasRecovered { throw ExitCode(1) }
  }
}
