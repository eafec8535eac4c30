import SeloMesh
import SeloSimulator
import SeloTestKit
import SeloWire
import Testing

/// Only who is not needed may give its id up (PROTOCOL section 6, step 6).
@Suite struct OutvotedTests {
  /// Five processes were cut three and two, under `majority`, and the network healed. Three of them had promised a higher
  /// term when frames of the old one came again; from their `agreed` they read that the others went on without them. All
  /// three gave their ids up, and no quorum was left to let anybody in.
  @Test func framesThatAreHeldAlreadyOutvoteNobody() throws {
    var session = MeshHarness.session(of: 3, policy: .majority)
    session.run(for: .seconds(1))
    session.crash(0)
    // c hears that b suspects, too, and promises; b never hears of it.
    session.weather.cut = [Weather.Link(2, 1)]
    session.run(for: .seconds(3))
    let mesh = session.peers[2].mesh
    #expect(mesh.phase.word == "joining")
    for sequence in mesh.log.received - 30...mesh.log.received {
      let frame = try #require(mesh.log[sequence])
      session.step(2, .frames(mesh.lastNormal, [Proven(checked: frame)], from: session.peers[1].member))
    }
    session.run(for: .milliseconds(100))
    #expect(session.peers[2].detachment == nil)
    #expect(session.laws.violations == [])
  }
}
