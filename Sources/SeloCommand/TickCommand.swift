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

  @OptionGroup var speaker: SpeakerOptions
  @Argument(help: "The tick period, such as 50ms.") var period: DelayArgument

  func run() throws {
    let request = ControlRequest(.tick, nanoseconds: period.delay.nanoseconds)
    let report = try ControlClient.ask(
      speaker.peers.speaker().control, request, for: TickReport.self, patienceMilliseconds: 10_000)
    if speaker.json { return Output.result(json: report) }
    Output.result("the world's time moves every \(period.defaultValueDescription)")
  }
}
