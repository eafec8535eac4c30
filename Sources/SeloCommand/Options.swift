import ArgumentParser
import Foundation
import SeloKit
import SeloWire
import SeloWorlds

/// How a peer reaches others.
struct NetworkOptions: ParsableArguments {
  @Option(help: "The network interface, by name; SELO_INTERFACE otherwise, all of them without both.")
  var interface: String?

  @Option(help: ArgumentHelp("An address to knock at without multicast; may be repeated.", valueName: "host:port"))
  var peer: [String] = []

  @Option(help: "The UDP port; without it the system chooses one.")
  var port: UInt16 = 0
}

/// What a session is like; counts for who founds it.
struct FoundingOptions: ParsableArguments {
  @Option(help: "available: go on with whoever can be reached; majority: only with more than half.")
  var policy = PolicyArgument.available

  @Option(help: "How often the world's time moves when nothing happens, 5ms to 200ms.")
  var tickPeriod = DelayArgument(.milliseconds(20))

  @Flag(help: "Show the session's name to everybody on the network.")
  var listed = false

  func shape(_ options: inout SessionOptions) {
    options.policy = policy == .majority ? .majority : .available
    options.tickPeriod = tickPeriod.delay
    options.isListed = listed
  }
}

struct TakingPartOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The world: \(BuiltInWorld.allCases.map(\.rawValue).joined(separator: ", ")).", valueName: "name"))
  var world = BuiltInWorld.village.rawValue

  @Option(help: "This peer's name for people; your login name without it.")
  var name: String?

  @Option(
    help: ArgumentHelp(
      "The identity to speak with; without it the first of yours that is not in use.", valueName: "file"))
  var identity: String?

  @Option(
    help: ArgumentHelp(
      "The passphrase, on the first line of a file; SELO_PASSPHRASE_FILE otherwise.", valueName: "file"))
  var passphraseFile: String?

  @Flag(help: "Never ask and never draw; run until told to stop.")
  var headless = false

  @Flag(help: "Print one JSON object a line.")
  var json = false

  @Option(help: ArgumentHelp("Publish this many messages a second.", visibility: .hidden))
  var load: Int = 0

  @Flag(help: ArgumentHelp("End when standard input ends; stop the load at the line 'quiet'.", visibility: .hidden))
  var tether = false

  func builtIn() throws -> BuiltInWorld {
    if let world = BuiltInWorld(rawValue: world) { return world }
    throw SessionError(
      .usage, "there is no world \"\(world)\".",
      why: "The command has: \(BuiltInWorld.allCases.map(\.rawValue).joined(separator: ", ")).",
      remedy: "--world \(BuiltInWorld.village.rawValue)")
  }
}

/// 20ms, 3s, 2m.
struct DelayArgument: ExpressibleByArgument {
  let delay: Delay

  init(_ delay: Delay) { self.delay = delay }

  init?(argument: String) {
    let units: [(String, UInt64)] = [("ms", 1), ("s", 1_000), ("m", 60_000)]
    for (unit, milliseconds) in units where argument.hasSuffix(unit) {
      guard let count = Double(argument.dropLast(unit.count)), count >= 0, count < 1e6 else { continue }
      delay = .milliseconds(UInt64(count * Double(milliseconds)))
      return
    }
    return nil
  }

  var defaultValueDescription: String {
    delay.nanoseconds % 1_000_000_000 == 0
      ? "\(delay.nanoseconds / 1_000_000_000)s" : "\(delay.nanoseconds / 1_000_000)ms"
  }
}

enum PolicyArgument: String, ExpressibleByArgument, CaseIterable {
  case available, majority
}
