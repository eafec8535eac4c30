import SeloMesh
import SeloTestKit
import SeloWire

// What hosts decide: PROTOCOL section 7, "Decisions".

extension Scenario {
  static let deciding: [Scenario] = [
    Scenario(
      name: "kick",
      story: [
        "c wants b out, but c is no host. Then b, the only host, puts c out: it tells the reflector, one frame drops c and bans",
        "its identity, c reads that and ends. A new run of c knocks: whoever opens says that it is banned.",
      ]
    ) {
      var session = MeshHarness.told(3, hosts: [1])
      session.decide(2, .kick(session.peers[1].author.identity))
      session.decide(1, .kick(session.peers[2].author.identity))
      session.run(for: .milliseconds(10))
      session.join("c", identity: session.peers[2].author.identity)
      session.run(for: .milliseconds(60))
      return session
    },
    Scenario(
      name: "kick-the-reflector",
      story: [
        "c, a host, puts a out, which reflects. Nobody orders its own removal, so a hands over to b and stays for the moment.",
        "c says it again a tenth of a second later, now to b alone, and b orders it.",
      ]
    ) {
      var session = MeshHarness.told(3, hosts: [2])
      session.decide(2, .kick(session.peers[0].author.identity))
      session.run(for: .milliseconds(5))
      session.silently(.milliseconds(90))
      session.run(for: .milliseconds(20))
      return session
    },
    Scenario(
      name: "kick-ignored",
      story: [
        "c, a host, puts a out, which reflects and goes on as if nothing had been said. After a second of c's words b and c",
        "suspect a for that, and no frame of a takes it back: b is elected, hears c, and orders it.",
      ]
    ) {
      var session = MeshHarness.told(3, hosts: [2])
      session.filters = [Filter(from: 2, to: 0, "kick", count: 99)]
      session.decide(2, .kick(session.peers[0].author.identity))
      session.silently(.milliseconds(995))
      session.run(for: .milliseconds(125))
      return session
    },
    Scenario(
      name: "tick",
      story: [
        "b, the only host, wants a tick of 2 ms, which no session may have, then one of 100 ms. Who holds the frame that orders",
        "it waits longer for the next; a keeps to 20 ms until that frame is agreed, so nobody takes the longer pause for a",
        "silence. Back to 20 ms: a quickens as soon as that is agreed.",
      ]
    ) {
      var session = MeshHarness.told(3, hosts: [1])
      session.decide(1, .tick(.milliseconds(2)))
      session.decide(1, .tick(.milliseconds(100)))
      session.run(for: .milliseconds(130))
      session.decide(1, .tick(.milliseconds(20)))
      session.run(for: .milliseconds(45))
      return session
    },
  ]
}
