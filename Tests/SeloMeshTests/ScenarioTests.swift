import SeloMachineKit
import SeloMesh
import SeloTestKit
import SeloWire
import Testing

/// Scenarios of failover that nobody needs to read packet by packet, each with its expected end. docs/TESTING.md
/// says where the others are.
@Suite struct ScenarioTests {
  /// Everybody who lives follows one reflector and has heard the same.
  private func expectOneSession(_ session: MeshHarness, voters count: Int? = nil) {
    let members = session.peers.filter(\.isMember)
    #expect(session.laws.violations == [])
    #expect(Set(members.map(\.mesh.promise)).count == 1)
    #expect(members.count(where: \.mesh.isReflector) == 1)
    let received = members.map(\.mesh.log.received)
    #expect((received.max() ?? 0) - (received.min() ?? 0) <= 5, "\(received)")
    if let count { #expect(members.allSatisfy { $0.mesh.roster.voters.count == count }) }
  }

  /// What this peer's world heard of one that said `name 1`, `name 2` and so on: each once, in order.
  private func expectInOrder(_ heard: [String], _ name: String, _ count: Int) {
    let words = heard.filter { $0.hasPrefix(name + " ") }
    #expect(words == (1...count).map { "\(name) \($0)" })
  }

  @Test func scenario1TheNextAgreedTickComesWithinATenthOfASecond() {
    for phase in 0..<10 as Range<UInt64> {
      var session = MeshHarness.session(of: 3)
      session.run(for: .milliseconds(2 * phase))
      let before = session.peers[2].mesh.agreed
      let end = session.peers[2].mesh.log.received
      session.crash(0)
      let crashed = session.now
      let goesOn = session.run(atMost: .seconds(1)) { $0.peers[2].mesh.agreed > max(before, end) }
      #expect(goesOn && session.now.since(crashed) < .milliseconds(100), "\(session.now.since(crashed))")
      // Nothing that was executed is taken back.
      #expect(session.peers[2].mesh.log.received > end)
      expectOneSession(session)
    }
  }

  /// Under `available` the world of those who are no quorum stands for a second, and not for two: one wait, from the
  /// moment at which they hold the term for over. Who promises without a quorum has waited already.
  @Test(arguments: [(3, 2), (5, 3), (5, 4)]) func tooFewGoOnAsABranchAfterASecond(_ count: Int, _ killed: Int) {
    var session = MeshHarness.session(of: count)
    for index in 0..<killed { session.crash(index) }
    let before = session.peers[killed].mesh.log.received
    let crashed = session.now
    let goesOn = session.run(atMost: .seconds(3)) { $0.peers[killed].mesh.agreed > before + 1 }
    let outage = session.now.since(crashed)
    #expect(
      goesOn && session.branches == count - killed && outage > .seconds(1) && outage < .milliseconds(1200), "\(outage)")
    expectOneSession(session)
  }

  /// The reflector dies, and one of the two who are left holds its silence for usual much longer, for it was starved
  /// until a moment ago. It says that it is there: who has waited long enough for a branch hears it, and waits for it.
  @Test func whoIsSlowToDoubtIsNotLeftBehind() {
    // Words are few where the tick is slow, and few words leave the own limit as long as it is.
    var session = MeshHarness.session(of: 3, tick: .milliseconds(100))
    for stop in [200, 300, 400, 440, 440] as [UInt64] {
      session.run(for: .milliseconds(200))
      session.pause(2, for: .milliseconds(stop))
      session.run(for: .milliseconds(stop + 5))
    }
    #expect(session.peers[2].mesh.silenceLimit > .seconds(2))
    #expect(session.peers[1].mesh.silenceLimit < .milliseconds(400))
    session.crash(0)
    let before = session.peers[1].mesh.log.received
    let goesOn = session.run(atMost: .seconds(4)) { $0.peers[1].mesh.agreed > before + 1 }
    #expect(goesOn && session.branches == 0)
    session.run(for: .seconds(1))
    expectOneSession(session)
  }

  /// Two who cannot hear each other promise without a quorum. One that comes to be heard then is in time: a promise can
  /// be gone back on, a branch cannot.
  @Test func whoIsHeardAgainAfterThePromiseIsInTime() {
    var session = MeshHarness.session(of: 3)
    session.crash(0)
    session.weather.cut = [Weather.Link(1, 2), Weather.Link(2, 1)]
    let promised = session.run(atMost: .seconds(2)) { session in
      session.peers.dropFirst().allSatisfy { peer in
        if case .joining = peer.mesh.phase { true } else { false }
      }
    }
    #expect(promised)
    session.weather.cut = []
    session.run(for: .seconds(1))
    #expect(session.branches == 0)
    expectOneSession(session)
  }

