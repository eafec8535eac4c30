import ArgumentParser
import SeloKit

/// Founds a session.
struct StartCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "start", abstract: "Found a session and stay in it.",
    discussion: "Without a passphrase file a strong passphrase is made and shown once; others join with it.")

  @Argument(help: "The session's name.") var session: String
  @OptionGroup var network: NetworkOptions
  @OptionGroup var takingPart: TakingPartOptions
  @OptionGroup var founding: FoundingOptions

  func run() async throws {
    var options = try takingPart.sessionOptions(network)
    options.purpose = .found
    founding.shape(&options)
    try await PeerRun(session: session, command: "start", options, takingPart).run(secret())
  }

  private func secret() throws -> SessionSecret {
    let source = PassphraseSource(file: takingPart.passphraseFile, canPrompt: false, Environment.current)
    if let passphrase = try source.passphrase(for: session, warn: { Output.note("selo: \($0)") }) {
      return SessionSecret(passphrase)
    }
    guard let (text, secret) = SessionSecret.generate() else {
      throw SessionError(
        .unavailable, "no passphrase could be made.", why: "libsodium does not work here.", remedy: "selo --version")
    }
    Output.note("The passphrase of \(session), shown this once:\n\n    \(text)\n")
    return secret
  }
}
