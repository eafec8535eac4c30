import ArgumentParser
import SeloKit

/// Changes the tick period of a running session.
struct TickCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tick", abstract: "Change how often the world's time moves when nothing happens.",
    discussion: """
      Hosts may do so. Slower ticks cost less of network and processors, faster ones make motion smoother; messages are \
      ordered at once in any case. The period is 5ms to 200ms, and at least 1ms for each member.
      """)

  @Option(help: "The session; not needed when only one runs here.") var session: String?
  @Option(help: "The peer that says it, by its name; any of yours here without it.") var name: String?
  @Flag(help: "Print a JSON object.") var json = false
  @Argument(help: "The tick period, such as 50ms.") var period: DelayArgument

  func run() throws {
    var peers = LocalPeerOptions()
    peers.session = session
    peers.name = name
    let request = ControlRequest(.tick, nanoseconds: period.delay.nanoseconds)
    let report = try ControlClient.ask(
      peers.speaker().control, request, for: TickReport.self, patienceMilliseconds: 10_000)
    if json { return Output.result(json: report) }
    Output.result("the world's time moves every \(period.defaultValueDescription)")
  }
}
