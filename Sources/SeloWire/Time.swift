/// A point in the time of a world: whole nanoseconds since its founding.
///
/// Virtual time moves only with frames of the log; it never decreases along a log and knows nothing of wall clocks.
/// It is an integer, never a floating-point number, so that every peer computes the same (Croquet used doubles).
public struct VirtualTime: Hashable, Comparable, Sendable, Codable {
  /// Since the world's founding.
  public let nanoseconds: Int64

  /// So many nanoseconds after the world's founding.
  @inlinable public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  /// The founding.
  public static let zero = VirtualTime(nanoseconds: 0)

  @inlinable public static func < (left: VirtualTime, right: VirtualTime) -> Bool {
    left.nanoseconds < right.nanoseconds
  }

  /// Seconds for people; never compute with them inside a world.
  public var seconds: Double { Double(nanoseconds) / 1e9 }
}

/// A span of time in whole nanoseconds; unsigned, so it can not be negative.
///
/// The standard `Duration` costs 21 to 27 ns to convert, and `Span` is a standard type of another meaning.
public struct Delay: Hashable, Comparable, Sendable, Codable {
  /// The span's length.
  public let nanoseconds: UInt64

  /// A span of so many nanoseconds.
  @inlinable public init(nanoseconds: UInt64) { self.nanoseconds = nanoseconds }

  /// No time at all.
  public static let zero = Delay(nanoseconds: 0)

  /// So many nanoseconds: up to 584 years.
  public static func nanoseconds(_ count: UInt64) -> Delay { Delay(nanoseconds: count) }

  /// So many thousand nanoseconds; what does not fit is the longest span.
  public static func microseconds(_ count: UInt64) -> Delay { Delay(nanoseconds: saturated(count, 1_000)) }

  /// So many thousandths of a second; what does not fit is the longest span.
  public static func milliseconds(_ count: UInt64) -> Delay { Delay(nanoseconds: saturated(count, 1_000_000)) }

  /// So many seconds; what does not fit is the longest span.
  public static func seconds(_ count: UInt64) -> Delay { Delay(nanoseconds: saturated(count, 1_000_000_000)) }

  @inlinable public static func < (left: Delay, right: Delay) -> Bool { left.nanoseconds < right.nanoseconds }

  /// Multiplication with saturation.
  public static func * (delay: Delay, factor: UInt64) -> Delay {
    Delay(nanoseconds: saturated(delay.nanoseconds, factor))
  }

  private static func saturated(_ count: UInt64, _ unit: UInt64) -> UInt64 {
    let (product, overflow) = count.multipliedReportingOverflow(by: unit)
    return overflow ? .max : product
  }
}

extension VirtualTime {
  /// Addition with saturation: a delay beyond the end of time ends there.
  @inlinable public static func + (time: VirtualTime, delay: Delay) -> VirtualTime {
    let (sum, overflow) = time.nanoseconds.addingReportingOverflow(Int64(clamping: delay.nanoseconds))
    return VirtualTime(nanoseconds: overflow ? .max : sum)
  }
}

/// A reading of the shell's monotonic clock in nanoseconds; it counts sleep (CLOCK_BOOTTIME, mach_continuous_time).
///
/// Cores hold no clock: every step is told the instant at which it happens.
package struct Instant: Hashable, Comparable, Sendable {
  package let nanoseconds: UInt64

  package init(nanoseconds: UInt64) { self.nanoseconds = nanoseconds }

  package static let zero = Instant(nanoseconds: 0)

  package static func < (left: Instant, right: Instant) -> Bool { left.nanoseconds < right.nanoseconds }

  package static func + (instant: Instant, delay: Delay) -> Instant {
    let (sum, overflow) = instant.nanoseconds.addingReportingOverflow(delay.nanoseconds)
    return Instant(nanoseconds: overflow ? .max : sum)
  }

  /// The earlier of two instants, of which either may be missing. Deadlines are asked for several times a step, and an
  /// array of them would be memory to allocate each time.
  package static func earliest(_ left: Instant?, _ right: Instant?) -> Instant? {
    guard let left else { return right }
    guard let right else { return left }
    return min(left, right)
  }

  /// How long after `earlier` this is; zero when it is not after it.
  package func since(_ earlier: Instant) -> Delay {
    Delay(nanoseconds: nanoseconds >= earlier.nanoseconds ? nanoseconds - earlier.nanoseconds : 0)
  }
}
