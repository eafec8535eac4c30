import Dispatch
import Foundation
public import SeloVM
import Synchronization

/// Lanes on worker threads of their own, for worlds whose rounds are much work: `machine.advance(to: t, lanes: lanes)`.
///
/// They are adaptive: a round is timed now and then, alone and side by side, and lanes are used only while they win.
/// Two threads pay for rounds of some tenths of a millisecond; below that a round stays on the machine's own thread, at
/// the price of two readings of the clock for rounds of 256 messages and more. Results never depend on it.
///
/// One machine uses it at a time. The threads end with it.
public final class WorkerLanes: Lanes {
  /// How many lanes there are at most, the caller's thread included.
  public let count: Int
  private let team: Team
  private let estimate = Mutex(Estimate())

  /// So many lanes, 1 to 64; without a number one for each processor, four at most.
  public init(count: Int? = nil) {
    self.count = min(max(count ?? min(ProcessInfo.processInfo.activeProcessorCount, 4), 1), 64)
    team = Team(workers: self.count - 1)
  }

  deinit { team.end() }

  /// 256.
  public var smallestRound: Int { Estimate.smallest }

  /// One for small rounds, and for as long as more lanes lose.
  public func width(forRoundOf messages: Int) -> Int {
    guard messages >= Estimate.smallest, count > 1 else { return 1 }
    return estimate.withLock { $0.begin(messages, lanes: count) }
  }

  /// Learns from the time that has passed since it was asked.
  public func didRun(_ messages: Int, width: Int) {
    guard messages >= Estimate.smallest, count > 1 else { return }
    estimate.withLock { $0.end(messages, width: width) }
  }

  /// The lane of number zero runs on the caller's thread.
  public func run(width: Int, _ lane: @Sendable (Int) -> Void) {
    withoutActuallyEscaping(lane) { team.run(width: min(width, count), $0) }
  }
}

/// What a message costs alone and side by side, as far as has been seen.
private struct Estimate {
  /// Smaller rounds are not worth a look at the clock.
  static let smallest = 256
  /// Shorter rounds are not worth a second thread, in nanoseconds.
  private static let shortest = 200_000.0

  private var alone: Double?
  private var together: Double?
  private var start = DispatchTime.now()
  private var rounds = 0
  /// After how many rounds what lost is tried again, four times as many each time it loses: a try on a busy machine may
  /// cost ten rounds.
  private var patience = 32

  mutating func begin(_ messages: Int, lanes: Int) -> Int {
    rounds += 1
    defer { start = .now() }
    guard let alone, alone * Double(messages) >= Self.shortest else { return 1 }
    let wins = together.map { $0 < alone * 0.95 } ?? false
    if rounds < patience { return wins ? lanes : 1 }
    // Time to look at the way that is not taken.
    rounds = 0
    patience = wins || together == nil ? 512 : min(patience * 4, 65_536)
    return wins ? 1 : lanes
  }

  mutating func end(_ messages: Int, width: Int) {
    let cost = Double(DispatchTime.now().uptimeNanoseconds - start.uptimeNanoseconds) / Double(messages)
    if width == 1 {
      alone = alone.map { $0 + (cost - $0) / 8 } ?? cost
    } else {
      together = together.map { $0 + (cost - $0) / 8 } ?? cost
    }
  }
}

/// The threads. What they share are three counters; the work itself is only read while a round runs.
///
/// It is unchecked Sendable for `work`: it is written before `round` is raised and cleared after `running` is zero.
private final class Team: @unchecked Sendable {
  private let round = Atomic<Int>(0)
  private let running = Atomic<Int>(0)
  private let ended = Atomic<Bool>(false)
  private let sleepers: [DispatchSemaphore]
  private let asleep: [AtomicFlag]
  private var work: (@Sendable (Int) -> Void)?
  private var width = 0

  /// How often a thread looks before it goes to sleep; some tens of microseconds.
  private static let looks = 4_000

  init(workers: Int) {
    sleepers = (0..<workers).map { _ in DispatchSemaphore(value: 0) }
    asleep = (0..<workers).map { _ in AtomicFlag() }
    for worker in 0..<workers {
      let thread = Thread { [self] in serve(worker) }
      thread.name = "selo lane \(worker + 1)"
      thread.start()
    }
  }

  func run(width: Int, _ work: @escaping @Sendable (Int) -> Void) {
    self.work = work
    self.width = width
    // All of them answer, also those without a lane: nobody may still look at a round when the next one is written.
    running.store(sleepers.count, ordering: .relaxed)
    round.add(1, ordering: .sequentiallyConsistent)
    for worker in sleepers.indices { wake(worker) }
    work(0)
    var looks = 0
    while running.load(ordering: .acquiring) > 0 {
      looks += 1
      if looks > Self.looks { sched_yield() }
    }
    self.work = nil
  }

  func end() {
    ended.store(true, ordering: .sequentiallyConsistent)
    for worker in sleepers.indices { wake(worker) }
  }

  private func wake(_ worker: Int) {
    if asleep[worker].value.exchange(false, ordering: .sequentiallyConsistent) { sleepers[worker].signal() }
  }

  /// A worker's life: wait for a round, run its lane, again.
  private func serve(_ worker: Int) {
    var seen = 0
    while let next = nextRound(after: seen, worker) {
      seen = next
      if worker + 1 < width { work?(worker + 1) }
      running.subtract(1, ordering: .acquiringAndReleasing)
    }
  }

  private func nextRound(after seen: Int, _ worker: Int) -> Int? {
    var looks = 0
    while true {
      if ended.load(ordering: .acquiring) { return nil }
      let now = round.load(ordering: .acquiring)
      if now != seen { return now }
      looks += 1
      if looks < Self.looks { continue }
      asleep[worker].value.store(true, ordering: .sequentiallyConsistent)
      if round.load(ordering: .sequentiallyConsistent) == seen, !ended.load(ordering: .sequentiallyConsistent) {
        sleepers[worker].wait()
      } else if !asleep[worker].value.exchange(false, ordering: .sequentiallyConsistent) {
        sleepers[worker].wait()  // Somebody signalled meanwhile: take that signal.
      }
      looks = 0
    }
  }
}

private final class AtomicFlag: Sendable {
  let value = Atomic<Bool>(false)
}
