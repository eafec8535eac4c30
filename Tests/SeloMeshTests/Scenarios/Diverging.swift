import SeloMesh
import SeloTestKit
import SeloWire

// Worlds that differ, and reflectors that lie: PROTOCOL sections 4 and 7, scenarios 34 and 35 of the plan.

extension Scenario {
  static let diverging: [Scenario] = [
    Scenario(
      name: "divergence",
      story: [
        "The world of c errs. At the first frame of the next second all vote with their acks. Two of three agree, so the",
        "reflector orders their verdict, which names c; c reads that its own vote was another and is out, to return with a",
        "fresh copy.",
      ]
    ) {
      var session = MeshHarness.session(of: 3)
      session.peers[2].errs = true
      session.transcript = nil
      _ = session.run(atMost: .seconds(2)) { $0.peers[2].mesh.log.head.time.nanoseconds % 1_000_000_000 > 970_000_000 }
      session.transcript = []
      _ = session.run(atMost: .milliseconds(200)) { $0.peers[2].detachment != nil }
      return session
    },
    Scenario(
      name: "dissent",
      story: [
        "There are two voters, and the world of b errs. Both have voted, and neither has more than half: whose world is",
        "right cannot be told from votes. The reflector orders who voted what, so that both peers know it and can find out",
        "in what their worlds differ. Both go on.",
      ]
    ) { dissent(.nobody) },
    Scenario(
      name: "younger-yields",
      story: [
        "The same two voters, told that the younger yields: what the older computed becomes the verdict, and b is out."
      ]
    ) { dissent(.younger) },
    Scenario(
      name: "equivocation",
      story: [
        "The reflector a signs two frames for one place and shows one to b, the other to c. The next frame does not",
        "follow on c's; c asks for the one before, sees both, and shows them to all. Nobody needs to believe c: both",
        "frames carry a's signature. A quorum suspects a, and b is elected.",
      ]
    ) {
      var session = MeshHarness.told(3)
      session.filters = [Filter(from: 0, to: 2, "progress", count: 2)]
      session.equivocate(0, towards: 2)
      session.run(for: .milliseconds(60))
      return session
    },
  ]

  /// Two voters, one of which errs, from shortly before a checkpoint on.
  private static func dissent(_ yielding: Yielding) -> MeshHarness {
    var session = MeshHarness.session(of: 2, yielding: yielding)
    session.peers[1].errs = true
    _ = session.run(atMost: .seconds(2)) { $0.peers[1].mesh.log.head.time.nanoseconds % 1_000_000_000 > 970_000_000 }
    session.transcript = []
    session.run(for: .milliseconds(70))
    return session
  }
}
