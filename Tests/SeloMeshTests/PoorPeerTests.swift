import SeloMachineKit
import SeloMesh
import SeloTestKit
import SeloWire
import Testing

/// Peers that cannot keep up, come and go, or ask too much: PROTOCOL sections 3, 4 and 7.
@Suite struct PoorPeerTests {
  @Test func aSlowVoterObservesAndTheOthersGoOn() {
    var session = MeshHarness.session(of: 3)
    session.peers[2].pace = .milliseconds(990)
    session.inboxLimit = 1
    session.run(for: .seconds(12))
    let standing = session.peers[0].mesh.roster[session.peers[2].member]?.standing
    #expect(standing == .observer)
    let mesh = session.peers[0].mesh
    // Nothing waits for it: what is agreed is final.
    #expect(mesh.final + 3 > mesh.agreed && mesh.agreed + 3 > mesh.log.received)
    session.peers[2].pace = nil
    session.inboxLimit = 300
    session.run(for: .seconds(3))
    let later = session.peers[0].mesh.roster[session.peers[2].member]?.standing
    #expect(later == .voter)
    #expect(session.laws.violations == [])
  }

  @Test func aStoppedVoterKeepsItsVote() {
    var session = MeshHarness.session(of: 3)
    session.pause(2, for: .seconds(6))
    session.run(for: .seconds(5))
    let voters = session.peers[0].mesh.roster.voters.count
    #expect(voters == 3)
  }

  @Test func whoFlapsWaitsLongerAndLonger() {
    var session = MeshHarness.session(of: 3)
    let identity = session.peers[2].author.identity
    var waits: [UInt64] = []
    for _ in 0..<7 {
      session.crash(session.peers.count - 1)
      let count = session.peers.count
      session.join("c", identity: identity)
      let asked = session.now
      let came = session.run(atMost: .seconds(70)) { $0.peers.count > count }
      #expect(came)
      waits.append(session.now.since(asked).nanoseconds / 1_000_000)
      session.run(for: .milliseconds(500))
    }
    #expect(waits[0] < 400 && waits[1] < 400, "\(waits)")
    #expect(waits[6] > 2_000, "\(waits)")
    #expect(session.laws.violations == [])
  }

  /// `selo simulate --seed 32` (5 peers, 30 s): who had to wait knocked again as a newer run, was taken in as an older
  /// one, counted as flapping once more, and waited twice as long, for ever.
  @Test(arguments: 0..<4 as Range<UInt64>) func theNewestRunOfOneWhoWaitsIsTakenIn(seed: UInt64) {
    var session = MeshHarness.session(of: 3)
    session.chance = Chance(seed: seed)
    let identity = session.peers[2].author.identity
    for _ in 0..<4 {
      session.crash(session.peers.count - 1)
      let count = session.peers.count
      session.join("c", identity: identity)
      let came = session.run(atMost: .seconds(20)) { $0.peers.count > count }
      #expect(came)
    }
    session.crash(session.peers.count - 1)
    let count = session.peers.count
    for _ in 0..<4 {
      session.join("c", identity: identity)
      session.run(for: .milliseconds(200))
    }
    let newest = session.incarnations.max()
    let came = session.run(atMost: .seconds(20)) { $0.peers.count > count }
    #expect(came)
    session.run(for: .seconds(3))
    #expect(session.peers.count == count + 1)
    #expect(session.peers[count].author.incarnation == newest)
    #expect(session.laws.violations == [])
  }

  @Test func authorsFeelAQuorumThatCannotKeepUp() {
    var session = MeshHarness.session(of: 3, policy: .majority)
    session.weather.cut = [Weather.Link(1, 0), Weather.Link(2, 0)]
    var refused = 0
    for number in 0..<12_000 {
      session.step(0, .publish(Array("m\(number)".utf8)))
      if number % 500 == 0 { session.flush(0) }
    }
    refused = 12_000 - Int(session.peers[0].mesh.outbox.last)
    #expect(refused == 2_000)
    let unagreed = session.peers[0].mesh.log.received - session.peers[0].mesh.agreed
    #expect(unagreed <= 64)
    session.weather.cut = []
    session.run(for: .seconds(3))
    let heard = session.peers.map(\.heard.count)
    #expect(heard == [10_000, 10_000, 10_000])
    #expect(session.laws.violations == [])
  }

  @Test func repairHasALimitForEachMember() {
    var session = MeshHarness.session(of: 3)
    let asker = session.peers[2].member
    let reign = session.peers[0].mesh.currentReign
    for _ in 0..<64 { session.step(0, .packet(.repair(reign, first: 1, count: 1), from: asker)) }
    #expect(session.rejections.contains(.tooOften) == false)
    session.step(0, .packet(.repair(reign, first: 1, count: 1), from: asker))
    #expect(session.rejections.contains(.tooOften))
  }
}
