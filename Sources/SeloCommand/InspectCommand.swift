import ArgumentParser
import SeloKit
import SeloVM
import SeloWorlds

/// Looks into the world of a running peer, or into what a session saved.
struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect", abstract: "Look into the world of a peer of this machine, or into a saved file.",
    discussion: """
      A session saves the world of a branch that was left, as NAME@branch-TICK, and evidence of worlds that differ, as
      NAME@evidence-TICK, in $XDG_STATE_HOME/selo/saved. --file shows the world of a branch in lines, and what evidence
      tells. Of each kind the newest sixteen files stay.
      """)

  @OptionGroup var peers: LocalPeerOptions
  @Option(help: ArgumentHelp("Look into a file that a session saved.", valueName: "file")) var file: String?

  func run() throws {
    if let file { return try show(SavedFile(contentsOf: file)) }
    let peer = try peers.one()
    show(try ControlClient.ask(peer.control, ControlRequest(.inspect), for: InspectReport.self))
  }

  private func show(_ report: InspectReport) {
    if peers.json { return Output.result(json: report) }
    for line in report.lines { Output.result("\(line.path) = \(line.value)") }
  }

  /// What is printed of a saved file with `--json`.
  private struct Line: Encodable {
    let schema = "selo.saved/1"
    let kind: String
    let session: String
    let peer: String
    let tick: UInt64
    let text: String
    /// Nil for evidence of a world that this command does not have, or that was too large to be saved.
    let world: InspectReport?
  }

  private func show(_ file: SavedFile) throws {
    let report: InspectReport?
    switch file.kind {
    case .branch: report = try Self.report(file)
    case .evidence: report = try? Self.report(file)
    }
    if peers.json {
      let line = Line(
        kind: "\(file.kind)", session: file.session, peer: file.peer, tick: file.tick, text: file.text, world: report)
      return Output.result(json: line)
    }
    guard file.kind == .branch, let report else { return Output.result(file.text) }
    Output.note(file.text)
    show(report)
  }

  private static func report(_ file: SavedFile) throws -> InspectReport {
    guard let builtIn = BuiltInWorld(rawValue: file.worldName) else {
      throw SessionError(
        .badFile, "the file holds a world that this command does not have.",
        why: "It is of \(file.worldName), and the command has: "
          + "\(BuiltInWorld.allCases.map(\.rawValue).joined(separator: ", ")).",
        remedy: "open it with SavedFile in the program that ran the session")
    }
    return try report(file, builtIn.world)
  }

  private static func report<W: TextualWorld>(_ file: SavedFile, _ type: W.Type) throws -> InspectReport {
    let world = try file.world(as: W.self)
    return InspectReport(
      world: W.name, virtualSeconds: world.now.seconds, digest: "\(world.digest())", lines: W.describe(world))
  }
}
