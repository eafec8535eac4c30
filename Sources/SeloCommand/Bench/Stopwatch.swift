#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// How long something took: by the clock on the wall, and on the processor, which other processes do not lengthen.
struct Elapsed {
  let processor: Double
  let wall: Double

  /// Measures once, in nanoseconds.
  static func measureResult<Result>(_ body: () -> Result) -> (elapsed: Elapsed, result: Result) {
    let processorBefore = clock(CLOCK_PROCESS_CPUTIME_ID)
    let wallBefore = clock(CLOCK_MONOTONIC)
    let result = body()
    let wallAfter = clock(CLOCK_MONOTONIC)
    let processorAfter = clock(CLOCK_PROCESS_CPUTIME_ID)
    return (Elapsed(processor: processorAfter - processorBefore, wall: wallAfter - wallBefore), result)
  }

  static func measure(_ body: () -> Void) -> Elapsed { measureResult(body).elapsed }

  private static func clock(_ clock: clockid_t) -> Double {
    var time = timespec()
    clock_gettime(clock, &time)
    return Double(time.tv_sec) * 1e9 + Double(time.tv_nsec)
  }
}

/// What several repeats of one measurement say.
struct Figure {
  /// On the processor.
  let median: Double
  let low: Double
  let high: Double
  /// The median by the clock on the wall.
  let wall: Double

  init(_ repeats: [Elapsed], _ convert: (Double) -> Double) {
    let values = repeats.map { convert($0.processor) }
    median = Self.median(values)
    low = values.min() ?? .nan
    high = values.max() ?? .nan
    wall = Self.median(repeats.map { convert($0.wall) })
  }

  /// What is counted rather than timed.
  init(count: Double) {
    median = count
    low = count
    high = count
    wall = count
  }

  static func median(_ values: [Double]) -> Double {
    guard !values.isEmpty else { return .nan }
    let sorted = values.sorted()
    return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
  }
}
