import SeloMesh
import SeloTestKit
import Testing

@testable import SeloSimulator

/// Every order of events of two and three peers, as deep as a few seconds reach, and drafts that it must find.
@Suite struct ExhaustiveTests {
  private func options(
    _ peers: Int, depth: Int, crashes: Int = 1, messages: Int = 1, stops: Int = 0, majority: Bool = false,
    from start: ExhaustiveStart = .calm
  ) -> ExhaustiveOptions {
    var options = ExhaustiveOptions(peers: peers, depth: depth)
    options.crashes = crashes
    options.messages = messages
    options.stops = stops
    options.majority = majority
    options.start = start
    return options
  }

  @Test func noOrderBreaksALaw() {
    for majority in [false, true] {
      for start in ExhaustiveStart.allCases {
        for options in [
          options(2, depth: 5, stops: 1, majority: majority, from: start),
          options(3, depth: start == .doubted ? 3 : 4, majority: majority, from: start),
        ] {
          var search = ExhaustiveSearch(options)
          let report = search.run()
          #expect(report.violations == [], "\(report.story.joined(separator: "\n"))")
          #expect(report.depth == options.depth)
          #expect(report.distinct > 10 && report.states > report.distinct)
        }
      }
    }
  }

  @Test func equalOptionsMakeEqualReports() {
    var one = ExhaustiveSearch(options(3, depth: 4, stops: 1))
    var other = ExhaustiveSearch(options(3, depth: 4, stops: 1))
    let reports = (one.run(), other.run())
    #expect(reports.0 == reports.1)
  }

  /// What is merged is what would be done again: without a memory of states the same orders are tried, and more.
  @Test func aStateThatWasSeenIsNotGoneOnFromAgain() {
    let options = options(2, depth: 4)
    var search = ExhaustiveSearch(options)
    let report = search.run()
    var orders: UInt64 = 0
    func count(_ state: BareSession, _ remaining: Int) -> Set<Fingerprint> {
      var leaves: Set<Fingerprint> = []
      for event in state.events {
        var next = state
        next.happen(event)
        orders += 1
        #expect(next.broken.isEmpty)
        if remaining == 1 { leaves.insert(next.mark) } else { leaves.formUnion(count(next, remaining - 1)) }
      }
      return leaves
    }
    let leaves = count(search.beginning, options.depth)
    #expect(orders > report.states / 2)
    #expect(UInt64(leaves.count) <= report.frontier)
  }

  @Test func anEndThatComesEarlySaysHowDeepItWas() {
    var asked = 0
    var search = ExhaustiveSearch(options(3, depth: 30))
    let report = search.run {
      asked += 1
      return asked == 3
    }
    #expect(report.depth > 0 && report.depth < 30)
    #expect(report.violations == [])
  }

  @Test func theTableOfStatesKeepsThemApart() {
    var seen = SeenStates()
    let marks = (0..<20_000).map { number in Fingerprint { $0.combine(number) } }
    for mark in marks {
      let isNew = seen.visit(mark, remaining: 3)
      #expect(isNew)
    }
    for mark in marks {
      let isNew = !seen.visit(mark, remaining: 3) && !seen.visit(mark, remaining: 2)
      #expect(isNew)
    }
    for mark in marks {
      let isNew = seen.visit(mark, remaining: 4)
      #expect(isNew)
    }
    #expect(seen.count == marks.count)
  }
}

/// The search checked: rules are left out, and it must find an order that breaks a law.
@Suite(.enabled(if: Draft.isHonoured)) struct ExhaustiveDraftTests {
  struct Trial: CustomTestStringConvertible, Sendable {
    let name: String
    let drafts: Draft
    let law: String
    let options: ExhaustiveOptions

    var testDescription: String { name }

    init(
      _ name: String, _ drafts: Draft, breaks law: String, peers: Int, depth: Int, crashes: Int = 0, messages: Int = 0,
      from start: ExhaustiveStart = .calm
    ) {
      self.name = name
      self.drafts = drafts
      self.law = law
      var options = ExhaustiveOptions(peers: peers, depth: depth)
      options.crashes = crashes
      options.messages = messages
      options.start = start
      self.options = options
    }
  }

  static let trials: [Trial] = [
    Trial("final by quorum", .finalByQuorum, breaks: "QuorumsHoldTheAgreed", peers: 3, depth: 4),
    Trial(
      "acknowledges after its promise", .ackAfterPromise, breaks: "StagedIsHidden", peers: 3, depth: 5, from: .doubted),
    Trial("a clock of its own", .clockOfItsOwn, breaks: "MeshInvariants", peers: 3, depth: 6, from: .orphaned),
  ]

  @Test(arguments: trials) func isFound(trial: Trial) {
    var search = ExhaustiveSearch(trial.options, drafts: trial.drafts)
    let report = search.run()
    #expect(report.violations.map(\.law).contains(trial.law), "\(report)")
    #expect(report.reproductions.first?.contains("--path ") == true)
    #expect(!report.story.isEmpty)
    // What the line names is told again, and breaks the same law.
    let path = report.reproductions.first?.split(separator: " ").last?.split(separator: ".").compactMap { Int($0) }
    var told = trial.options
    told.path = path ?? []
    var again = ExhaustiveSearch(told, drafts: trial.drafts)
    let retold = again.run()
    #expect(retold.violations == report.violations)
    // With the rule nothing breaks so early.
    var shallow = trial.options
    shallow.depth = min(told.path.count, 6)
    var honest = ExhaustiveSearch(shallow)
    let calm = honest.run()
    #expect(calm.violations == [])
  }
}
