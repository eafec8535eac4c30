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
  @Option(help: "available: go on with whoever can be reached; majority: only with more than half.")
  var policy = PolicyArgument.available
  @Option(help: "How often the world's time moves when nothing happens, 5ms to 200ms.")
  var tickPeriod = DelayArgument(.milliseconds(20))
  @Flag(help: "Show the session's name to everybody on the network.") var listed = false

  func run() async throws {
    var options = try takingPart.sessionOptions(network)
    options.purpose = .found
    options.policy = policy == .majority ? .majority : .available
    options.tickPeriod = tickPeriod.delay
    options.isListed = listed
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
