package import SeloMesh
import SeloWire

/// Every order of events of a small session up to a depth, and the laws after every step.
///
///     let report = ExhaustiveSearch(ExhaustiveOptions(peers: 3, depth: 8)).run()
///
/// It goes deeper by one event at a time, so that the first order that breaks a law is a shortest one, and so that one
/// who stops it early knows up to which depth everything was tried. A state that was seen with as many events to go is
/// not gone on from again.
///
/// What it proves: none of these orders breaks a law of safety, up to that depth, from that beginning, for these meshes
/// of two or three peers. What it does not: anything deeper, anything about liveness, about more peers, about joins, or
/// about the shell. Two states with the same fingerprint of 128 bits would be taken for one, and what follows from one
/// of them would go untried; see `Fingerprint`.
public struct ExhaustiveSearch {
  /// What shapes this search.
  public let options: ExhaustiveOptions
  private let drafts: Draft
  private var seen = SeenStates()
  private var report = ExhaustiveReport()
  private var path: [Int] = []
  private var isStopped = false

  /// A search with these options.
  public init(_ options: ExhaustiveOptions) { self.init(options, drafts: []) }

  /// A search among peers that leave rules out.
  package init(_ options: ExhaustiveOptions, drafts: Draft) {
    precondition((1...5).contains(options.peers), "a search has 1 to 5 peers")
    precondition((1...200).contains(options.depth), "a search is 1 to 200 events deep")
    self.options = options
    self.drafts = drafts
  }

  /// Searches to the depth of the options, to the first broken law, or until `isOver` says so, which is asked now and
  /// then.
  public mutating func run(until isOver: () -> Bool = { false }) -> ExhaustiveReport {
    var beginning = beginning
    if !beginning.broken.isEmpty {
      note(beginning)
      return report
    }
    if !options.path.isEmpty {
      tell(options.path, from: &beginning)
      return report
    }
    while report.depth < options.depth, !isStopped {
      report.frontier = 0
      let found = explore(beginning, remaining: report.depth + 1, isOver)
      report.distinct = UInt64(seen.count)
      if found { break }
      if !isStopped { report.depth += 1 }
    }
    if !path.isEmpty {
      var failing = options
      failing.path = path
      failing.depth = path.count
      report.reproductions = ["selo simulate --exhaustive \(failing.text)"]
      tell(path, from: &beginning)
    }
    return report
  }

  var beginning: BareSession {
    BareSession.begun(
      peers: options.peers, from: options.start, policy: options.majority ? .majority : .available, drafts: drafts,
      budget: BareBudget(
        crashes: options.crashes, messages: options.messages, duplicates: options.duplicates, stops: options.stops))
  }

  /// Tries everything that can follow; true when a law broke, and then `path` leads there.
  private mutating func explore(_ state: BareSession, remaining: Int, _ isOver: () -> Bool) -> Bool {
    for (number, event) in state.events.enumerated() {
      var next = state
      next.happen(event)
      report.states += 1
      if report.states % 1_024 == 0, isOver() { isStopped = true }
      if !next.broken.isEmpty {
        path = [number]
        return true
      }
      // States at the end are not told apart: nobody goes on from them.
      if remaining == 1 {
        report.frontier += 1
        continue
      }
      guard !isStopped, seen.visit(next.mark, remaining: remaining - 1) else {
        if seen.isFull { isStopped = true }
        if isStopped { return false }
        continue
      }
      if explore(next, remaining: remaining - 1, isOver) {
        path.insert(number, at: 0)
        return true
      }
      if isStopped { return false }
    }
    return false
  }

  /// Runs one order again and writes down what happens.
  private mutating func tell(_ path: [Int], from state: inout BareSession) {
    state.story = []
    for number in path {
      let events = state.events
      guard events.indices.contains(number) else { break }
      state.happen(events[number])
    }
    report.story = state.story ?? []
    note(state)
  }

  private mutating func note(_ state: BareSession) {
    let seconds = Double(state.now.nanoseconds) / 1e9 - 1
    report.violations = state.broken.map { Violation(law: $0.law, what: $0.what, seconds: seconds) }
  }
}

/// What an exhaustive search found.
public struct ExhaustiveReport: Sendable, Equatable {
  /// Events that were tried.
  public var states: UInt64 = 0
  /// Different states from which the search went on.
  public var distinct: UInt64 = 0
  /// All orders of so many events were tried.
  public var depth = 0
  /// Orders that reached the last depth that was begun, without those that came over a state that was seen.
  public var frontier: UInt64 = 0
  /// What was broken.
  public var violations: [Violation] = []
  /// A shortest order that breaks a law, as it happened.
  public var story: [String] = []
  /// The command that tells it again.
  public var reproductions: [String] = []

  /// A report of a search in which nothing was tried.
  public init() {}
}