  /// The most messages that an envelope holds, and as many bytes: the frame that orders them still fits everybody.
  @Test func asManySmallMessagesAsThereCanBeFitAFrame() {
    var session = MeshHarness.session(of: 3)
    let texts = (0..<Limits.envelopeMessages).map { "m\(1_000_000 + $0)" }
    session.publish(texts, by: 2)
    session.run(for: .seconds(1))
    #expect(session.peers.allSatisfy { $0.heard == texts })
    expectOneSession(session)
  }

  @Test func scenario2AThousandMessagesASecondSurviveAKill() {
    var session = MeshHarness.session(of: 3)
    for number in 1...600 {
      for index in 0..<3 where session.peers[index].isAlive {
        session.publish("\(MeshHarness.name(index)) \(number)", by: index)
      }
      session.run(for: .milliseconds(3))
      if number == 300 { session.crash(0) }
    }
    session.run(for: .seconds(2))
    expectOneSession(session)
    for index in [1, 2] {
      expectInOrder(session.peers[index].heard, "b", 600)
      expectInOrder(session.peers[index].heard, "c", 600)
      let ofTheKilled = session.peers[index].heard.filter { $0.hasPrefix("a ") }
      #expect(ofTheKilled == (1...ofTheKilled.count).map { "a \($0)" } && ofTheKilled.count >= 290)
    }
  }

  /// While followers asked about one gap at a time they fell behind, were silent, and in 14 of 40 seeds somebody was
  /// outvoted, after 85 changes of term.
  @Test(arguments: 0..<8 as Range<UInt64>)
  func scenario21ThirtyPercentAreLostAndMuchComesLate(seed: UInt64) {
    var session = MeshHarness.session(of: 5)
    session.chance = Chance(seed: seed)
    let terms = session.peers[0].mesh.log.head.history.count
    session.weather.loss = 300
    session.weather.duplication = 50
    session.weather.jitter = .milliseconds(50)
    for number in 1...100 {
      for index in 0..<5 where session.peers[index].isMember {
        session.publish("\(session.peers[index].name) \(number)", by: index)
      }
      session.run(for: .milliseconds(50))
    }
    session.weather = Weather()
    session.run(for: .seconds(3))
    expectOneSession(session)
    for peer in session.peers where peer.isMember {
      for other in session.peers.prefix(5) where other.isMember { expectInOrder(peer.heard, other.name, 100) }
    }
    #expect(session.peers.count(where: \.isMember) == 5)
    #expect(session.branches == 0)
    #expect(session.peers[0].mesh.log.head.history.count - terms <= 1)
  }

  /// The plan hoped for one change. Where each word of a second takes up to half a second, a term that has started is
  /// overtaken now and then by the attempt after it; when the burst is over, nothing changes any more.
  @Test(arguments: 0..<8 as Range<UInt64>) func scenario22ABurstOfJitterChangesTheTermThreeTimesAtMost(seed: UInt64) {
    var session = MeshHarness.session(of: 5)
    session.chance = Chance(seed: seed)
    let reigns = session.peers[0].mesh.log.head.history.count
    session.weather.jitter = .milliseconds(500)
    session.run(for: .seconds(1))
    session.weather = Weather()
    session.run(for: .seconds(3))
    expectOneSession(session, voters: 5)
    #expect(session.peers[0].mesh.log.head.history.count - reigns <= 3)
    let promise = session.peers[0].mesh.promise
    session.run(for: .seconds(2))
    #expect(session.peers.filter(\.isMember).allSatisfy { $0.mesh.promise == promise })
  }

  @Test func scenario27ARestartWithinATenthOfASecondIsOnePresence() {
    var session = MeshHarness.session(of: 3)
    let identity = session.peers[2].author.identity
    let old = session.peers[2].member
    session.crash(2)
    session.run(for: .milliseconds(80))
    session.join("c", identity: identity)
    session.run(for: .seconds(1))
    expectOneSession(session, voters: 3)
    let roster = session.peers[0].mesh.roster
    // An id of its own, and the old one is gone; the world never sees two of one identity.
    #expect(roster[old] == nil && roster.entries.count { $0.identity == identity } == 1)
    #expect(session.peers[1].presence(of: "c") == [true, false, true])
  }

