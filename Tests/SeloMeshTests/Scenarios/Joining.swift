import SeloMesh
import SeloSimulator
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
    Scenario(
      name: "last-world",
      story: [
        "b has just installed a's snapshot and is a learner when a dies. It keeps the world, goes on saying that a is silent,",
        "and after ten seconds promises a term to itself. Nobody answers for one second more: b goes on as a branch, in which it",
        "has a vote, because nobody else has one.",
      ]
    ) {
      var session = MeshHarness.session(of: 1)
      session.publish("before", by: 0)
      session.join("b")
      _ = session.run(atMost: .seconds(1)) { $0.peers.count == 2 }
      session.crash(0)
      session.transcript = []
      session.silently(.milliseconds(10_000))
      _ = session.run(atMost: .seconds(1)) { $0.peers[1].mesh.phase.word == "joining" }
      session.silently(.milliseconds(950))
      _ = session.run(atMost: .seconds(1)) { $0.branches == 1 }
      session.publish("after", by: 1)
      session.run(for: .milliseconds(40))
      return session
    },
  ]
}
