import ArgumentParser
import Foundation
import SeloSimulator
import SeloWire

/// What `selo simulate --exhaustive` takes besides.
struct ExhaustionOptions: ParsableArguments {
  @Flag(help: "Instead of seeds try every order of events of two or three peers.")
  var exhaustive = false

  @Option(help: "With --exhaustive: how many events follow each other at most.")
  var depth = 8

  @Option(help: "With --exhaustive: how many peers may die.")
  var crashes = 1

  @Option(help: "With --exhaustive: how many messages may be published.")
  var messages = 1

  @Option(help: "With --exhaustive: how many packets may come twice. Any may be lost.")
  var duplicates = 0

  @Option(help: "With --exhaustive: how many times a process may be stopped.")
  var stops = 0

  @Option(help: "With --exhaustive: where it begins: calm, seat, orphaned or doubted.")
  var from = BeginningArgument.calm

  @Option(help: ArgumentHelp("With --exhaustive: tell this one order.", valueName: "numbers"))
  var path: String?

  @Option(help: "With --exhaustive: stop when this time is over; what was tried whole is reported.")
  var forAtMost: DelayArgument?

  func validate() throws {
    guard (1...200).contains(depth) else { throw ValidationError("--depth is between 1 and 200.") }
    guard [crashes, messages, duplicates, stops].allSatisfy({ (0...9).contains($0) }) else {
      throw ValidationError("--crashes, --messages, --duplicates and --stops are between 0 and 9.")
    }
    guard path == nil || numbers != nil else { throw ValidationError("--path is numbers with dots.") }
  }

  private var numbers: [Int]? {
    let words = path?.split(separator: ".").map { Int($0) } ?? []
    return words.contains(nil) ? nil : words.compactMap { $0 }
  }

  /// Searches, prints what was found, and throws the exit code 1 when a law broke.
  func run(peers: Int, majority: Bool, json: Bool) throws {
    var options = ExhaustiveOptions(peers: peers, depth: depth)
    options.crashes = crashes
    options.messages = messages
    options.duplicates = duplicates
    options.stops = stops
    options.majority = majority
    options.start = from.start
    options.path = numbers ?? []
    let start = ContinuousClock.now
    let end = forAtMost.map { start + .nanoseconds(Int64(clamping: $0.delay.nanoseconds)) }
    var search = ExhaustiveSearch(options)
    let report = search.run { end.map { ContinuousClock.now >= $0 } ?? false }
    let wall = ContinuousClock.now - start
    let seconds = Double(wall.components.seconds) + Double(wall.components.attoseconds) / 1e18
    if json {
      Output.result(json: ExhaustionResult(report, seconds: seconds))
    } else {
      Output.result(ExhaustionResult(report, seconds: seconds).text)
    }
    if !report.violations.isEmpty { throw ExitCode(1) }
  }
}

/// The object that `selo simulate --exhaustive --json` prints.
struct ExhaustionResult: Encodable {
  let schema = "selo.exhaustive/1"
  let states: UInt64
  let distinct: UInt64
  let depth: Int
  let frontier: UInt64
  let seconds: Double
  let violations: [String]
  let story: [String]
  let reproductions: [String]

  init(_ report: ExhaustiveReport, seconds: Double) {
    states = report.states
    distinct = report.distinct
    depth = report.depth
    frontier = report.frontier
    self.seconds = seconds
    violations = report.violations.map { "\($0.law) at \($0.seconds) s: \($0.what)" }
    story = report.story
    reproductions = report.reproductions
  }

  /// The same for people.
  var text: String {
    var lines = story
    lines.append(
      "every order of \(depth) events: \(states) events tried in \(Int(seconds)) s, \(distinct) states gone on from, "
        + "\(frontier) at the last depth")
    lines += violations.map { "broken: \($0)" } + reproductions.map { "failed: \($0)" }
    return lines.joined(separator: "\n")
  }
}

enum BeginningArgument: String, ExpressibleByArgument, CaseIterable {
  case calm, seat, orphaned, doubted

  var start: ExhaustiveStart {
    switch self {
    case .calm: .calm
    case .seat: .seat
    case .orphaned: .orphaned
    case .doubted: .doubted
    }
  }
}
