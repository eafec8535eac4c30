import SeloMesh
import SeloTestKit
import SeloWire

// Lineages that meet again: PROTOCOL section 8. MergeTests tries scenarios 13 to 16, 26, 39, 40 and 42 with their ends;
// these two stories are told packet by packet.

extension Scenario {
  static let merging: [Scenario] = [
    Scenario(
      name: "merge",
      story: [
        "c was cut off from a and b and went on as a branch, where it said something. The link is whole again. c learns that the",
        "trunk is better, has itself let in there as a new member, steps over in one step, and says again what only the branch",
        "had heard.",
      ]
    ) {
      var session = MeshHarness.session(of: 3)
      session.weather.cut = [0, 1].flatMap { [Weather.Link($0, 2), Weather.Link(2, $0)] }
      session.run(for: .seconds(7))
      session.publish("said on the branch", by: 2)
      session.run(for: .milliseconds(100))
      session.weather.cut = []
      session.meeting = session.now + .milliseconds(1)
      session.transcript = []
      session.run(for: .milliseconds(160))
      return session
    },
    Scenario(
      name: "adoption",
      story: [
        "The older of two is killed, the other goes on as a branch, on which nothing is final. The killed one comes back as a",
        "newer run of its identity: nobody is left who could go on as the trunk. Ten seconds later, in which anybody else would",
        "have been heard, the branch adopts itself, and what is agreed is final again.",
      ]
    ) {
      var session = MeshHarness.session(of: 2)
      session.portsRefuse = true
      session.crash(0)
      session.run(for: .seconds(1))
      session.publish("on the branch", by: 1)
      session.transcript = []
      session.join("a", identity: session.peers[0].author.identity)
      session.run(for: .milliseconds(40))
      let told = session.transcript
      session.transcript = nil
      session.run(for: .milliseconds(9_965))
      session.transcript = (told ?? []) + ["… ten seconds later"]
      _ = session.run(atMost: .seconds(2)) { $0.peers[1].mesh.log.head.ancestry.isTrunk }
      session.run(for: .milliseconds(25))
      return session
    },
  ]
}
