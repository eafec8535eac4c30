import ArgumentParser
import Foundation
import SeloKit

/// The peers of this user that run on this machine.
struct LocalPeerOptions: ParsableArguments {
  @Argument(help: "The session; not needed when only one runs here.") var session: String?
  @Option(help: "The peer, by its name; not needed when only one runs here.") var name: String?
  @Flag(help: "Print one JSON object a line.") var json = false

  /// Those that match; an error when there are none.
  func all() throws -> [(description: RunDirectory.Description, control: String)] {
    let run = RunDirectory.standard(Environment.current)
    let found = run.peers().filter { (session ?? $0.session) == $0.session && (name ?? $0.name) == $0.name }
    if found.isEmpty {
      let what = session.map { "no peer of the session \"\($0)\" runs here." } ?? "no peer of yours runs here."
      throw SessionError(
        .noPeerHere, what, why: "Looked in \(run.path), where running peers leave word.",
        remedy: "selo start NAME here, or selo join NAME")
    }
    return found.map { ($0, run.path($0.control)) }
  }

  /// Any one of a session, for what each can say; if possible not the one of this name.
  func speaker(but whom: String? = nil) throws -> (description: RunDirectory.Description, control: String) {
    let found = try all()
    let sessions = Set(found.map(\.description.session)).sorted()
    guard sessions.count == 1 else {
      throw SessionError(
        .usage, "peers of \(sessions.count) sessions run here, and one must be chosen.",
        why: "They are \(sessions.joined(separator: ", ")).", remedy: "name it: --session \(sessions[0])")
    }
    return found.first { $0.description.name != whom } ?? found[0]
  }

  /// Exactly one.
  func one() throws -> (description: RunDirectory.Description, control: String) {
    let found = try all()
    if found.count == 1 { return found[0] }
    let names = found.map { "\($0.description.session)/\($0.description.name)" }.joined(separator: ", ")
    throw SessionError(
      .usage, "\(found.count) peers of yours run here, and one must be chosen.", why: "They are \(names).",
      remedy: "name the session, or the peer: --name \(found[0].description.name)")
  }
}

/// The peer of this user that says something, for commands whose arguments are what it says.
struct SpeakerOptions: ParsableArguments {
  @Option(help: "The session; not needed when only one runs here.") var session: String?
  @Option(help: "The peer that says it, by its name; any of yours in the session without it.") var name: String?
  @Flag(help: "Print a JSON object.") var json = false

  var peers: LocalPeerOptions {
    var peers = LocalPeerOptions()
    peers.session = session
    peers.name = name
    return peers
  }
}

/// Where a local peer stands.
struct StatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Tell where the peers of this machine stand.")

  @OptionGroup var peers: LocalPeerOptions

  /// Peers learn at different moments what is agreed. So that they can be compared, `agreed_digest` is the digest at
  /// one agreed tick that all local peers of the session remember; `agreed_digest_tick` tells which.
  private struct Report: Encodable {
    let status: SessionStatus
    let comparison: Comparison?

    private enum Key: String, CodingKey { case agreedDigest, agreedDigestTick }

    func encode(to encoder: any Encoder) throws {
      try status.encode(to: encoder)
      var container = encoder.container(keyedBy: Key.self)
      try container.encode(comparison?.tick ?? status.agreed, forKey: .agreedDigestTick)
      try container.encode(comparison?.digest[status.pid] ?? status.agreedDigest, forKey: .agreedDigest)
    }
  }

  private struct Comparison {
    let tick: UInt64
    let digest: [Int32: String]
  }

  func run() throws {
    var found: [(control: String, status: SessionStatus)] = []
    for peer in try peers.all() {
      found.append(
        (peer.control, try ControlClient.ask(peer.control, ControlRequest(.status), for: SessionStatus.self)))
    }
    // One comparison a session: two would look at two ticks.
    let comparisons = Dictionary(grouping: found, by: \.status.session).mapValues { comparison($0) }
    for peer in found {
      let comparison = comparisons[peer.status.session] ?? nil
      if peers.json {
        Output.result(json: Report(status: peer.status, comparison: comparison))
      } else {
        Output.result(Self.text(peer.status))
      }
    }
  }

  /// Tries for a second: who has just joined remembers no tick yet.
  private func comparison(_ peers: [(control: String, status: SessionStatus)]) -> Comparison? {
    for _ in 0..<200 {
      guard let tick = newestCommonTick(peers.compactMap { audit($0.control) }) else { return nil }
      var digests: [Int32: String] = [:]
      for peer in peers { digests[peer.status.pid] = audit(peer.control, after: .max, at: tick)?.digest }
      if digests.count == peers.count { return Comparison(tick: tick, digest: digests) }
      pauseBriefly()
    }
    return nil
  }

  private static func text(_ status: SessionStatus) -> String {
    var lines = [
      "\(status.session) as \(status.name) (\(status.fingerprint)), \(status.phase), term \(status.term)\(status.isBranch ? ", on a branch" : "")"
    ]
    let period = Int(status.tickPeriodMilliseconds)
    lines.append(
      "  agreed tick \(Output.grouped(status.agreed)), received \(Output.grouped(status.received)), final \(Output.grouped(status.final)), every \(period) ms"
    )
    for member in status.members {
      let role = member.isReflector ? "reflector" : member.standing
      let trip = member.roundTripMilliseconds.map { "\(($0 * 100).rounded() / 100) ms" } ?? "-"
      let name = member.name.padding(toLength: 12, withPad: " ", startingAt: 0)
      lines.append(
        "  \(name) \(member.fingerprint)  \(role.padding(toLength: 10, withPad: " ", startingAt: 0)) \(trip)")
    }
    return lines.joined(separator: "\n")
  }
}

/// Publishes a message from the shell.
struct PublishCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "publish", abstract: "Publish a message through a peer of this machine; returns when it is agreed.")

  @OptionGroup var speaker: SpeakerOptions
  @Argument(help: "The message in words, as the world speaks: move 10 20.") var words: [String]

  func run() throws {
    let peer = try speaker.peers.one()
    let report = try ControlClient.ask(
      peer.control, ControlRequest(.publish, words: words), for: PublishReport.self, patienceMilliseconds: 30_000)
    if speaker.json { return Output.result(json: report) }
    Output.result("agreed at tick \(Output.grouped(report.tick)), number \(report.sequence) of this peer's messages")
  }
}

/// Who this user is to others.
struct IDCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "id", abstract: "Show this user's identity, by which others recognise it.")

  @Option(help: ArgumentHelp("Another identity file.", valueName: "file")) var identity: String?
  @Flag(help: "Print a JSON object.") var json = false

  func run() throws {
    let card = try IdentityStore.standard(Environment.current).card(identity)
    if json { return Output.result(json: card) }
    Output.result("\(card.fingerprint)  \(card.path)")
  }
}
