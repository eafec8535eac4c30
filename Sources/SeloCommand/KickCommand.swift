import ArgumentParser
import SeloKit

/// Puts a member out of a session.
struct KickCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kick", abstract: "Put a member out of the session; it may not come back.",
    discussion: """
      Hosts may do so: everybody who came in with the passphrase is one. The member's process ends, and its identity is \
      refused as long as the session lasts. Whoever knows the passphrase can come again as somebody else.
      """)

  @Option(help: "The session; not needed when only one runs here.") var session: String?
  @Option(help: "The peer that says it, by its name; any other of yours here without it.") var name: String?
  @Flag(help: "Print a JSON object.") var json = false
  @Argument(help: "Who: a name, a fingerprint, or the first digits of a key (selo status --json).") var whom: String

  func run() throws {
    var peers = LocalPeerOptions()
    peers.session = session
    peers.name = name
    let peer = try peers.speaker(but: name == nil ? whom : nil)
    let report = try ControlClient.ask(
      peer.control, ControlRequest(.kick, words: [whom]), for: KickReport.self, patienceMilliseconds: 10_000)
    if json { return Output.result(json: report) }
    Output.result("\(whom) is out, and banned")
  }
}
