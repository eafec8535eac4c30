import ArgumentParser
import SeloKit
import SeloWire

/// The sessions that can be seen from here: those of this machine's peers by name, the network's by their beacons.
struct ListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the sessions of this machine and on the network.",
    discussion: "Unlisted sessions tell no name to strangers; they are shown as (unlisted).")

  @Option(help: "The network interface, by name; SELO_INTERFACE otherwise, all of them without both.")
  var interface: String?

  @Option(name: .customLong("peer"), help: "An address to ask without multicast; may be repeated.")
  var peers: [String] = []

  @Flag(help: "Print one JSON object a line.") var json = false

  private struct Line: Encodable {
    let schema = "selo.list/1"
    /// Nil: unlisted, and none of this machine's peers is in it.
    let session: String?
    let world: String?
    /// The names of its members, when a peer of this machine knows them.
    let peers: [String]?
    let members: Int
    let reflector: String
    let agreed: UInt64

    var text: String {
      let who = peers.map { $0.joined(separator: ", ") } ?? "\(members) \(members == 1 ? "member" : "members")"
      return "\(session ?? "(unlisted)")  world \(world ?? "?")  \(who)  reflector \(reflector)"
        + "  tick \(Output.grouped(agreed))"
    }
  }

  func run() async throws {
    let environment = Environment.current
    let run = RunDirectory.standard(environment)
    let running = run.peers().compactMap { peer in status(run.path(peer.control)) }
    var lines = local(running)
    let own = Set(running.flatMap(\.addresses))
    let interfaces = try NetworkInterface.chosen(interface ?? environment["SELO_INTERFACE"])
    let given = try peers.map { text in
      guard let endpoint = Endpoint(text) else {
        throw SessionError(
          .usage, "\"\(text)\" is no address.", why: "An address is a number and a port.",
          remedy: "--peer 192.168.1.20:47653 or --peer [fd00::20]:47653")
      }
      return endpoint
    }
    let isLoopback = interfaces.allSatisfy(\.isLoopback)
    let port = environment["SELO_DISCOVERY_PORT"].flatMap(UInt16.init) ?? Multicast.standardPort
    let seen = try await SessionScout.look(
      on: interfaces, given: given, port: port, for: .milliseconds(isLoopback ? 300 : 1_000))
    for sighting in seen where !sighting.endpoints.contains(where: { own.contains("\($0)") }) {
      lines.append(
        Line(
          session: sighting.name, world: sighting.world, peers: nil, members: sighting.members,
          reflector: "\(sighting.endpoint)", agreed: sighting.agreed))
    }
    for line in lines {
      if json { Output.result(json: line) } else { Output.result(line.text) }
    }
    if lines.isEmpty {
      throw SessionError(
        .nobody, "no session is visible.",
        why:
          "No peer of yours runs on this machine, and nobody answered on \(interfaces.map(\.name).joined(separator: ", ")).",
        remedy: "selo start NAME, or selo list --peer HOST:PORT")
    }
  }

  private func local(_ running: [SessionStatus]) -> [Line] {
    Dictionary(grouping: running, by: \.session).sorted { $0.key < $1.key }.compactMap { session, peers in
      guard let newest = peers.max(by: { $0.agreed < $1.agreed }) else { return nil }
      return Line(
        session: session, world: newest.world, peers: newest.members.map(\.name), members: newest.members.count,
        reflector: newest.reflector, agreed: newest.agreed)
    }
  }
}
