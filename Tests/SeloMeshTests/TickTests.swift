import SeloMachineKit
import SeloMesh
import SeloTestKit
import SeloWire
import Testing

/// The tick period changes while a session runs: PROTOCOL section 3.
@Suite struct TickTests {
  private func setTick(_ milliseconds: UInt64, by host: Int, in session: inout MeshHarness) -> Bool {
    let period = Delay.milliseconds(milliseconds)
    session.decide(host, .tick(period))
    return session.run(atMost: .seconds(6)) { harness in
      harness.peers.filter(\.isMember).allSatisfy { $0.mesh.tick == period }
    }
  }

  private func frames(_ index: Int, in time: Delay, of session: inout MeshHarness) -> UInt64 {
    let before = session.peers[index].mesh.log.received
    session.run(for: time)
    return session.peers[index].mesh.log.received - before
  }

  @Test(arguments: [3, 5]) func idleFramesComeAsOftenAsTheHostWishes(count: Int) {
    var session = MeshHarness.session(of: count, hosts: [1])
    for milliseconds in [200, 5, 50, 20] as [UInt64] {
      #expect(setTick(milliseconds, by: 1, in: &session))
      session.run(for: .milliseconds(400))
      let expected = 2_000 / milliseconds
      let idle = frames(2, in: .seconds(2), of: &session)
      #expect((expected - 1...expected + 4).contains(idle), "\(milliseconds) ms: \(idle)")
    }
    #expect(session.peers.allSatisfy { $0.mesh.promise.term.number == 1 })
    #expect(session.laws.violations == [])
  }

  /// The silence limit is derived from the tick: no change of it, in whatever weather the session bears, looks like one.
  @Test(arguments: 0..<6 as Range<UInt64>) func noChangeOfTheTickChangesTheTerm(seed: UInt64) {
    var session = MeshHarness.session(of: 3, hosts: [1])
    session.chance = Chance(seed: seed)
    session.weather.loss = 50
    session.weather.jitter = .milliseconds(8)
    for _ in 0..<5 {
      session.decide(1, .tick(.milliseconds(session.chance.pick([5, 20, 100, 200]))))
      session.run(for: .milliseconds(300 + session.chance.below(1_500)))
    }
    #expect(session.peers.allSatisfy { $0.mesh.promise.term.number == 1 })
    #expect(session.laws.violations == [])
  }

  /// First everybody is patient, then the reflector is slow.
  @Test func aSlowerTickIsKeptWhenItIsAgreed() {
    var session = MeshHarness.session(of: 3, hosts: [1])
    let silence = session.peers[2].mesh.silence
    // Nobody acks: the frame that orders it is not agreed.
    session.filters = [Filter(to: 0, "ack", count: 8)]
    session.decide(1, .tick(.milliseconds(200)))
    session.run(for: .milliseconds(30))
    #expect(session.peers[0].mesh.tick == .milliseconds(20))
    #expect(session.peers[2].mesh.slowestTick == .milliseconds(200))
    #expect(session.peers[2].mesh.silence >= .milliseconds(600) && silence < .milliseconds(100))
    session.run(for: .milliseconds(400))
    #expect(session.peers[0].mesh.tick == .milliseconds(200))
  }

