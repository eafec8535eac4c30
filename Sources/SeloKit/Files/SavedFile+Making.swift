import SeloCrypto
import SeloMesh
package import SeloPeer
package import SeloVM
import SeloWire

// What becomes a saved file, and what a person reads in it.

extension SavedFile {
  /// A branch that was left.
  package init<W: World>(_ branch: Return, of world: W.Type, in session: String, by peer: String) {
    self.init(
      .branch, session: session, peer: peer, worldName: W.name, worldVersion: W.version, tick: branch.cut,
      text:
        "the branch of \(session) that \(peer) left: it parted at tick \(branch.cut) and had agreed on tick \(branch.agreed)",
      snapshot: branch.abandoned)
  }

  /// Evidence of worlds that differed.
  package init<W: World>(_ evidence: Evidence, of world: W.Type, in session: String, by peer: String) {
    self.init(
      .evidence, session: session, peer: peer, worldName: W.name, worldVersion: W.version, tick: evidence.sequence,
      text: evidence.text(of: world, in: session, by: peer), snapshot: evidence.snapshot, before: evidence.before,
      frames: evidence.frames)
  }
}

extension Evidence {
  /// Everything that is known, for people.
  func text<W: World>(of world: W.Type, in session: String, by peer: String) -> String {
    var lines = [
      "Worlds that differ: session \(session), world \(W.name) version \(W.version), seen by \(peer)", "",
      "at tick \(sequence)", "  digest here       \(Self.text(own))", "  digest elsewhere  \(Self.text(other))", "",
    ]
    lines += differenceLines + [""] + frameLines(W.self) + [""] + stateLines
    return lines.joined(separator: "\n") + "\n"
  }

  private var differenceLines: [String] {
    guard let comparedWith else {
      return ["nobody answered in time what its world was there, so nothing is named"]
    }
    if differences.isEmpty {
      return ["compared with the world of \(comparedWith): it is too large to be looked through"]
    }
    return ["what differs, here and in the world of \(comparedWith):"] + differences.map { "  \($0)" }
  }

  /// Messages that the text tells.
  private static let lines = 1_000

  /// What happened between the checkpoints.
  private func frameLines<W: World>(_ world: W.Type) -> [String] {
    let frames = frames.compactMap { bytes -> Frame? in
      var reader = ByteReader(bytes)
      return try? Frame(reading: &reader)
    }
    let since = before.map { "the checkpoint before was tick \($0.sequence)" } ?? "no checkpoint before is held"
    guard let first = frames.first?.sequence, let last = frames.last?.sequence else {
      return ["no ticks are held; \(since)"]
    }
    var lines = ["ticks \(first) to \(last), as this peer ran them; \(since):"]
    for frame in frames {
      guard case .messages(let envelopes) = frame.body else { continue }
      for envelope in envelopes.map(\.envelope) {
        for (offset, message) in envelope.messages.enumerated() {
          if lines.count > Self.lines { return lines + ["  … and more, which are in the file"] }
          let words = (try? W.Message(encoded: message)).map { "\($0)" } ?? "undecodable bytes"
          let author = envelope.author.identity.fingerprint
          lines.append("  \(frame.sequence)  \(author) \(envelope.first + UInt64(offset))  \(words.prefix(120))")
        }
      }
    }
    return lines.count == 1 ? lines + ["  no messages: only what the world sent itself"] : lines
  }

  private var stateLines: [String] {
    guard let state = try? SessionSnapshot(snapshot).state else { return [] }
    let members = state.roster.entries.map { "\($0.name) (\($0.identity.fingerprint), \($0.standing))" }
    return [
      "agreed tick \(state.sequence), term \(state.reign?.term.number ?? 0), members: \(members.joined(separator: ", "))"
    ]
  }

  private static func text(_ digest: Bytes16) -> String { hexadecimal(digest.bytes) }
}
