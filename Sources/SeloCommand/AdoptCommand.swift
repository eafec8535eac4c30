import ArgumentParser
import SeloKit

/// Declares the branch that is reflected here to be the trunk.
struct AdoptCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "adopt", abstract: "Make the branch that is reflected here the trunk of its session.",
    discussion: """
      A session that was cut in two goes on as a trunk and a branch, and the branch returns when they meet. If those who
      are missing never come back, adopt the branch: from then on what it agrees on is final. If they do come back as a
      trunk of their own, both go on side by side.
      """)

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
        remedy: "run selo adopt there; selo status tells its name")
    }
    let report = try ControlClient.ask(control, ControlRequest(.adopt), for: AdoptReport.self)
    if peers.json { return Output.result(json: report) }
    Output.result("the branch is the trunk from tick \(Output.grouped(report.tick))")
  }
}
