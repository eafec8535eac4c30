import SeloMesh
import SeloTestKit
import SeloWire
import Testing

/// Marks, and joiners that begin behind them: PROTOCOL section 8, scenario 28.
@Suite struct MarkTests {
  private func marks(_ session: MeshHarness, of index: Int = 0) -> [UInt64] {
    session.peers[index].applied.filter { $0.frame.body == .mark }.map(\.sequence)
  }

  /// Whether it has come in and caught up. Seats are another matter: the dead keep theirs for ten seconds.
  private func isIn(_ name: String, _ session: MeshHarness) -> Bool {
    guard let peer = session.peers.last(where: { $0.name == name && $0.isMember }) else { return false }
    return peer.mesh.isNormal && peer.mesh.roster[peer.member].map { $0.standing > .learner } ?? false
  }

  @Test func joinersShareAMark() {
    let session = MeshHarness.session(of: 4)
    #expect(marks(session).count == 1)
    // All hold the same log there, those who began behind it, too.
    let held = session.peers.map { $0.marks.last }
    #expect(held.allSatisfy { $0 != nil && $0 == held[0] })
  }

  @Test func anOldMarkServesNoJoiner() {
    var session = MeshHarness.session(of: 3)
    // Ten seconds after the joins there is one more; then nothing happens for longer than a mark is good for joiners.
    session.run(for: .seconds(25))
    let first = marks(session)
    session.join("d")
    let came = session.run(atMost: .seconds(2)) { isIn("d", $0) }
    #expect(came)
    #expect(marks(session).count == first.count + 1)
    #expect(session.peers[3].began == marks(session).last)
    #expect(session.laws.violations == [])
  }

  @Test func aSessionInWhichNothingHappensNeedsNone() {
    var session = MeshHarness.session(of: 3)
    session.run(for: .seconds(12))
    let before = marks(session).count
    session.run(for: .seconds(30))
    #expect(marks(session).count == before)
    for number in 0..<30 {
      session.publish("word \(number)", by: 1)
      session.run(for: .seconds(1))
    }
    let after = marks(session).count - before
    #expect((2...4).contains(after), "\(after) marks in thirty seconds of talk")
  }

  /// The roster frame of the joiner comes later than the mark, and so does the term that is followed.
  @Test func aMarkOfAnEarlierReignServes() {
    var session = MeshHarness.session(of: 3)
    session.crash(0)
    let elected = session.run(atMost: .seconds(1)) { $0.peers[1].mesh.isReflector && $0.peers[2].mesh.isNormal }
    #expect(elected)
    session.join("d")
    let came = session.run(atMost: .seconds(3)) { isIn("d", $0) }
    #expect(came)
    let joiner = session.peers[3]
    #expect(joiner.mesh.promise.term.number > 1)
    #expect(joiner.marks.first?.reign?.term.number == 1)
    #expect(marks(session, of: 1).count <= 1)
    #expect(session.laws.violations == [])
  }

  @Test func aMarkFromBeforeAHandOverServes() {
    var session = MeshHarness.session(of: 3)
    session.stepDown(0)
    session.run(for: .milliseconds(200))
    session.join("d")
    let came = session.run(atMost: .seconds(3)) { isIn("d", $0) }
    #expect(came)
    #expect(session.peers[3].mesh.promise.term.handover == 1)
    #expect(session.laws.violations == [])
  }

  /// Who came in after the mark is unknown to those who begin behind it, and can let them in all the same.
  @Test func aDoorThatIsYoungerThanTheMarkServes() {
    var session = MeshHarness.session(of: 3)
    session.join("d")
    _ = session.run(atMost: .seconds(2)) { isIn("d", $0) }
    // Only d can be reached from outside.
    for door in 0..<3 { session.shut.append(door) }
    session.join("e")
    let came = session.run(atMost: .seconds(2)) { isIn("e", $0) }
    #expect(came)
    let mark = session.peers[4].marks.first
    let isUnknown = mark?.roster[session.peers[3].member] == nil
    #expect(isUnknown)
    #expect(session.laws.violations == [])
  }

  /// A mark serves its own lineage only.
  @Test func aBranchHasMarksOfItsOwn() {
    var session = MeshHarness.session(of: 3)
    let before = marks(session, of: 2).last
    session.crash(0)
    session.crash(1)
    session.run(for: .seconds(4))
    #expect(session.branches == 1)
    session.join("d")
    let came = session.run(atMost: .seconds(3)) { isIn("d", $0) }
    #expect(came)
    let mark = session.peers[3].marks.first
    #expect(mark?.reign?.lineage == session.peers[2].mesh.promise.lineage)
    #expect(mark.map { $0.mark } != before)
    #expect(session.laws.violations == [])
  }

  /// Scenario 28, at many moments of a join, through any door: what it has begun it finishes in the next term.
  @Test(arguments: [3, 4]) func theReflectorDiesAtAnyMomentOfAJoin(of count: Int) {
    let whole = MeshHarness.session(of: count)
    for moment in stride(from: 0, to: 100, by: 2) {
      var session = whole
      session.join("z")
      session.run(for: .milliseconds(UInt64(moment)))
      session.crash(0)
      let came = session.run(atMost: .seconds(4)) { isIn("z", $0) }
      #expect(came, "the reflector died \(moment) ms after the knock")
      #expect(session.laws.violations == [])
    }
  }

  /// Scenario 29, as far as it goes: who has a vote carries the world on when all others are dead, with what it loaded.
  @Test func whoHasCaughtUpCarriesTheWorldOn() {
    var session = MeshHarness.session(of: 1)
    session.publish("before", by: 0)
    session.join("b")
    let votes = session.run(atMost: .seconds(2)) { $0.peers.count == 2 && $0.peers[0].mesh.roster.voters.count == 2 }
    #expect(votes)
    session.publish("last words", by: 0)
    session.run(for: .milliseconds(50))
    session.crash(0)
    session.run(for: .seconds(4))
    #expect(session.peers[1].mesh.isReflector)
    #expect(session.peers[1].heard.last == "last words")
    session.publish("after", by: 1)
    session.run(for: .milliseconds(50))
    #expect(session.peers[1].heard.last == "after")
    #expect(session.laws.violations == [])
  }

  /// A learner that loads is heard by its admitter only, who tells the reflector.
  @Test func whoLoadsIsNotDropped() {
    func loading(told: Bool) -> Bool {
      var session = MeshHarness.session(of: 3)
      session.shut = [0, 1, 2]
      session.join("d")
      let entry = session.strangers[0].entry
      session.step(1, .admit(entry))
      session.flush(1)
      session.run(for: .milliseconds(100))
      for _ in 0..<25 {
        if told {
          session.step(1, .admit(entry))
          session.flush(1)
        }
        session.run(for: .seconds(1))
      }
      return session.peers[0].mesh.roster.entry(of: entry.author) != nil
    }
    #expect(loading(told: true))
    #expect(!loading(told: false))
  }
}
