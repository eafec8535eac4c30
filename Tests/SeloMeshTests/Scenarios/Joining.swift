import SeloMesh
import SeloTestKit
import SeloWire

// Coming in: PROTOCOL section 8, scenario 28.

extension Scenario {
  static let joining: [Scenario] = [
    Scenario(
      name: "first-mark",
      story: [
        "The first joiner of a session: the reflector stamps a mark right behind the roster frame, and b begins behind it.",
        "There it stands on the roster already.",
      ]
    ) {
      var session = MeshHarness.told(1)
      session.join("b")
      session.run(for: .milliseconds(70))
      return session
    },
    Scenario(
      name: "reflector-dies-in-a-join",
      story: [
        "d comes in through b's door, behind a mark that is older than its roster frame: it knows no term but the first, and",
        "only b can be reached. At that moment the reflector a dies. d asks its guide b for the tail, finds its own entry in",
        "it, hears the others suspect and elect, and takes up the second term by staging.",
      ]
    ) {
      var session = MeshHarness.told(3)
      session.shut = [0, 2]
      session.join("d")
      _ = session.run(atMost: .seconds(1)) { $0.peers.count == 4 }
      session.crash(0)
      session.run(for: .milliseconds(130))
      return session
    },
    Scenario(
      name: "join-in-a-later-term",
      story: [
        "a is dead and b reflects the second term; the newest mark is of the first. d begins behind it through c's door. Its",
        "guide c does not answer for the first term: it shows the second, and d fetches what leads there.",
      ]
    ) {
      var session = MeshHarness.told(3)
      session.crash(0)
      session.silently(.milliseconds(400))
      session.shut = [1]
      session.join("d")
      session.run(for: .milliseconds(130))
      return session
    },
  ]
}
