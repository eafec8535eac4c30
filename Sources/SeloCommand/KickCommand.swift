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

  @OptionGroup var speaker: SpeakerOptions
  @Argument(help: "Who: a name, a fingerprint, or the first digits of a key (selo status --json).") var whom: String

  func run() throws {
    let peer = try speaker.peers.speaker(but: speaker.name == nil ? whom : nil)
    let report = try ControlClient.ask(
      peer.control, ControlRequest(.kick, words: [whom]), for: KickReport.self, patienceMilliseconds: 10_000)
    if speaker.json { return Output.result(json: report) }
    Output.result("\(whom) is out, and banned")
  }
}
