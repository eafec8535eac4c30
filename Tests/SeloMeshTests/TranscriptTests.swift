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

  /// Each rejection appears in a transcript; those that no honest session can provoke are tried in other tests.
  @Test func everyRejectionIsShown() {
    var shown: [Rejection] = []
    for scenario in Scenario.all { shown += scenario.play().rejections }
    let elsewhere: [Rejection] = [
      // FrameLogTests tries each frame that does not follow; an honest reflector stamps none.
      .brokenChain, .badTime, .fallingAgreement, .badReign, .badAuthorSequence, .notAuthor, .badRoster,
      // Only a liar signs two frames for one place, promises for another, or starts a term without promises.
      .equivocation, .badPromise, .unprovenTerm,
      // PoorPeerTests asks for repair without end.
      .tooOften,
      // OutboxTests fills queue and outbox.
      .envelopeTooFarAhead, .queueFull, .duplicateEnvelope,
      // Met by the schedules only: a thousand frames behind a gap, packets that come too early or fit no phase.
      .tooFarAhead, .notPromised, .unexpected, .foreignLineage,
    ]
    let missing = Rejection.allCases.filter { !shown.contains($0) && !elsewhere.contains($0) }
    #expect(missing == [])
  }
}
