import SeloMesh
import SeloWire
import Testing

@Suite struct FailureDetectorTests {
  private func at(_ milliseconds: UInt64) -> Instant { .zero + .milliseconds(milliseconds) }

  @Test func aSteadyReflectorIsSuspectedAfterSixtyMilliseconds() {
    var detector = FailureDetector(tick: .milliseconds(20), at: .zero)
    for number in UInt64(1)...200 { detector.heard(at: at(20 * number)) }
    #expect(detector.limit == .milliseconds(60))
    #expect(detector.probeTime == at(4_025))
    #expect(detector.suspicionTime == at(4_060))
  }

  @Test func aRestlessReflectorIsGivenMoreTimeUpToHalfASecond() {
    var detector = FailureDetector(tick: .milliseconds(20), at: .zero)
    var now: UInt64 = 0
    for number in UInt64(1)...100 {
      now += number % 10 == 0 ? 150 : 20
      detector.heard(at: at(now))
    }
    #expect(detector.limit >= .milliseconds(180), "1.2 times the longest gap")
    #expect(detector.limit <= .milliseconds(500))
  }

  /// An outage is no habit: after it the next one is noticed as fast as before.
  @Test func anOutageIsForgotten() {
    var detector = FailureDetector(tick: .milliseconds(20), at: .zero)
    var now: UInt64 = 0
    for _ in 0..<100 {
      now += 20
      detector.heard(at: at(now))
    }
    detector.heard(at: at(now + 3_000))
    now += 3_000
    for _ in 0..<150 {
      now += 20
      detector.heard(at: at(now))
    }
    #expect(detector.limit == .milliseconds(60))
  }

  @Test func aSluggishPeerAccusesLater() {
    var detector = FailureDetector(tick: .milliseconds(20), at: .zero)
    detector.woke(late: .milliseconds(20))
    #expect(detector.limit == .milliseconds(120))
    for _ in 0..<2_000 { detector.woke(late: .zero) }
    #expect(detector.limit == .milliseconds(60))
  }
}
