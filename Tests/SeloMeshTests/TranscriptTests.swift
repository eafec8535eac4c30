import Foundation
import SeloMesh
import SeloTestKit
import SeloWire
import Testing

/// Behaviour as transcripts: every input and every effect of every peer, in Transcripts/*.txt, each with its story at
/// the head. `SELO_REWRITE=1` writes them anew; commit only a difference you can explain.
@Suite struct TranscriptTests {
  @Test(arguments: Scenario.all) func tellsTheSameStory(scenario: Scenario) throws {
    let harness = scenario.play()
    #expect(harness.laws.violations == [])
    let text =
      scenario.story.map { "# \($0)\n" }.joined() + "\n"
      + (harness.transcript ?? []).joined(separator: "\n") + "\n"
    let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Transcripts")
    let file = folder.appending(path: "\(scenario.name).txt")
    if ProcessInfo.processInfo.environment["SELO_REWRITE"] != nil {
      try text.write(to: file, atomically: true, encoding: .utf8)
    }
    let known = try String(contentsOf: file, encoding: .utf8)
    #expect(known == text, "\(scenario.name): SELO_REWRITE=1 shows the difference")
  }
}