  /// Who expected a faster tick before it is kept would suspect a reflector that does nothing wrong.
  @Test func aFasterTickIsExpectedWhenItIsAgreed() {
    var session = MeshHarness.session(of: 3, hosts: [1])
    #expect(setTick(200, by: 1, in: &session))
    session.run(for: .seconds(1))
    session.filters = [Filter(to: 0, "ack", count: 4)]
    session.decide(1, .tick(.milliseconds(20)))
    session.run(for: .milliseconds(100))
    #expect(session.peers[2].mesh.log.head.tick == .milliseconds(20))
    #expect(
      session.peers[2].mesh.slowestTick == .milliseconds(200) && session.peers[2].mesh.silence >= .milliseconds(600))
    session.run(for: .seconds(1))
    #expect(session.peers[2].mesh.slowestTick == .milliseconds(20))
    #expect(session.peers.allSatisfy { $0.mesh.promise.term.number == 1 })
  }

  @Test func itOutlivesTheReflectorAndJoinersHaveIt() {
    var session = MeshHarness.session(of: 3, hosts: [1])
    #expect(setTick(100, by: 1, in: &session))
    session.run(for: .seconds(1))
    session.crash(0)
    let elected = session.run(atMost: .seconds(2)) {
      $0.peers[2].mesh.promise.term.number == 2 && $0.peers[2].mesh.isNormal
    }
    #expect(elected)
    session.join("d")
    session.run(for: .seconds(2))
    #expect(session.peers.count == 4)
    #expect(session.peers.dropFirst().allSatisfy { $0.mesh.tick == .milliseconds(100) })
    #expect((18...24).contains(frames(3, in: .seconds(2), of: &session)))
    #expect(session.laws.violations == [])
  }

  /// The frame that orders it is lost with its reflector: the log is what it was, and the host says it again.
  @Test func anOrderThatIsLostIsGivenAgain() {
    var session = MeshHarness.session(of: 3, hosts: [2])
    session.filters = [Filter(from: 0, "frames", count: 99)]
    session.decide(2, .tick(.milliseconds(100)))
    session.run(for: .milliseconds(2))
    #expect(session.peers[0].mesh.slowestTick == .milliseconds(100))
    session.crash(0)
    #expect(session.peers[1].mesh.slowestTick == .milliseconds(20))
    let done = session.run(atMost: .seconds(2)) { harness in
      [1, 2].allSatisfy { harness.peers[$0].mesh.tick == .milliseconds(100) }
    }
    #expect(done && session.peers[1].mesh.promise.term.number == 2)
    #expect(session.laws.violations == [])
  }

  @Test func whatNoSessionMayHaveIsRefused() {
    var session = MeshHarness.session(of: 6, hosts: [1])
    for milliseconds in [0, 4, 5, 201] as [UInt64] {
      session.rejections = []
      session.decide(1, .tick(.milliseconds(milliseconds)))
      #expect(session.rejections == [.badTick])
    }
    session.rejections = []
    session.decide(2, .tick(.milliseconds(50)))
    #expect(session.rejections == [.notHost])
    session.rejections = []
    session.utter(.tick(.milliseconds(5)), from: 1, to: [0])
    session.run(for: .milliseconds(10))
    #expect(session.rejections == [.badTick])
    session.run(for: .milliseconds(200))
    #expect(session.peers.allSatisfy { $0.mesh.tick == .milliseconds(20) })
  }

  /// The plan wanted a reflector to slow down by itself below a millisecond a member. Nothing depends on it.
  @Test func sixtyFourMembersBearTheStandardTick() {
    var session = MeshHarness()
    for number in 1..<64 { session.join("peer \(number)") }
    let isFull = session.run(atMost: .seconds(20)) { harness in
      harness.peers.count == 64 && harness.peers.allSatisfy { $0.mesh.roster.entries.count == 64 }
    }
    #expect(isFull && session.peers[0].mesh.tick == .milliseconds(20))
    #expect((45...60).contains(frames(63, in: .seconds(1), of: &session)))
    #expect(session.peers.allSatisfy { $0.mesh.promise.term.number == 1 && $0.mesh.agreed + 5 > $0.mesh.log.received })
  }

  @Test func theNewerOfTwoWishesCounts() {
    var session = MeshHarness.session(of: 3, hosts: [1])
    session.decide(1, .tick(.milliseconds(200)))
    #expect(setTick(50, by: 1, in: &session))
    session.run(for: .seconds(1))
    #expect(session.peers.allSatisfy { $0.mesh.tick == .milliseconds(50) && $0.mesh.decisions.isEmpty })
  }
}
