import Foundation
import SeloMesh
import SeloTestKit
import SeloWire
import Testing

/// The checker checked: a rule of the protocol is left out, and some schedule of trouble must break a law
/// (docs/TESTING.md, "Drafts").
///
/// `SELO_DRAFT_SEEDS=1000` looks further than usual and prints which seed breaks what.
@Suite(.enabled(if: Draft.isHonoured)) struct DraftTests {
  /// A draft, and seeds that broke a law when they were last looked for; when none of them does any more, the first two
  /// hundred are tried.
  struct Trial: CustomTestStringConvertible, Sendable {
    let name: String
    let drafts: Draft
    let seeds: [UInt64]

    var testDescription: String { name }
  }

  static let trials = [
    Trial(name: "ack after promise", drafts: .ackAfterPromise, seeds: [1]),
    Trial(name: "dedupe in the reflector's memory", drafts: .dedupeInMemory, seeds: [1]),
    Trial(name: "clock of its own", drafts: .clockOfItsOwn, seeds: [1]),
    Trial(name: "quorum of the new roster only", drafts: .newRosterOnly, seeds: [1]),
    Trial(name: "final by quorum", drafts: .finalByQuorum, seeds: [1]),
    Trial(name: "a minority forms", drafts: .minorityForms, seeds: [1]),
    Trial(name: "a minority forms and is obeyed", drafts: [.minorityForms, .termWithoutPromises], seeds: [1]),
    Trial(name: "roster changes overlap", drafts: .changesOverlap, seeds: [1]),
    Trial(name: "a staged log in sight", drafts: .stagedInSight, seeds: [33]),
    Trial(name: "what was agreed is forgotten", drafts: .agreedForgotten, seeds: [53]),
  ]

  @Test(arguments: trials) func isCaught(trial: Trial) {
    let wanted = ProcessInfo.processInfo.environment["SELO_DRAFT_SEEDS"].flatMap { UInt64($0) }
    for seed in (wanted == nil ? trial.seeds : []) + Array(0..<(wanted ?? 200)) {
      let session = MeshHarness.session(of: [3, 5, 4, 2][Int(seed % 4)], drafts: trial.drafts)
      var schedule = MeshSchedule(seed: seed, in: session)
      guard let broken = schedule.run().first else { continue }
      if wanted != nil { print("DRAFT \(trial.name): seed \(seed): \(broken)") }
      return
    }
    Issue.record("no law notices")
  }
}
