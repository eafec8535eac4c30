import ArgumentParser

/// Measures the parts that ship, as they ship.
struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench", abstract: "Measure Selo on this machine.", subcommands: [VMBenchCommand.self])
}
