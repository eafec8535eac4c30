import SeloTestKit
import SeloWire
import Testing

@testable import SeloMesh

/// What a follower asks for, and how often (PROTOCOL section 4).
@Suite struct RepairTests {
  private func ahead(_ sequences: [UInt64], above received: UInt64 = 0) -> Ahead {
    var ahead = Ahead()
    let notary = GlassNotary(identity: Author.fixture(1).identity)
    for sequence in sequences {
      let frame = Frame(
        reign: Reign.fixture(), sequence: sequence, time: .zero, agreed: 0, final: 0, previous: .zero, body: .idle)
      let isKept = ahead.keep(
        Proven(checked: SignedFrame(frame, session: .fixture, notary: notary)), above: received)
      #expect(isKept)
    }
    return ahead
  }

  private func expect(_ sequences: [UInt64], above received: UInt64, leave gaps: [ClosedRange<UInt64>]) {
    let found = ahead(sequences).gaps(above: received)
    #expect(found == gaps)
  }

  @Test func allGapsAreAskedAboutAtOnce() {
    expect([5, 6, 9], above: 2, leave: [3...4, 7...8])
    expect([3], above: 2, leave: [])
    expect([], above: 2, leave: [3...66])
    // No more than one answer has, and no more than eight.
    expect([100], above: 2, leave: [3...66])
    expect([50, 100], above: 2, leave: [3...49, 51...67])
    let even = Array(stride(from: 2, through: 40, by: 2)) as [UInt64]
    expect(even, above: 0, leave: even.prefix(8).map { $0 - 1...$0 - 1 })
    // What the log has by now is no gap.
    expect([2, 5], above: 3, leave: [4...4])
  }

  /// An answer takes 40 ms, and many questions or answers are lost: that is no reason to ask less and less often.
  @Test func aLossIsNotTakenForSlowness() throws {
    var clock = RepairClock()
    var now = Instant.zero
    var patience = Delay.zero
    for round in 0..<200 as Range<UInt64> {
      let gap = round * 10 + 1
      clock.notice(ahead([gap + 2, gap + 3], above: gap - 1), received: gap - 1, isBehind: true, at: now)
      for _ in 0...[0, 1, 0, 2, 0, 1, 0, 3][Int(round % 8)] {
        now = max(now, try #require(clock.due))
        clock.asked([gap...gap + 1], at: now)
        patience = try #require(clock.due).since(now)
      }
      now = now + .milliseconds(40)
      clock.progressed(at: now)
      #expect(patience < .milliseconds(140))
    }
    #expect(patience > .milliseconds(20), "an answer is waited for")
  }
}
