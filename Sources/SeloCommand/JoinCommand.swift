import ArgumentParser
import Foundation
import SeloKit

/// Joins a session; never founds.
struct JoinCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "join", abstract: "Join a session and stay in it.")

  @Argument(help: "The session's name.") var session: String
  @OptionGroup var network: NetworkOptions
  @OptionGroup var takingPart: TakingPartOptions
  @Option(help: "How long to look for the session.") var wait = DelayArgument(.seconds(10))

  func run() async throws {
    var options = try takingPart.sessionOptions(network)
    options.patience = wait.delay
    try await PeerRun(session: session, command: "join", options, takingPart).run(takingPart.secret(of: session))
  }
}

extension TakingPartOptions {
  /// The passphrase that a session was started with; asked for at a terminal.
  func secret(of session: String) throws -> SessionSecret {
    let source = PassphraseSource(file: passphraseFile, canPrompt: !headless, Environment.current)
    if let passphrase = try source.passphrase(for: session, warn: { Output.note("selo: \($0)") }) {
      return SessionSecret(passphrase)
    }
    throw SessionError(
      .passphrase, "no passphrase was given.", why: "A session is entered with the passphrase it was started with.",
      remedy: "--passphrase-file FILE, or join at a terminal and be asked")
  }
}
