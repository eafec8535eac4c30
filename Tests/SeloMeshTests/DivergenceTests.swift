import SeloTestKit
import SeloWire
import Testing

@testable import SeloMesh

/// Worlds that compute something else than the others': PROTOCOL section 7, "Divergence".
@Suite struct DivergenceTests {
  @Test func oneOfThreeIsOutWithinASecond() {
    var session = MeshHarness.session(of: 3)
    session.run(for: .seconds(1))
    session.peers[2].errs = true
    session.run(for: .milliseconds(1_300))
    let detachments = session.peers.map(\.detachment)
    #expect(detachments == [nil, nil, .diverged])
    let later = session.peers[0].mesh.log.received
    session.run(for: .milliseconds(200))
    #expect(session.peers[0].mesh.log.received > later)
    #expect(session.laws.violations == [])
  }

  @Test func aReflectorThatErrsHandsOverFirst() {
    var session = MeshHarness.session(of: 3)
    session.peers[0].errs = true
    let number = session.peers[0].mesh.promise.term.number
    session.run(for: .milliseconds(1_500))
    let detachments = session.peers.map(\.detachment)
    #expect(detachments == [.diverged, nil, nil])
    let term = session.peers[1].mesh.promise.term
    #expect(session.peers[1].mesh.isReflector && term.number == number && term.handover == 1)
  }

  /// Known within a second of virtual time and two round trips of a millisecond, a tick each to tell of it.
  @Test func aVerdictComesWithinASecondAndTwoRoundTrips() {
    for phase in 0..<10 as Range<UInt64> {
      var session = MeshHarness.session(of: 3)
      session.run(for: .milliseconds(103 * phase))
      session.peers[2].errs = true
      let start = session.now
      let isOut = session.run(atMost: .seconds(2)) { $0.peers[2].detachment == .diverged }
      #expect(isOut)
      let limit = start + .seconds(1) + session.tick + session.tick + .milliseconds(2)
      #expect(session.now <= limit, "\(session.now.since(start).nanoseconds / 1_000) µs")
    }
  }

  @Test func theVerdictNamesWhoDiffers() {
    var session = MeshHarness.session(of: 5)
    session.peers[2].errs = true
    session.peers[4].errs = true
    session.run(for: .milliseconds(1_300))
    let named = verdicts(of: session).flatMap { $0 }
    #expect(Set(named) == [session.peers[2].member.id, session.peers[4].member.id])
    #expect(named.count == 2, "each is named once")
  }

  @Test func aLateVoteIsNamedOnce() {
    let voters = (1...5).map { Member.fixture(UInt32($0)) }
    func vote(_ digest: UInt8) -> DigestVote { DigestVote(sequence: 7, digest: Bytes16([digest])) }
    var ballots = Ballots()
    func add(_ digest: UInt8, _ voter: Int) -> Ballots.Outcome {
      ballots.add(vote(digest), by: voters[voter])
      return ballots.outcome(at: 7, voters: voters, yielding: .nobody)
    }
    #expect(add(1, 0) == .open)
    #expect(add(2, 3) == .open)
    #expect(add(1, 1) == .open)
    #expect(add(1, 2) == .decided(Bytes16([1]), against: [voters[3]]))
    #expect(add(2, 3) == .open)
    #expect(add(3, 4) == .decided(Bytes16([1]), against: [voters[4]]))
    #expect(add(3, 4) == .open)
  }

  private func verdicts(of session: MeshHarness) -> [[MemberID]] {
    session.peers[0].applied.compactMap { applied in
      if case .verdict(_, _, _, let members) = applied.frame.body { members } else { nil }
    }
  }

  // Nobody can tell

  @Test func ofTwoNobodyKnowsWhoIsRightAndBothAreTold() {
    var session = MeshHarness.session(of: 2)
    session.peers[1].errs = true
    session.run(for: .milliseconds(2_500))
    for index in 0..<2 {
      let told = session.undecided.filter { $0.peer == index }.map(\.sequence)
      #expect(told.count >= 2)
      #expect(Set(told).count == told.count, "once for each checkpoint")
    }
    let detachments = session.peers.map(\.detachment)
    #expect(detachments == [nil, nil])
  }

