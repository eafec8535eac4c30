/// What one simulation found, or several together.
public struct Report: Sendable, Equatable {
  /// What was broken, in the order of the seeds.
  public var violations: [Violation] = []
  /// Simulations in this report.
  public var seeds: UInt64 = 1
  /// Simulations in which something was broken.
  public var failures: UInt64 = 0
  /// Inputs that peers took.
  public var steps: UInt64 = 0
  /// Troubles whose time came, spared ones among them.
  public var troubles: UInt64 = 0
  /// Time that passed in the simulations.
  public var virtualSeconds: Double = 0
  /// Changes of term after which a session went on.
  public var failovers: UInt64 = 0
  /// Branches that began.
  public var branches: UInt64 = 0
  /// Lineages that became one again.
  public var merges: UInt64 = 0
  /// Memberships that began, the founders' among them.
  public var joins: UInt64 = 0
  /// How often a world went back.
  public var rollbacks: UInt64 = 0
  /// Messages that were taken.
  public var messages: UInt64 = 0
  /// The longest time between two agreed ticks of a peer that lived through it, its own pauses aside.
  public var maxOutageMilliseconds: Double = 0
  /// The longest time from the beginning of the fair phase to the end of a simulation, when all had healed.
  public var longestHealingMilliseconds: Double = 0
  /// How often each rare event was reached; what is missing was not.
  public var coverage: [RareEvent: UInt64] = [:]
  /// How often each fault happened.
  public var faults: [String: UInt64] = [:]
  /// How often each rejection was counted, by its description.
  public var rejections: [String: UInt64] = [:]
  /// The commands that run the failing simulations again, one a line.
  public var reproductions: [String] = []

  /// A report of one simulation in which nothing has happened.
  public init() {}

  /// Takes another simulation into this report.
  public mutating func add(_ other: Report) {
    violations += other.violations
    seeds += other.seeds
    failures += other.failures
    steps += other.steps
    troubles += other.troubles
    virtualSeconds += other.virtualSeconds
    failovers += other.failovers
    branches += other.branches
    merges += other.merges
    joins += other.joins
    rollbacks += other.rollbacks
    messages += other.messages
    maxOutageMilliseconds = max(maxOutageMilliseconds, other.maxOutageMilliseconds)
    longestHealingMilliseconds = max(longestHealingMilliseconds, other.longestHealingMilliseconds)
    coverage.merge(other.coverage, uniquingKeysWith: +)
    faults.merge(other.faults, uniquingKeysWith: +)
    rejections.merge(other.rejections, uniquingKeysWith: +)
    reproductions += other.reproductions
  }

  /// A report of no simulation, to add to.
  public static var none: Report {
    var report = Report()
    report.seeds = 0
    return report
  }
}
