import SeloMachineKit
import SeloMesh
import SeloTestKit
import SeloWire
import Testing

/// A host puts a member out: PROTOCOL section 7, "Decisions".
@Suite struct KickTests {
  private func kick(_ victim: Int, by host: Int, in session: inout MeshHarness) -> Bool {
    let identity = session.peers[victim].author.identity
    session.decide(host, .kick(identity))
    return session.run(atMost: .seconds(6)) { harness in
      harness.peers.filter(\.isMember).allSatisfy { $0.mesh.isInForce(.kick(identity)) }
    }
  }

  /// A session of that many in which a host has put one out, and 300 ms have passed.
  private func session(of count: Int, without victim: Int, host: Int) -> MeshHarness {
    var session = MeshHarness.session(of: count, hosts: [host])
    let isDone = kick(victim, by: host, in: &session)
    session.run(for: .milliseconds(300))
    #expect(isDone && session.peers[victim].detachment == .kicked)
    return session
  }

  private func expectCalm(_ session: MeshHarness, members: [Int], _ source: SourceLocation = #_sourceLocation) {
    let meshes = members.map { session.peers[$0].mesh }
    #expect(session.laws.violations == [], sourceLocation: source)
    #expect(meshes.allSatisfy { $0.roster.entries.count == members.count && $0.isNormal }, sourceLocation: source)
    #expect(meshes.count { $0.isReflector } == 1, sourceLocation: source)
    #expect(meshes.allSatisfy { $0.decisions.isEmpty }, sourceLocation: source)
  }

  @Test func whoIsPutOutEndsAndTheOthersGoOn() {
    let session = session(of: 4, without: 2, host: 1)
    expectCalm(session, members: [0, 1, 3])
    #expect(session.peers[0].mesh.promise.term == Term(number: 1, elected: session.peers[0].member, handover: 0))
    #expect(session.peers[1].presence(of: "c").last == false)
  }

  @Test func noRunOfItComesBackWhoeverReflects() {
    var session = session(of: 4, without: 2, host: 1)
    let banned = session.peers[2].author.identity
    session.join("c", identity: banned)
    session.run(for: .milliseconds(500))
    session.crash(0)
    session.run(for: .seconds(1))
    session.join("e")
    session.run(for: .seconds(1))
    // Who came in later knows it from its snapshot.
    #expect(session.peers.last?.name == "e" && session.peers.last?.mesh.roster.bans(banned) == true)
    #expect(session.peers.count { $0.author.identity == banned } == 1)
    #expect(session.rejections.contains(.banned))
    #expect(session.laws.violations == [])
  }

  @Test func aBranchKeepsTheBan() {
    var session = session(of: 3, without: 2, host: 1)
    let banned = session.peers[2].author.identity
    session.crash(0)
    let branched = session.run(atMost: .seconds(4)) { $0.branches > 0 && $0.peers[1].mesh.isReflector }
    #expect(branched && session.peers[1].mesh.log.head.roster.bans(banned))
    session.join("c", identity: banned)
    session.run(for: .seconds(1))
    #expect(session.peers.count == 3)
  }

  @Test func aReflectorHandsOverFirst() {
    let session = session(of: 4, without: 0, host: 3)
    expectCalm(session, members: [1, 2, 3])
    // Without an election.
    #expect(session.peers[1].mesh.promise.term == Term(number: 1, elected: session.peers[0].member, handover: 1))
  }

  @Test(arguments: [3, 5]) func aReflectorThatStaysIsSuspectedForIt(count: Int) {
    var session = MeshHarness.session(of: count, hosts: [count - 1])
    session.filters = [Filter(from: count - 1, to: 0, "kick", count: 99)]
    let start = session.now
    #expect(kick(0, by: count - 1, in: &session))
    #expect(session.now.since(start) < .milliseconds(1_700))
    session.run(for: .milliseconds(500))
    expectCalm(session, members: Array(1..<count))
    #expect(session.peers[1].mesh.promise.term.number == 2)
  }

