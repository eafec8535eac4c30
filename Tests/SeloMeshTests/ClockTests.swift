import SeloMesh
import SeloSimulator
import SeloTestKit
import SeloWire
import Testing

/// Clocks that are wrong: PROTOCOL section 5.
@Suite struct ClockTests {
  /// How often the term changed by an election within `time`.
  private func elections(_ session: inout MeshHarness, in time: Delay) -> UInt32 {
    let before = session.peers.map(\.mesh.promise.term.number).max() ?? 0
    session.run(for: time)
    #expect(session.laws.violations == [])
    return (session.peers.map(\.mesh.promise.term.number).max() ?? 0) - before
  }

  @Test(arguments: [1_300, 700] as [UInt64]) func aReflectorWithAWrongClockIsReplacedOnce(permille: UInt64) {
    var session = MeshHarness.session(of: 3)
    session.setClock(0, permille: permille)
    #expect(elections(&session, in: .seconds(12)) == 1)
    #expect(session.peers[1].mesh.isReflector)
    // Now the old one finds the new one's clock wrong. Nobody agrees, and it stays.
    #expect(elections(&session, in: .seconds(20)) == 0)
    #expect(session.peers.allSatisfy { $0.isMember && $0.mesh.reflector == session.peers[1].member })
  }

  /// A reflector that lies about time the fastest way, 250 ms a frame.
  @Test func timeThatRacesIsNoticedWithinSeconds() {
    var session = MeshHarness.session(of: 3)
    session.run(for: .seconds(3))
    session.setClock(0, permille: 12_000)
    #expect(elections(&session, in: .seconds(2)) == 1)
  }

  @Test(
    arguments: [[1_050, 950, 950], [950, 1_050, 1_050], [1_050, 950], [1_000, 1_050, 950, 950, 950]] as [[UInt64]])
  func clocksThatAreAsWrongAsTheSimulatorMakesThemDeposeNobody(permilles: [UInt64]) {
    var session = MeshHarness.session(of: permilles.count)
    for (index, permille) in permilles.enumerated() { session.setClock(index, permille: permille) }
    session.transcript = []
    #expect(elections(&session, in: .seconds(20)) == 0)
    #expect(session.transcript?.contains { $0.contains("wrongClock") } == false)
  }

  /// Three clocks that agree about nothing: an election a minute at most. Two must accuse at the same time for one, so it
  /// may be none.
  @Test func noClocksElectForEver() {
    var session = MeshHarness.session(of: 3)
    for (index, permille) in [1_000, 1_300, 1_700].enumerated() { session.setClock(index, permille: UInt64(permille)) }
    let count = elections(&session, in: .seconds(125))
    #expect(count <= 5)
  }

  /// The one with the wrong clock accuses the others' reflector; in two it has no quorum with itself.
  @Test(arguments: [2, 3]) func anAccuserAloneFollowsOn(count: Int) {
    var session = MeshHarness.session(of: count)
    session.setClock(count - 1, permille: 700)
    session.transcript = []
    #expect(elections(&session, in: .seconds(20)) == 0)
    #expect(session.transcript?.contains { $0.contains("wrongClock") } == true)
    let mesh = session.peers[count - 1].mesh
    #expect(mesh.isNormal && mesh.agreed + 5 > session.peers[0].mesh.agreed)
    #expect(mesh.phase.word == "following")
  }

  /// Pauses, back-pressure and repair make time come irregularly; no clock is wrong for it.
  @Test func whatComesInBurstsIsNoWrongClock() {
    var session = MeshHarness.session(of: 3)
    session.transcript = []
    for round in 0..<12 {
      session.pause(round % 3, for: .milliseconds(300 + 400 * UInt64(round % 4)))
      session.weather.cut = round % 2 == 0 ? [Weather.Link(0, 2)] : []
      session.run(for: .seconds(3))
    }
    #expect(session.laws.violations == [])
    #expect(session.transcript?.contains { $0.contains("wrongClock") } == false)
  }

  // The value

  private static let reign = Reign(
    lineage: LineageID(Bytes16([1])),
    term: Term(number: 1, elected: Member(id: MemberID(1), incarnation: Incarnation(1)), handover: 0))

  /// Frames every `spacing` of own time, each `permille` of that later; when the watch accuses.
  private func accusation(
    spacing: UInt64 = 20, permille: Int64, frames: Int, skipping gap: Range<Int> = 0..<0, by pause: UInt64 = 0
  ) -> UInt64? {
    var watch = ClockWatch()
    var own: UInt64 = 1_000
    var time: Int64 = 0
    for number in 0..<frames {
      own += spacing + (gap.contains(number) ? pause : 0)
      time += Int64(spacing) * permille / 1_000
      let instant = Instant(nanoseconds: own * 1_000_000)
      if watch.accuses(Self.reign, showing: VirtualTime(nanoseconds: time * 1_000_000), at: instant) { return own }
    }
    return nil
  }

  @Test func theWatchAccusesBeyondItsLimitOnly() {
    #expect(accusation(permille: 1_000, frames: 3_000) == nil)
    #expect(accusation(permille: 1_100, frames: 3_000) == nil)
    #expect(accusation(permille: 900, frames: 3_000) == nil)
    #expect(accusation(permille: 1_200, frames: 3_000) != nil)
    #expect(accusation(permille: 800, frames: 3_000) != nil)
    #expect(accusation(permille: 0, frames: 3_000) ?? 99_999 < 5_500)
  }

  @Test func aGapBeginsANewMeasurement() {
    let whole = accusation(permille: 1_200, frames: 520)
    #expect(whole != nil)
    // A gap of more than a stamp's limit within: neither half is long enough.
    #expect(accusation(permille: 1_200, frames: 520, skipping: 300..<301, by: 240) == nil)
    // Frames further apart than a stamp reaches are never measured.
    #expect(accusation(spacing: 260, permille: 500, frames: 500) == nil)
  }

  @Test func itRestsBetweenTwoAccusations() {
    var watch = ClockWatch()
    var accusations: [UInt64] = []
    for tick in 0..<UInt64(6_500) {
      let own = Instant(nanoseconds: 1_000_000_000 + tick * 20_000_000)
      if watch.accuses(Self.reign, showing: .zero, at: own) { accusations.append(tick * 20) }
    }
    #expect(accusations.count == 3 && accusations[1] - accusations[0] >= 60_000, "\(accusations)")
  }
}
