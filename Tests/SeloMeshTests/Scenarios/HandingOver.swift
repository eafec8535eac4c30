import SeloMesh
import SeloTestKit
import SeloWire

// Hand-over: PROTOCOL section 6, scenarios 8, 9, 10, 23 and 31.

extension Scenario {
  static let handingOver: [Scenario] = [
    Scenario(
      name: "hand-over",
      story: [
        "The reflector a steps down. Its last frame names b, the oldest other voter; b goes on at once in the same election",
        "number, one hand-over further; nobody votes, nothing waits, and a stays as a follower.",
      ]
    ) {
      var session = MeshHarness.told(3)
      session.publish("before", by: 2)
      session.run(for: .milliseconds(1))
      session.stepDown(0)
      session.publish("after", by: 2)
      session.run(for: .milliseconds(45))
      return session
    },
    Scenario(
      name: "hand-over-repeated",
      story: ["The frame that hands over is lost on its way to the successor. Its maker repeats it after 10 ms."]
    ) {
      var session = MeshHarness.told(3)
      session.filters = [Filter(from: 0, to: 1, "frames", count: 1)]
      session.stepDown(0)
      session.run(for: .milliseconds(30))
      return session
    },
    Scenario(
      name: "hand-over-lost",
      story: [
        "The frame that hands over reaches only c, and its maker dies. Nobody takes over, so b and c elect: the hand-over",
        "stays in the log, and the next term stands on it.",
      ]
    ) {
      var session = MeshHarness.told(3)
      session.filters = [Filter(from: 0, to: 1, "frames", count: 9)]
      session.stepDown(0)
      session.crash(0)
      session.run(for: .milliseconds(120))
      return session
    },
    Scenario(
      name: "hand-over-by-a-zombie",
      story: [
        "a was cut off for 150 ms and does not know that b was elected meanwhile. It hands over to b: too late. Its frame is of",
        "a lower term, nobody takes it, and the answer shows a the new term.",
      ]
    ) {
      var session = MeshHarness.told(3)
      session.weather.cut = [1, 2].flatMap { [Weather.Link(0, $0), Weather.Link($0, 0)] }
      session.silently(.milliseconds(150))
      session.weather.cut = []
      session.stepDown(0)
      session.run(for: .milliseconds(5))
      return session
    },
    Scenario(
      name: "hand-over-missed",
      story: [
        "c hears neither the hand-over nor the first frames of the new term. What b sends proves itself: c was in the election,",
        "fetches the frame that hands over, and finds it signed by a.",
      ]
    ) {
      var session = MeshHarness.told(3)
      session.filters = [Filter(from: 0, to: 2, count: 3), Filter(from: 1, to: 2, count: 3)]
      session.stepDown(0)
      session.run(for: .milliseconds(45))
      return session
    },
    Scenario(
      name: "roster-change-lost",
      story: [
        "The reflector dies with a roster change that nobody else holds: the successor's log does not have it. The stranger",
        "knocks on, and the successor orders it anew.",
      ]
    ) {
      var session = MeshHarness.told(3)
      session.join("d")
      session.filters = [Filter(from: 0, "frames", count: 99)]
      _ = session.run(atMost: .seconds(1)) { $0.peers[0].mesh.log.head.roster.entries.count == 4 }
      session.crash(0)
      session.silently(.milliseconds(60))
      session.run(for: .milliseconds(130))
      return session
    },
  ]
}
