import Foundation
import SeloMachineKit
import SeloVM

/// Runs random programs on the reference machine once and on the engine in every way that must not matter, and compares
/// all. Stops at the first difference and prints it as a test.
///
/// What it prints depends on the options only: never on threads, hash seeds, the processor or the optimisation level.
/// So two runs compare as texts. It says how far it has come at every million messages: what a short run prints is what
/// a longer one begins with.
@main
struct SeloConformance {
  private let options: Options
  private var messages: UInt64 = 0
  private var programs = 0
  private var combined = DigestSink(key: 0)

  static func main() {
    guard let options = Options(Array(CommandLine.arguments.dropFirst())) else {
      tell(Options.usage)
      exit(2)
    }
    var run = SeloConformance(options: options)
    exit(run.isPassed() ? 0 : 1)
  }

  private init(options: Options) { self.options = options }

  private mutating func isPassed() -> Bool {
    if let program = options.program { return isEqual(program) }
    var milestone: UInt64 = 1_000_000
    while messages < options.messages {
      guard isEqual(options.seed &+ UInt64(programs)) else { return false }
      if messages >= milestone, messages < options.messages {
        sayHowFar()
        milestone = messages / 1_000_000 * 1_000_000 + 1_000_000
      }
    }
    sayHowFar()
    return true
  }

  private func sayHowFar() {
    Self.say("\(messages) messages, \(programs) programs, digest \(Digest(combined.value))")
  }

  /// Runs one program in every way.
  private mutating func isEqual(_ seed: UInt64) -> Bool {
    if options.tells { Self.tell("program \(seed), after \(messages) messages") }
    let log = RandomLog(seed: seed)
    let expected = Outcome(of: log)
    for variant in Variant.all(seed: seed) {
      let performance = Performance.of(log, variant, expecting: expected)
      messages += performance.messages
      if let difference = performance.difference {
        report(log, variant, difference, seed)
        return false
      }
    }
    combined.raw(expected.digest.bytes)
    combined.raw(expected.snapshot)
    programs += 1
    return true
  }

  private func report(_ log: RandomLog, _ variant: Variant, _ difference: String, _ seed: UInt64) {
    Self.say("failed: SeloConformance --program \(seed)")
    Self.say("different: \(difference); making the program smaller")
    let small = Shrinking(log, variant)
    let left = small.log.difference(small.variant) ?? "nothing, on a second run"
    Self.say("after \(small.attempts) smaller programs, different: \(left)\n")
    Self.say(small.log.test(small.variant, named: "the same however it is run: program \(seed)"))
  }

  private static func tell(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }

  /// Not kept back, for whoever waits and in case the next program ends the process.
  private static func say(_ text: String) { FileHandle.standardOutput.write(Data((text + "\n").utf8)) }
}
