import ArgumentParser
import Foundation
import SeloKit
import SeloSimulator
import SeloVM
import SeloWorlds

/// Runs the very peers that ship on a virtual network and clock, with faults drawn from a seed, and judges every step.
struct SimulateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate", abstract: "Try failover and order under faults, on a virtual network and clock.",
    discussion: """
      Every seed is a simulation of its own: which faults there are and how much of each is drawn from it. After each \
      step the laws of the protocol are checked, and in the end everything must have healed. A failing seed prints one \
      line that runs exactly it again; --shrink looks for the smallest simulation that breaks the same law.
      """)

  @Option(help: "The first seed.")
  var seed: UInt64 = 1

  @Option(help: "How many seeds: 1, or with --until-failure as many as it takes.")
  var seeds: UInt64?

  @Option(help: "Peers in the session: 5, or with --exhaustive 3.")
  var peers: Int?

  @Option(name: .customLong("for"), help: "Virtual time under faults; up to 20 s of fair weather follow.")
  var duration = DelayArgument(.seconds(30))

  @Option(
    help: ArgumentHelp(
      "The world: \(BuiltInWorld.allCases.map(\.rawValue).joined(separator: ", ")).", valueName: "name"))
  var world = BuiltInWorld.village.rawValue

  @Option(
    help: """
      all: each seed draws some of them; none; or exactly these of \(Faults.named.map(\.name).joined(separator: ",")).
      """)
  var faults = FaultsArgument(.all)

  @Option(help: "available or majority.")
  var policy = PolicyArgument.available

  @Option(help: "Messages a second that each peer publishes.")
  var rate: UInt64 = 20

  @Option(help: "apart: one peer founds and the others come later; together: all start within 50 ms and any may found.")
  var start = StartArgument.apart

  @Option(help: ArgumentHelp("Leave these troubles out, as --shrink found.", valueName: "numbers"))
  var spare: String?

  @Flag(help: "Go on from seed to seed until one fails.")
  var untilFailure = false

  @Flag(help: "Look for the fewest peers, faults and messages and the shortest time that break the same law.")
  var shrink = false

  @Option(help: "Simulations side by side; what is reported does not depend on it.")
  var jobs = ProcessInfo.processInfo.activeProcessorCount

  @Option(help: ArgumentHelp("Write every step to a file: the same bytes for the same options.", valueName: "file"))
  var trace: String?

  @Flag(help: "Print one JSON object.")
  var json = false

  @OptionGroup
  var exhaustion: ExhaustionOptions

  func validate() throws {
    let most = exhaustion.exhaustive ? 5 : 64
    guard (1...most).contains(peers ?? 1) else { throw ValidationError("--peers is between 1 and \(most).") }
    guard seeds != 0 else { throw ValidationError("--seeds is at least 1.") }
    guard rate <= 1_000 else { throw ValidationError("--rate is at most 1000.") }
    guard spare == nil || spare.flatMap(SimulationOptions.numbers) != nil else {
      throw ValidationError("--spare is numbers with commas.")
    }
    guard jobs > 0 else { throw ValidationError("--jobs is at least 1.") }
    guard BuiltInWorld(rawValue: world) != nil else {
      throw ValidationError("--world is one of \(BuiltInWorld.allCases.map(\.rawValue).joined(separator: ", ")).")
    }
    guard trace == nil || (seeds ?? 1) == 1 && !untilFailure else { throw ValidationError("--trace is for one seed.") }
  }

  func run() async throws {
    if exhaustion.exhaustive {
      return try exhaustion.run(peers: peers ?? 3, majority: policy == .majority, json: json)
    }
    let start = ContinuousClock.now
    let campaign = Campaign(
      world: BuiltInWorld(rawValue: world) ?? .village, template: template, seeds: seeds ?? (untilFailure ? nil : 1),
      untilFailure: untilFailure, jobs: jobs, trace: trace)
    var report = try await campaign.run()
    if shrink, let line = report.reproductions.first, let failed = options(of: line) {
      report.reproductions.append(campaign.shrunk(failed))
    }
    let wall = ContinuousClock.now - start
    let seconds = Double(wall.components.seconds) + Double(wall.components.attoseconds) / 1e18
    if json {
      Output.result(json: SimulationResult(report, wallSeconds: seconds))
    } else {
      Output.result(SimulationText(report, wallSeconds: seconds).text)
    }
    if report.failures > 0 { throw ExitCode(1) }
  }

  private var template: SimulationOptions {
    var options = SimulationOptions(seed: seed, peers: peers ?? 5, duration: duration.delay, faults: faults.faults)
    options.majority = policy == .majority
    options.messagesPerSecond = rate
    options.together = start == .together
    options.spared = spare.flatMap(SimulationOptions.numbers) ?? []
    options.traced = trace != nil
    options.commandWorld = world
    return options
  }

  /// The failing simulation that a report's line reproduces: all but its seed is known here.
  private func options(of line: String) -> SimulationOptions? {
    let words = line.split(separator: " ")
    guard let place = words.firstIndex(of: "--seed"), place + 1 < words.count, let seed = UInt64(words[place + 1])
    else { return nil }
    var options = template
    options.seed = seed
    return options
  }
}

/// How the peers of a simulation begin.
enum StartArgument: String, ExpressibleByArgument, CaseIterable {
  case apart, together
}

/// A list of faults on the command line.
struct FaultsArgument: ExpressibleByArgument {
  let faults: Faults

  init(_ faults: Faults) { self.faults = faults }

  init?(argument: String) {
    guard let faults = Faults(argument) else { return nil }
    self.faults = faults
  }

  var defaultValueDescription: String { faults.text }
}
