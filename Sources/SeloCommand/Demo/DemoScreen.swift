import Foundation
import SeloKit
import SeloWire

/// The demo in a terminal: a live table, and keys to do harm with.
struct DemoScreen {
  let house: DemoHouse
  private let terminal = Terminal()
  private var log: [String] = []
  private var showsHelp = false

  init(house: DemoHouse) { self.house = house }

  mutating func run() throws {
    defer { terminal.restore() }
    try house.restartDead()
    while true {
      house.refresh()
      terminal.draw(lines())
      switch terminal.key(waitMilliseconds: 100) {
      case "k": killReflector()
      case "r":
        try house.restartDead()
        say("the dead are started again")
      case "p": pauseReflector()
      case "?": showsHelp.toggle()
      case "q": return
      default: break
      }
    }
  }

  private mutating func killReflector() {
    guard let victim = house.reflector, house.peers.filter(\.isRunning).count > 1 else {
      return say("nobody reflects just now, or nobody else is left: press r first")
    }
    var lines: [String] = []
    let failover = house.kill(victim) { pid in
      lines.append("\(Output.clock())  \(victim.name) (reflector) killed with SIGKILL, pid \(pid)")
    }
    for line in lines { log.append(line) }
    say(failover.hasRecovered ? Sentence.of(failover) : "the survivors did not go on within 30 s")
  }

  private mutating func pauseReflector() {
    if let paused = house.peers.first(where: \.isPaused) {
      paused.child?.pause(false)
      return say("\(paused.name) goes on (SIGCONT)")
    }
    guard let reflector = house.reflector else { return say("nobody reflects just now") }
    reflector.child?.pause(true)
    say("\(reflector.name) (reflector) paused with SIGSTOP; p again lets it go on")
  }

  private mutating func say(_ text: String) { log.append("\(Output.clock())  \(text)") }

  private func lines() -> [String] {
    let count = house.peers.count
    var lines = [
      "",
      terminal.bold(
        "selo demo - \(count) peers, \(count) processes, \(count) keys, one world, all on this machine (loopback only)"),
      terminal.faint("  peer   key         role        agreed tick   rtt"),
    ]
    for peer in house.peers { lines.append(row(peer)) }
    lines.append("  k kill reflector   r restart the dead   p pause   ? help   q quit")
    lines.append("")
    if showsHelp { lines += Self.help }
    lines += log.suffix(8).flatMap(terminal.wrapped)
    return lines
  }

  private func row(_ peer: DemoHouse.Peer) -> String {
    let name = padded(peer.name, 6)
    guard peer.isRunning else { return terminal.faint("  \(name) dead (r restarts it)") }
    guard let status = peer.status else { return "  \(name) starting" }
    let role =
      peer.isPaused
      ? "paused" : status.isReflector ? "reflector" : status.phase == "member" ? status.standing : status.phase
    let trip = status.members.first(where: \.isReflector)?.roundTripMilliseconds
    let text = trip.map { "\(($0 * 10).rounded() / 10) ms" } ?? "-"
    let line =
      "  \(name) \(padded(status.fingerprint, 11)) \(padded(role, 11)) \(padded(Output.grouped(status.agreed), 13)) \(text)"
    return status.isReflector ? terminal.bold(line) : line
  }

  private func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }

  private static let help = [
    "  k sends SIGKILL to the reflector; another peer takes its duty and the world goes on from the last agreed tick.",
    "  r starts the killed again: with their old key, as a new run that is let in like any other.",
    "  p stops the reflector (SIGSTOP) as a closed lid would, and lets it go on at the second press.",
    "",
  ]
}
