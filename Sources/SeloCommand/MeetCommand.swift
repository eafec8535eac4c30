import ArgumentParser
import SeloKit

/// Joins a session, or founds it when nobody has.
struct MeetCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "meet", abstract: "Join a session, or found it when nobody has.",
    discussion: """
      Everybody of a group may say the same: of those who start together one founds, and the others join it. A session \
      that is there is always joined. What is said of policy, tick period and listing counts for who founds.
      """)

  @Argument(help: "The session's name.") var session: String
  @OptionGroup var network: NetworkOptions
  @OptionGroup var takingPart: TakingPartOptions
  @OptionGroup var founding: FoundingOptions
  @Option(help: "How long to knock at doors before founding all the same.") var wait = DelayArgument(.seconds(10))

  func run() async throws {
    var options = try takingPart.sessionOptions(network)
    options.purpose = .meet
    options.patience = wait.delay
    founding.shape(&options)
    try await PeerRun(session: session, command: "meet", options, takingPart).run(takingPart.secret(of: session))
  }
}