  /// Configuration decides: what the older of two computed is right, whoever of them errs.
  @Test(arguments: [0, 1]) func ofTwoTheYoungerYieldsWhereItIsToldTo(erring: Int) {
    var session = MeshHarness.session(of: 2, yielding: .younger)
    session.peers[erring].errs = true
    session.run(for: .milliseconds(1_300))
    let detachments = session.peers.map(\.detachment)
    #expect(detachments == [nil, .diverged])
    #expect(session.undecided == [])
    #expect(session.laws.violations == [])
  }

  @Test func aYoungerReflectorYieldsToo() {
    var session = MeshHarness.session(of: 2, yielding: .younger)
    session.stepDown(0)
    session.run(for: .milliseconds(200))
    #expect(session.peers[1].mesh.isReflector)
    session.peers[0].errs = true
    session.run(for: .milliseconds(1_500))
    let detachments = session.peers.map(\.detachment)
    #expect(detachments == [nil, .diverged])
    #expect(session.peers[0].mesh.isReflector)
  }

  @Test func threeAgainstOneIsAMajority() {
    var session = MeshHarness.session(of: 4)
    session.peers[1].errs = true
    session.run(for: .milliseconds(1_300))
    #expect(session.peers[1].detachment == .diverged)
    #expect(session.undecided == [])
  }

  // Again and again

  /// Two verdicts within ten checkpoints make an observer; after a minute without another it votes again.
  @Test func whoDiffersTwiceObservesForAMinute() {
    var session = MeshHarness.session(of: 3)
    var index = 2
    for _ in 0..<2 {
      #expect(standing(session, index) == .voter, "one offence takes no vote")
      session.peers[index].errs = true
      let isOut = session.run(atMost: .seconds(2)) { $0.peers[index].detachment == .diverged }
      #expect(isOut)
      index = comeBack(&session, index)
    }
    session.run(for: .seconds(5))
    #expect(standing(session, index) == .observer)
    #expect(session.peers[index].detachment == nil)
    session.run(for: .seconds(50))
    #expect(standing(session, index) == .observer)
    session.run(for: .seconds(8))
    #expect(standing(session, index) == .voter)
    #expect(session.laws.violations == [])
  }

  /// One that differs now and then is no offender: verdicts far apart do not add up.
  @Test func rareOffencesTakeNoVote() {
    var session = MeshHarness.session(of: 3)
    var index = 2
    for _ in 0..<3 {
      session.peers[index].errs = true
      let isOut = session.run(atMost: .seconds(2)) { $0.peers[index].detachment == .diverged }
      #expect(isOut)
      index = comeBack(&session, index)
      session.run(for: .seconds(11))
      #expect(standing(session, index) == .voter)
    }
  }

  /// One that ignores verdicts loses its vote all the same: the others count without it.
  @Test func whoIgnoresVerdictsLosesItsVote() {
    var offences = Offences()
    let identity = Author.fixture(3).identity
    func time(_ seconds: Int64) -> VirtualTime { VirtualTime(nanoseconds: seconds * 1_000_000_000) }
    offences.note(identity, at: time(100))
    #expect(offences.mayVote(identity, at: time(100)))
    offences.note(identity, at: time(110))
    #expect(!offences.mayVote(identity, at: time(110)))
    #expect(!offences.mayVote(identity, at: time(169)))
    #expect(offences.mayVote(identity, at: time(170)))
    // Another while it observes begins the minute anew.
    offences.note(identity, at: time(150))
    #expect(!offences.mayVote(identity, at: time(209)))
    #expect(offences.mayVote(identity, at: time(210)))
    var writer = ByteWriter()
    offences.write(to: &writer)
    var reader = ByteReader(writer.bytes)
    #expect(throws: Never.self) { try #expect(Offences(reading: &reader) == offences) }
  }

  private func standing(_ session: MeshHarness, _ index: Int) -> Standing? {
    session.peers[0].mesh.roster[session.peers[index].member]?.standing
  }

  /// Another run of the same identity, until it has caught up.
  private func comeBack(_ session: inout MeshHarness, _ index: Int) -> Int {
    let old = session.peers[index]
    session.crash(index)
    session.join(old.name, identity: old.author.identity)
    let next = session.peers.count
    session.run(for: .milliseconds(900))
    #expect(session.peers.count == next + 1)
    return next
  }

  @Test func equalWorldsNeedNoVerdict() {
    var session = MeshHarness.session(of: 3)
    session.transcript = []
    session.run(for: .seconds(3))
    let text = session.transcript ?? []
    #expect(text.contains { $0.contains("votes at") })
    #expect(!text.contains { $0.contains("verdict") })
  }
}
