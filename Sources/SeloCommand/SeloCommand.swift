import ArgumentParser
import SeloKit

/// The command line: a Croquet virtual machine for Swift without a server.
@main
struct SeloCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "selo",
    abstract: "One shared world on several machines, without a server.",
    discussion: """
      Peers find each other on the network, elect one of themselves as the reflector, sign and encrypt everything; when \
      the reflector dies another takes its duty and the world goes on.

      Results are on standard output, everything else on standard error. --json prints objects with a "schema".
      Exit codes: 0 ok, 1 the checked thing is false, 64 usage, 65 bad file, 66 no such file, 69 nobody found, 70 bug,
      73 and 74 cannot create or talk, 75 try again, 76 the session differs, 77 not admitted, 78 configuration,
      130 interrupted. Ctrl-C leaves gracefully, and that is exit 0; a second one does not wait.
      """,
    version: "selo 0.1.0 (protocol 1)",
    subcommands: [
      DemoCommand.self, StartCommand.self, JoinCommand.self, MeetCommand.self, ListCommand.self, StatusCommand.self,
      PublishCommand.self, InspectCommand.self, KillReflectorCommand.self, StepDownCommand.self, AdoptCommand.self,
      KickCommand.self, TickCommand.self, IDCommand.self, SimulateCommand.self, BenchCommand.self,
    ])

  static func main() async {
    let arguments = Array(CommandLine.arguments.dropFirst())
    let isJSON = arguments.contains("--json")
    do {
      if let unknown = unknownCommand(arguments) { throw unknown }
      var command = try parseAsRoot(arguments)
      if var command = command as? any AsyncParsableCommand { try await command.run() } else { try command.run() }
    } catch let error as SessionError {
      Output.fail(error, json: isJSON)
    } catch {
      exit(withError: error)
    }
  }

  /// The first argument, when it is meant as a command and is none.
  private static func unknownCommand(_ arguments: [String]) -> SessionError? {
    let names = configuration.subcommands.compactMap { $0.configuration.commandName } + ["help"]
    guard let word = arguments.first, !word.hasPrefix("-"), !names.contains(word) else { return nil }
    let nearest = names.map { (name: $0, distance: distance(word, $0)) }.min { $0.distance < $1.distance }
    let guess = nearest.flatMap { $0.distance <= max(2, word.count / 3) ? $0.name : nil }
    return SessionError(
      .usage, "there is no command \"\(word)\".", why: "The commands are \(names.joined(separator: ", ")).",
      remedy: guess.map { "did you mean: selo \($0)" } ?? "selo help")
  }

  /// Edits that turn one word into the other (Levenshtein).
  private static func distance(_ left: String, _ right: String) -> Int {
    let right = Array(right)
    var row = Array(0...right.count)
    for (line, character) in left.enumerated() {
      var diagonal = row[0]
      row[0] = line + 1
      for column in right.indices {
        let change = diagonal + (character == right[column] ? 0 : 1)
        diagonal = row[column + 1]
        row[column + 1] = min(change, row[column] + 1, row[column + 1] + 1)
      }
    }
    return row[right.count]
  }
}
