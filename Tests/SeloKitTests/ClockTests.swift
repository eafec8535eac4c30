import SeloKit
import Testing

@Suite struct ClockTests {
  @Test func theClockNeverGoesBack() {
    var last = Clock.now()
    for _ in 0..<1_000 {
      let now = Clock.now()
      #expect(now >= last)
      last = now
    }
  }
}
