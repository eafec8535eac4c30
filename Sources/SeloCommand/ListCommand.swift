import ArgumentParser
import SeloKit

/// The sessions that can be seen from here.
struct ListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the sessions whose peers run on this machine.")

  @Flag(help: "Print one JSON object a line.") var json = false

  private struct Line: Encodable {
    let schema = "selo.list/1"
    let session: String
    let world: String
    let peers: [String]
    let reflector: String
    let agreed: UInt64
  }

  func run() throws {
    let run = RunDirectory.standard(Environment.current)
    let running = run.peers().compactMap { peer in status(run.path(peer.control)) }
    for (session, peers) in Dictionary(grouping: running, by: \.session).sorted(by: { $0.key < $1.key }) {
      let newest = peers.max { $0.agreed < $1.agreed }
      let line = Line(
        session: session, world: peers[0].world, peers: (newest ?? peers[0]).members.map(\.name),
        reflector: newest?.reflector ?? "", agreed: newest?.agreed ?? 0)
      if json {
        Output.result(json: line)
      } else {
        Output.result(
          "\(session)  world \(line.world)  \(line.peers.joined(separator: ", "))  reflector \(line.reflector)  tick \(Output.grouped(line.agreed))"
        )
      }
    }
    if running.isEmpty {
      throw SessionError(
        .nobody, "no session is visible.", why: "No peer of yours runs on this machine.",
        remedy: "selo start NAME, or selo join NAME with the passphrase of a session on the network")
    }
  }
}
