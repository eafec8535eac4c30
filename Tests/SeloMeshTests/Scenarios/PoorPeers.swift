import SeloMesh
import SeloSimulator
import SeloTestKit
import SeloWire

// Peers that stop, flap or cannot keep up: PROTOCOL sections 3 to 5 and 7, scenarios 11, 12, 24 and 30. Scenario 11 is
// `zombie`.

extension Scenario {
  static let poorPeers: [Scenario] = [
    Scenario(
      name: "short-stop",
      story: [
        "The reflector is stopped for 45 ms, less than the silence limit: nobody suspects it. Awake again it is late by less",
        "than that limit itself, so it stamps on; its clock adds what it missed.",
      ]
    ) {
      var session = MeshHarness.told(3)
      session.pause(0, for: .milliseconds(45))
      session.run(for: .milliseconds(70))
      return session
    },
    Scenario(
      name: "deaf-reflector",
      story: [
        "Nobody's words reach the reflector a, but all hear it. After half a second without acks of a quorum it stamps",
        "nothing more and asks with `hail`. That is no frame: the others suspect it after their silence limit and elect b.",
        "What a hears of it, it hears only when the links are whole again.",
      ]
    ) {
      var session = MeshHarness.told(3)
      session.weather.cut = [Weather.Link(1, 0), Weather.Link(2, 0)]
      session.silently(.milliseconds(480))
      session.run(for: .milliseconds(130))
      return session
    },
    Scenario(
      name: "fast-clock",
      story: [
        "The reflector's clock begins to run 40 % fast. Some seconds later virtual time is 1.5 s ahead of what b and c measure:",
        "both accuse the clock, which a's frames do not take back, and elect b.",
      ]
    ) {
      var session = MeshHarness.told(3)
      session.setClock(0, permille: 1_400)
      session.transcript = nil
      _ = session.run(atMost: .seconds(15)) { $0.peers[2].mesh.phase.word == "suspecting" }
      session.transcript = ["… some seconds later"]
      session.run(for: .milliseconds(45))
      return session
    },
    Scenario(
      name: "slow-voter",
      story: [
        "c takes two packets a second. After four seconds far behind what the others agree on it loses its vote by a roster",
        "frame, so that it holds nothing back; its id stays, and the world hears nothing of it.",
      ]
    ) {
      var session = MeshHarness.told(3)
      session.peers[2].pace = .milliseconds(990)
      session.inboxLimit = 1
      session.transcript = nil
      _ = session.run(atMost: .seconds(15)) { $0.peers[0].mesh.log.head.roster.voters.count == 2 }
      session.transcript = ["… some seconds later"]
      session.run(for: .milliseconds(45))
      return session
    },
    Scenario(
      name: "demoted-reflector",
      story: [
        "a orders that b, which is slow, loses its vote; the change reaches b, and a dies before it is agreed. b gathers the",
        "promises and starts the term on that log. As soon as the change is agreed b is no voter, and it hands over to c.",
      ]
    ) {
      var session = MeshHarness.told(4)
      session.peers[1].pace = .milliseconds(990)
      session.inboxLimit = 1
      session.transcript = nil
      _ = session.run(atMost: .seconds(15)) { harness in
        let mesh = harness.peers[0].mesh
        return mesh.log.head.roster.voters.count == 3
      }
      session.peers[1].pace = nil
      session.peers[1].pausedUntil = session.now
      session.inboxLimit = 300
      // The change reaches everybody, and no ack comes back.
      session.filters = [1, 2, 3].map { Filter(from: $0, to: 0, "ack", count: 50) }
      session.run(for: .milliseconds(30))
      session.crash(0)
      _ = session.run(atMost: .milliseconds(150)) { $0.peers[1].mesh.phase.word == "joining" }
      session.transcript = []
      session.run(for: .milliseconds(40))
      return session
    },
  ]
}
