import ArgumentParser
import Foundation
import SeloKit
import SeloWire

/// Three processes, one encrypted world, loopback only: kill the reflector and watch the world go on.
struct DemoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo", abstract: "Run three peers on this machine; kill the reflector and watch the world go on.",
    discussion:
      "Exit code 0 when every failover was within --expect-recovery and nothing was lost, doubled or unequal; else 1.")

  @Option(help: "How many peers, 2 to 7.") var peers = 3
  @Flag(help: "No table: kill, measure, print, end. The default without a terminal.") var headless = false
  @Option(help: "How long the peers run in peace before each kill.") var killAfter = DelayArgument(.seconds(3))
  @Option(help: "How many times the reflector is killed.") var kills = 1
  @Option(help: "The longest time that the world may stand still.") var expectRecovery = DelayArgument(.seconds(2))
  @Option(help: "Messages that each peer publishes in a second.") var load = 50
  @Flag(help: "Print one JSON object.") var json = false

  func validate() throws {
    guard (2...DemoHouse.names.count).contains(peers) else {
      throw ValidationError("--peers is 2 to \(DemoHouse.names.count).")
    }
    guard (0...1_000).contains(kills) else { throw ValidationError("--kills is 0 to 1000.") }
    guard (0...1_000).contains(load) else { throw ValidationError("--load is 0 to 1000.") }
  }

  func run() throws {
    signal(SIGPIPE, SIG_IGN)
    let isTerminal = isatty(0) == 1 && isatty(1) == 1 && Environment.current["TERM"] != "dumb"
    let isTrial = headless || json || !isTerminal
    if isTrial, load == 0 {
      throw ValidationError("Without a table --load is 1 to 1000: of nothing, nothing is lost.")
    }
    let house = try DemoHouse(peers: peers, load: load)
    if isTrial {
      try DemoTrial(house: house, killAfter: killAfter.delay, kills: kills, expected: expectRecovery.delay, json: json)
        .run()
    } else {
      var screen = DemoScreen(house: house)
      try screen.run()
    }
  }
}
