package import SeloWire

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The shell's monotonic clock: it counts sleep, so that a closed lid is seen as the pause it was.
package enum Clock {
  package static func now() -> Instant {
    #if canImport(Glibc)
      Instant(nanoseconds: read(CLOCK_BOOTTIME))
    #else
      Instant(nanoseconds: clock_gettime_nsec_np(CLOCK_MONOTONIC_RAW))
    #endif
  }

  /// Milliseconds since 1970: for incarnations and for people, never for the order of anything.
  package static func wallMilliseconds() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return UInt64(max(time.tv_sec, 0)) * 1_000 + UInt64(max(time.tv_nsec, 0)) / 1_000_000
  }

  #if canImport(Glibc)
    private static func read(_ clock: clockid_t) -> UInt64 {
      var time = timespec()
      clock_gettime(clock, &time)
      return UInt64(max(time.tv_sec, 0)) * 1_000_000_000 + UInt64(max(time.tv_nsec, 0))
    }
  #endif
}