  @Test func scenario32TwentyOfSixtyFourVanish() {
    // A tick of at least a millisecond a member.
    var session = MeshHarness(tick: .milliseconds(100))
    for number in 1..<64 { session.join("peer \(number)") }
    let isFull = session.run(atMost: .seconds(20)) { harness in
      harness.peers.count == 64 && harness.peers.allSatisfy { $0.mesh.roster.entries.count == 64 }
    }
    #expect(isFull)
    session.run(for: .milliseconds(300))
    #expect(session.peers[0].mesh.roster.voters.count == 7)
    // Three of the voters are among them, the reflector as well.
    for index in 0..<3 { session.crash(index) }
    for index in 40..<57 { session.crash(index) }
    let survivors = session.peers.indices.filter { session.peers[$0].isAlive }
    let goesOn = session.run(atMost: .milliseconds(800)) { harness in
      survivors.allSatisfy { harness.peers[$0].mesh.isNormal && harness.peers[$0].mesh.promise.term.number > 1 }
    }
    #expect(goesOn)
    // One frame drops them all.
    session.run(for: .seconds(12))
    expectOneSession(session, voters: 7)
    let mesh = session.peers[survivors[0]].mesh
    #expect(mesh.roster.entries.count == 44)
  }

  @Test func scenario36ForgedRefusalsCostASuspicionAtMost() {
    var session = MeshHarness.session(of: 3)
    let number = session.peers[1].mesh.promise.term.number
    for round in 0..<60 {
      // As many as anybody likes, at all followers at once, timed where they count.
      for index in [1, 2] where round % 3 > 0 || index == 1 {
        session.step(index, .refused(session.peers[0].member))
        session.step(index, .refused(session.peers[0].member))
        session.flush(index)
      }
      session.run(for: .milliseconds(7))
    }
    session.run(for: .milliseconds(200))
    expectOneSession(session, voters: 3)
    #expect(session.peers[0].mesh.isReflector && session.peers[0].mesh.promise.term.number == number)
  }

  @Test func scenario37OneMessageSurvivesThreeFailovers() {
    var session = MeshHarness.session(of: 7)
    // Its first reflectors hear it and die before anybody hears it of them.
    session.publish("across", by: 6)
    for number in 1...3 as ClosedRange<UInt32> {
      guard let reflector = session.peers.firstIndex(where: { $0.isMember && $0.mesh.isReflector }) else { break }
      session.filters = [
        Filter(from: reflector, "frames", count: 1_000), Filter(from: reflector, "progress", count: 99),
      ]
      session.run(for: .milliseconds(3))
      session.crash(reflector)
      session.filters = []
      let goesOn = session.run(atMost: .seconds(1)) { harness in
        harness.peers[6].mesh.promise.term.number > number && harness.peers[6].mesh.isNormal
      }
      #expect(goesOn)
    }
    session.run(for: .seconds(1))
    expectOneSession(session)
    for index in 3..<7 { #expect(session.peers[index].heard.filter { $0 == "across" }.count == 1) }
    #expect(session.peers[6].mesh.promise.term.number >= 4)
  }

  /// The reflector sleeps. Its clock shows an hour when it wakes; for the others it is long enough to drop it.
  @Test func scenario38AnHourOfSleep() {
    var session = MeshHarness.session(of: 3, policy: .majority)
    session.setClock(0, permille: 300_000)
    session.pause(0, for: .seconds(12))
    session.run(for: .milliseconds(11_999))
    session.setClock(0, permille: 1_000)
    session.transcript = []
    session.run(for: .seconds(1))
    // It stamped nothing, is shown the others' log, and reads there that it is out, to come back as a new member.
    #expect(session.peers[0].detachment == .evicted)
    #expect(session.transcript?.contains { $0.contains("a reflecting") && $0.contains("deliver") } == false)
    session.crash(0)
    session.join("a", identity: session.peers[0].author.identity)
    session.run(for: .seconds(3))
    expectOneSession(session, voters: 3)
  }
}

extension HarnessPeer {
  /// How the world of this peer heard of somebody: joined is true.
  func presence(of name: String) -> [Bool] {
    presence.map(\.change).filter { $0.name == name }.map(\.joined)
  }
}