  /// Of two voters the older is a quorum by itself: nobody can put it out while it stays.
  @Test func theOlderOfTwoStaysIfItWill() {
    var session = MeshHarness.session(of: 2, hosts: [1])
    session.filters = [Filter(from: 1, to: 0, "kick", count: 99)]
    #expect(kick(0, by: 1, in: &session) == false)
    session.run(for: .seconds(2))
    // The host has given up, and nobody is suspected any more.
    expectCalm(session, members: [0, 1])
    if case .following = session.peers[1].mesh.phase {} else { Issue.record("b does not follow") }
    #expect(session.branches == 0)
    session.filters = []
    #expect(kick(0, by: 1, in: &session))
    session.run(for: .milliseconds(300))
    #expect(session.peers[0].detachment == .kicked && session.peers[1].mesh.isReflector)
  }

  /// The reflector dies, or the frame that it has stamped is lost with it: the host says it again.
  @Test(arguments: [true, false]) func theWishOutlivesTheReflector(isStamped: Bool) {
    var session = MeshHarness.session(of: 5, hosts: [3])
    let identity = session.peers[4].author.identity
    session.filters = [Filter(from: 0, "frames", count: 99)]
    if !isStamped { session.crash(0) }
    session.decide(3, .kick(identity))
    session.run(for: .milliseconds(2))
    #expect(session.peers[0].mesh.log.head.roster.bans(identity) == isStamped)
    if isStamped { session.crash(0) }
    let done = session.run(atMost: .seconds(2)) { $0.peers[1].mesh.isInForce(.kick(identity)) }
    #expect(done && session.peers[1].mesh.promise.term.number == 2)
    session.run(for: .milliseconds(300))
    #expect(session.peers[4].detachment == .kicked && session.laws.violations == [])
  }

  @Test func onlyHostsDecide() {
    var session = MeshHarness.session(of: 3, hosts: [1])
    session.decide(2, .kick(session.peers[0].author.identity))
    #expect(session.rejections == [.notHost])
    // Nor does the reflector obey one who only claims to be.
    session.rejections = []
    session.utter(.kick(session.peers[1].author.identity), from: 2, to: [0])
    session.run(for: .milliseconds(10))
    #expect(session.rejections == [.notHost])
    session.rejections = []
    session.decide(1, .kick(session.peers[1].author.identity))
    #expect(session.rejections == [.kickOfOneself])
    session.run(for: .milliseconds(200))
    expectCalm(session, members: [0, 1, 2])
  }

  @Test func withoutAHostTheOldestVoterDecides() {
    var session = MeshHarness.session(of: 3)
    session.decide(1, .kick(session.peers[2].author.identity))
    #expect(session.rejections == [.notHost])
    #expect(kick(1, by: 0, in: &session))
    session.run(for: .milliseconds(300))
    expectCalm(session, members: [0, 2])
  }

  /// Words that are lost or late, and a host that means somebody who has just come back as a newer run.
  @Test(arguments: 0..<4 as Range<UInt64>) func itIsDoneInBadWeather(seed: UInt64) {
    var session = MeshHarness.session(of: 5, hosts: [4])
    session.chance = Chance(seed: seed)
    session.weather.loss = 100
    session.weather.jitter = .milliseconds(10)
    let identity = session.peers[Int(seed % 4)].author.identity
    session.crash(Int(seed % 4))
    session.join("again", identity: identity)
    session.run(for: .milliseconds(seed * 70))
    session.decide(4, .kick(identity))
    let done = session.run(atMost: .seconds(6)) { $0.peers[4].mesh.isInForce(.kick(identity)) }
    #expect(done)
    session.weather = Weather()
    session.run(for: .seconds(13))
    #expect(session.laws.violations == [])
    #expect(session.peers.allSatisfy { !$0.isMember || $0.author.identity != identity })
  }
}
