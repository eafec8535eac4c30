import ArgumentParser
import SeloKit

/// Asks the reflector, if it runs here, to hand its duty over.
struct StepDownCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "step-down", abstract: "Let the reflector of this machine hand its duty to another peer.",
    discussion: "It stays in the session. The world does not stop: the next peer goes on within one tick.")

  @OptionGroup var peers: LocalPeerOptions

  func run() throws {
    var reflecting: [String] = []
    for peer in try peers.all() {
      let status = try ControlClient.ask(peer.control, ControlRequest(.status), for: SessionStatus.self)
      if status.isReflector { reflecting.append(peer.control) }
    }
    guard let control = reflecting.first else {
      throw SessionError(
        .noPeerHere, "the reflector does not run here.", why: "Another machine reflects this session.",
        remedy: "run selo step-down there; selo status tells its name")
    }
    let report = try ControlClient.ask(control, ControlRequest(.stepDown), for: StepDownReport.self)
    if peers.json { return Output.result(json: report) }
    Output.result("\(report.reflector) reflects now")
  }
}
