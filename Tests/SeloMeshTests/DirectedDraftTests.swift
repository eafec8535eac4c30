import SeloMesh
import SeloSimulator
import SeloTestKit
import SeloWire
import Testing

/// Drafts that schedules drawn from seeds hardly ever catch: one story each, told with the rule and without it.
@Suite(.enabled(if: Draft.isHonoured)) struct DirectedDraftTests {
  /// All links between the peers of two groups, both ways.
  private func links(_ left: [Int], _ right: [Int]) -> [Weather.Link] {
    left.flatMap { source in right.flatMap { [Weather.Link(source, $0), Weather.Link($0, source)] } }
  }

  /// What is broken when the network has been whole for a while.
  private func end(_ session: inout MeshHarness) -> [String] {
    session.filters = []
    session.weather.cut = []
    session.run(for: .seconds(3))
    return session.laws.violations
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

  /// b agrees on its first frame with c and d, who have not heard so when b dies and e, with the longer log, comes
  /// back.
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
    #expect(longestLog(.longestLog).contains { $0.contains("law 1:") })
  }

  /// a comes back without e, follows b, and reflects again when b dies. It remembers how much e held of the tail that
  /// is no more; d is cut off, so a and c alone are no quorum.
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
    #expect(staleAcks(.staleAcks).contains { $0.contains("law 7:") })
  }

  /// b missed d's seat. a and d, half with the oldest, agree on a frame that c lacks, and a dies before d knows. With
  /// the promise of c alone b is elected by the rosters it knew, not by those of the log it took from c.
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
    return end(&session)
  }

  @Test func theRostersAreThoseOfTheChosenLog() {
    #expect(candidatesRoster([]) == [])
    // The followers' check of promises does not hide it: the term that nobody followed makes its log the best one.
    #expect(candidatesRoster(.candidatesRoster).contains { $0.contains("law 1:") })
    #expect(candidatesRoster([.candidatesRoster, .termWithoutPromises]).contains { $0.contains("law 1:") })
  }

  /// b, d and e elect b while a and c, cut off, go on: a hands over to c. b's first message is agreed, and d and e do
  /// not know so when b is cut off and c is heard.
  private func handOverDuringAnElection(_ drafts: Draft) -> [String] {
    var session = MeshHarness.session(of: 5, drafts: drafts)
    session.weather.cut = links([0, 2], [1, 3, 4])
    let isElected = session.run(atMost: .milliseconds(400)) { $0.peers[1].mesh.isReflector }
    session.publish("agreed by b", by: 1)
    session.run(for: .microseconds(1_050))
    session.filters = [
      Filter(from: 1, "progress", count: 1_000), Filter(from: 1, "frames", count: 1_000),
    ]
    session.run(for: .milliseconds(4))
    let place = session.peers[1].mesh.log.received
    #expect(isElected)
    #expect(session.peers[1].mesh.agreed == place)
    #expect(session.peers[3].mesh.agreed < place && session.peers[3].mesh.log.received == place)
    session.stepDown(0)
    session.run(for: .milliseconds(2))
    #expect(session.peers[2].mesh.isReflector)
    session.weather.cut = links([1], [0, 2, 3, 4])
    session.run(for: .seconds(1))
    return end(&session)
  }

  @Test func aHandOverTakesNoNumber() {
    #expect(handOverDuringAnElection([]) == [])
    // The followers' check of promises hides it for a while only: a term that nobody followed makes its log the best
    // one.
    #expect(handOverDuringAnElection(.handoverByNumber).contains { $0.contains("law 1:") })
    #expect(handOverDuringAnElection([.handoverByNumber, .termWithoutPromises]).contains { $0.contains("law 1:") })
  }

  /// What shows where it is hidden: a hand-over that needs an election is none.
  @Test func aHandOverByNumberIsFollowedByNobody() {
    func numbers(_ drafts: Draft) -> UInt32 {
      var session = MeshHarness.session(of: 3, drafts: drafts)
      session.stepDown(0)
      session.run(for: .milliseconds(10))
      let follows = session.peers[2].mesh.reflector == session.peers[1].member && session.peers[2].mesh.isNormal
      #expect(follows == drafts.isEmpty || session.peers[2].mesh.promise.term.number == 1)
      session.run(for: .seconds(1))
      #expect(session.laws.violations == [])
      return session.peers[2].mesh.promise.term.number
    }
    #expect(numbers([]) == 1)
    #expect(numbers(.handoverByNumber) > 2)
  }

  /// c lacks what a and b hold. b is elected and c fetches; then c is reached late by what a had sent it, with one frame
  /// more than b has.
  private func lateFrames(_ drafts: Draft) -> [String] {
    var session = MeshHarness.session(of: 3, drafts: drafts)
    session.weather.cut = links([0], [2])
    chatter(5, by: 0, in: &session)
    session.run(for: .milliseconds(2))
    session.weather.cut = links([0], [1, 2])
    session.publish("late", by: 0)
    session.filters = [Filter(from: 1, to: 2, "staged", count: 1_000)]
    let fetches = session.run(atMost: .milliseconds(400)) { $0.peers[2].mesh.phase.word == "staging" }
    #expect(fetches)
    let (reflector, log) = (session.peers[0].mesh.promise, session.peers[0].mesh.log)
    let late = (session.peers[2].mesh.log.received + 1...log.received).compactMap { log[$0] }
    #expect(session.peers[0].mesh.isReflector && late.count > 5)
    session.weather.cut = links([0], [1]) + [Weather.Link(0, 2)]
    session.step(2, .frames(reflector, late.map { Proven(checked: $0) }, from: session.peers[0].member))
    session.run(for: .milliseconds(2))
    return end(&session)
  }

  @Test func whoFetchesANewLogTakesNothingOfTheOld() {
    #expect(lateFrames([]) == [])
    let broken = lateFrames(.unfencedZombie)
    #expect(broken.contains { $0.contains("law 9:") })
    #expect(broken.contains { $0.contains("law 12:") })
  }

  /// Two branches of one founding, of which the one grows and then the other: how they rank at three moments.
  private func rankings(_ drafts: Draft) -> [Ranking] {
    var session = MeshHarness.session(of: 5, drafts: drafts)
    session.weather.cut = links([0, 3], [1, 2]) + links([4], [0, 1, 2, 3])
    session.run(for: .seconds(7))
    var found: [Ranking] = []
    for speaker in [0, 1, 0] {
      guard
        let index = session.peers.indices.first(where: { index in
          let peer = session.peers[index]
          return peer.mesh.isReflector && peer.mesh.promise.lineage == session.peers[speaker].mesh.promise.lineage
        })
      else { return [] }
      while session.peers[0].mesh.log.received == session.peers[1].mesh.log.received
        || (session.peers[0].mesh.log.received > session.peers[1].mesh.log.received) != (speaker == 0)
      {
        chatter(1, by: index, in: &session)
      }
      found.append(session.peers[0].mesh.claim.ranking(against: session.peers[1].mesh.claim))
    }
    #expect(session.laws.violations == [])
    return found
  }

  /// Who leaves a lineage for a better one finds it better when it arrives. By length each is better in its turn, and
  /// its members would step to and fro.
  @Test func branchesAreNotRankedByLength() {
    #expect(rankings([]) == [.wins, .wins, .wins])
    #expect(rankings(.branchesByLength) == [.wins, .loses, .wins])
  }

  /// d's roster frame gives it id 4, dies with its reflector, and id 4 is e's in the history that goes on. Who was
  /// named in a frame that was never agreed has not used its id, and comes back under another.
  @Test func anIdOfAFrameThatWasNeverAgreedIsNobodys() {
    var session = MeshHarness.session(of: 3)
    session.weather.cut = links([0], [1, 2])
    session.pause(1, for: .milliseconds(40))
    session.pause(2, for: .milliseconds(40))
    session.join("d")
    let isNamed = session.run(atMost: .milliseconds(40)) { $0.peers[0].mesh.log.head.roster.entries.count == 4 }
    #expect(isNamed)
    session.crash(0)
    session.weather.cut = []
    session.join("e")
    session.run(for: .seconds(2))
    #expect(session.laws.violations == [])
    let ids = session.peers[3...].map(\.member.id.value).sorted()
    #expect(ids == [4, 5])
    #expect(Set(session.peers.map(\.member.incarnation)).count == 5)
    #expect(session.peers[1].mesh.roster.entries.map(\.id.value) == [1, 2, 3, 4, 5])
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
    #expect(session.laws.violations.contains { $0.contains("law 6:") })
  }

  /// b calls itself elected, and nobody has promised it anything. Whether c follows it then, away from the reflector.
  private func followsTheUnelected(_ drafts: Draft) -> Bool {
    var session = MeshHarness.session(of: 3, drafts: drafts)
    let reign = session.nextReign(by: 1, number: 9)
    session.step(2, .packet(.term(session.falseTerm(reign, by: 1)), from: session.peers[1].member))
    return session.peers[2].mesh.currentReign == reign
  }

  @Test func whoeverCallsItselfElectedIsFollowedOnlyWithPromises() {
    #expect(!followsTheUnelected([]))
    #expect(followsTheUnelected(.termWithoutPromises))
  }
}
