import SeloMesh
import SeloTestKit
import SeloWire
import Testing

/// Drafts that schedules drawn from seeds hardly ever catch: one story each, told with the rule and without it.
@Suite(.enabled(if: Draft.isHonoured)) struct DirectedDraftTests {
  /// All links between the peers of two groups, both ways.
  private func links(_ left: [Int], _ right: [Int]) -> [Weather.Link] {
    left.flatMap { source in right.flatMap { [Weather.Link(source, $0), Weather.Link($0, source)] } }
  }

  /// Publishes so many messages, each in a frame of its own.
  private func chatter(_ count: Int, by index: Int, in session: inout MeshHarness) {
    for number in 0..<count {
      session.publish("tail \(number)", by: index)
      session.run(for: .microseconds(1_100))
    }
  }

  /// Five peers. a orders a long tail that only e holds, and falls silent with it; b starts a term with c and d.
  private func afterALongTail(_ drafts: Draft) -> MeshHarness {
    var session = MeshHarness.session(of: 5, drafts: drafts)
    session.weather.cut = links([0, 4], [1, 2, 3])
    chatter(30, by: 0, in: &session)
    session.pause(4, for: .seconds(3))
    return session
  }

  /// b agrees on its first frame with c and d, who have not heard so when b dies and e, with the longer log, comes back.
  private func longestLog(_ drafts: Draft) -> [String] {
    var session = afterALongTail(drafts)
    session.crash(0)
    let isAgreed = session.run(atMost: .milliseconds(500)) { harness in
      guard harness.peers[1].mesh.isReflector else { return false }
      // Nobody is told: what b agrees on from here on, b alone knows.
      return harness.peers[1].mesh.log.received > harness.peers[1].mesh.agreed
    }
    session.filters = [
      Filter(from: 1, "progress", count: 1_000), Filter(from: 1, "frames", count: 1_000),
    ]
    let knows = session.run(atMost: .milliseconds(60)) {
      $0.peers[1].mesh.currentReign == $0.peers[1].mesh.log.floor.reign
    }
    #expect(isAgreed)
    #expect(knows)
    session.crash(1)
    // e does not hear of the term that it missed.
    session.filters = [Filter(to: 4, "term", count: 1_000)]
    session.weather.cut = []
    session.peers[4].pausedUntil = session.now + .milliseconds(1)
    let elects = session.run(atMost: .seconds(1)) { $0.peers[4].mesh.promise.term.number > 2 }
    #expect(elects)
    session.filters = []
    session.run(for: .seconds(3))
    return session.laws.violations
  }

  @Test func theBestLogIsNotTheLongest() {
    #expect(longestLog([]) == [])
    #expect(longestLog(.longestLog).contains { $0.contains("law 1") })
  }

  /// a comes back without e, follows b, and reflects again when b dies. It remembers how much e held of the tail that is
  /// no more; d is cut off, so a and c alone are no quorum.
  private func staleAcks(_ drafts: Draft) -> [String] {
    var session = afterALongTail(drafts)
    _ = session.run(atMost: .milliseconds(500)) { $0.peers[1].mesh.isReflector }
    session.run(for: .milliseconds(40))
    session.weather.cut = links([4], [0, 1, 2, 3])
    let follows = session.run(atMost: .seconds(1)) {
      $0.peers[0].mesh.isNormal && $0.peers[0].mesh.promise == $0.peers[1].mesh.promise
    }
    session.run(for: .milliseconds(20))
    session.crash(1)
    let reflects = session.run(atMost: .seconds(1)) { $0.peers[0].mesh.isReflector }
    session.weather.cut += links([0], [3])
    #expect(follows)
    #expect(reflects)
    session.publish("counted by a ghost", by: 0)
    session.run(for: .milliseconds(50))
    return session.laws.violations
  }

  @Test func acksOfEarlierReignsDoNotCount() {
    #expect(staleAcks([]) == [])
    #expect(staleAcks(.staleAcks).contains { $0.contains("law 7") })
  }

  /// b missed d's seat. a and d, half with the oldest, agree on a frame that c lacks, and a dies before d knows. With the
  /// promise of c alone b is elected by the rosters it knew, not by those of the log it took from c.
  private func candidatesRoster(_ drafts: Draft) -> [String] {
    var session = MeshHarness.session(of: 3, drafts: drafts)
    // Through another door than b's, which will hear nobody.
    session.shut = [1]
    session.join("d")
    _ = session.run(atMost: .seconds(1)) { $0.peers.count == 4 }
    // b hears nobody: it misses d's seat.
    session.weather.cut = [0, 2, 3].map { Weather.Link($0, 1) }
    let hasSeat = session.run(atMost: .milliseconds(500)) { $0.peers[0].mesh.roster.voters.count == 4 }
    session.run(for: .milliseconds(30))
    #expect(hasSeat)
    #expect(session.peers[1].mesh.log.head.roster.voters.count == 3)
    // c hears nobody either, and b and c are not heard: a and d are half of the voters.
    session.weather.cut = links([0, 3], [1, 2]) + [Weather.Link(2, 1)]
    session.publish("agreed by half", by: 0)
    let place = session.peers[0].mesh.log.received
    _ = session.run(atMost: .milliseconds(20)) { $0.peers[3].mesh.log.received >= place }
    session.run(for: .milliseconds(2))
    session.weather.cut += [Weather.Link(0, 3)]
    let isAgreed = session.run(atMost: .milliseconds(400)) { $0.peers[0].mesh.agreed >= place }
    #expect(isAgreed)
    #expect(session.peers[3].mesh.agreed < place)
    session.crash(0)
    // d is heard by c, which needs its word to promise, and hears b; what they lack they do not get.
    session.weather.cut = [Weather.Link(3, 1)]
    session.filters = [
      Filter(from: 1, "repair", count: 1_000), Filter(from: 2, "repair", count: 1_000),
      Filter(from: 2, to: 1, "frames", count: 1_000), Filter(from: 3, to: 2, "joinTerm", count: 1_000),
    ]
    session.run(for: .milliseconds(400))
    session.filters = []
    session.weather.cut = []
    session.run(for: .seconds(3))
    return session.laws.violations
  }

  @Test func theRostersAreThoseOfTheChosenLog() {
    #expect(candidatesRoster([]) == [])
    // The followers' check of promises does not hide it: the term that nobody followed makes its log the best one.
    #expect(candidatesRoster(.candidatesRoster).contains { $0.contains("law 1") })
    #expect(candidatesRoster([.candidatesRoster, .termWithoutPromises]).contains { $0.contains("law 1") })
  }

  /// c promises b's term, dies, and is back at once under the same id, not knowing what it promised.
  @Test func anIdIsNotGivenBack() {
    var session = MeshHarness.session(of: 3)
    session.crash(0)
    let promised = session.run(atMost: .milliseconds(300)) { $0.peers[2].mesh.promise.term.number == 2 }
    #expect(promised)
    #expect(session.laws.violations == [])
    session.restartWithSameID(2, behind: 2)
    session.run(for: .milliseconds(100))
    #expect(session.laws.violations.contains { $0.contains("law 6") })
  }
}
