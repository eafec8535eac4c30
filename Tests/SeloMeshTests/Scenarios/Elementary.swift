import SeloMesh
import SeloSimulator
import SeloTestKit
import SeloWire

// Ordering, following, elections, joining and leaving.

extension Scenario {
  static let elementary: [Scenario] = [
    Scenario(
      name: "ordering",
      story: [
        "Two followers and the reflector publish at once. Their messages share frames; a quorum's acks make them agreed,",
        "the acks of all make them final, and then they leave the outboxes.",
      ]
    ) {
      var session = MeshHarness.told(3)
      session.publish("from b", by: 1)
      session.publish("from c", by: 2)
      session.publish("from a", by: 0)
      session.run(for: .milliseconds(45))
      return session
    },
    Scenario(
      name: "lost-frame",
      story: ["A frame to c is lost. The next one shows the gap; c asks the reflector and goes on."]
    ) {
      var session = MeshHarness.told(3)
      session.filters = [Filter(from: 0, to: 2, "frames")]
      session.publish("lost on the way", by: 1)
      session.run(for: .milliseconds(45))
      return session
    },
    Scenario(
      name: "failover",
      story: [
        "The reflector a is killed. b and c suspect it after 60 ms of silence, promise the next term to b, the eldest that",
        "answers; b starts it on the better log; the world goes on from the last tick, and nothing is rolled back.",
      ]
    ) {
      var session = MeshHarness.told(3)
      session.publish("before", by: 1)
      session.run(for: .milliseconds(5))
      session.crash(0)
      session.publish("after", by: 2)
      session.run(for: .milliseconds(110))
      return session
    },
    Scenario(
      name: "closed-port",
      story: ["The same with a closed port: two refusals within 5 ms are as good as 60 ms of silence."]
    ) {
      var session = MeshHarness.told(3)
      session.portsRefuse = true
      session.crash(0)
      session.run(for: .milliseconds(60))
      return session
    },
    Scenario(
      name: "zombie",
      story: [
        "The reflector is stopped for five seconds (SIGSTOP) with a message that nobody has. Awake again it stamps",
        "nothing, is shown the new term, rolls its frame back and sends the message again.",
      ]
    ) {
      var session = MeshHarness.told(3)
      session.filters = [Filter(from: 0, "frames", count: 2)]
      session.inboxLimit = 4
      session.publish("nobody heard it", by: 0)
      session.pause(0, for: .seconds(5))
      session.silently(.milliseconds(4_990))
      session.run(for: .milliseconds(40))
      return session
    },
    Scenario(
      name: "branch",
      story: [
        "Two peers under `available`, the older is killed. Half without the oldest is no quorum; after a closed port the",
        "survivor goes on as a branch of its own.",
      ]
    ) {
      var session = MeshHarness.told(2)
      session.portsRefuse = true
      session.crash(0)
      session.publish("alone", by: 1)
      session.run(for: .milliseconds(140))
      return session
    },
    Scenario(
      name: "kill-the-younger",
      story: [
        "Two peers, the younger is killed. Half with the oldest is a quorum, but counts for it only after the other half has",
        "been silent for the silence limit: then a goes on alone, on the trunk. Nothing is final before b is evicted.",
      ]
    ) {
      var session = MeshHarness.told(2)
      session.crash(1)
      session.publish("alone", by: 0)
      session.run(for: .milliseconds(90))
      return session
    },
    Scenario(
      name: "kill-reflector-and-successor",
      story: [
        "Five peers. The reflector a and b, who would be next, are killed at once. The three others suspect a together; b says",
        "nothing, so the promise goes to c at once, and no attempt is lost.",
      ]
    ) {
      var session = MeshHarness.told(5)
      session.crash(0)
      session.crash(1)
      session.publish("after", by: 4)
      session.run(for: .milliseconds(120))
      return session
    },
    Scenario(
      name: "majority-halts",
      story: ["The same under `majority`: the survivor suspects, and agrees on nothing."]
    ) {
      var session = MeshHarness.told(2, policy: .majority)
      session.crash(0)
      session.publish("waits", by: 1)
      session.silently(.milliseconds(1_500))
      session.run(for: .milliseconds(12))
      return session
    },
    Scenario(
      name: "join",
      story: [
        "d knocks: a roster frame makes it a learner. It begins behind a mark that is older, asks the member whose door it",
        "came through for the tail, acks, and gets a vote.",
      ]
    ) {
      var session = MeshHarness.told(3)
      session.join("d")
      session.run(for: .milliseconds(130))
      return session
    },
    Scenario(
      name: "leave",
      story: ["A follower leaves: the reflector orders it, the world hears it, and only then it is gone."]
    ) {
      var session = MeshHarness.told(3)
      session.leave(2)
      session.run(for: .milliseconds(50))
      return session
    },
    Scenario(
      name: "reflector-leaves",
      story: [
        "The older of two leaves while it reflects. It says so, promises the next term to the other, follows it, and is",
        "dropped by it: the trunk goes on without a pause to speak of.",
      ]
    ) {
      var session = MeshHarness.told(2)
      session.leave(0)
      session.run(for: .milliseconds(60))
      return session
    },
    Scenario(
      name: "kill-during-term",
      story: [
        "Five peers. The reflector dies; so does its successor, after its Term reached one peer only. That one follows a",
        "term whose reflector is dead; the quorum of three takes the next number and keeps the log of the half-begun term.",
      ]
    ) {
      var session = MeshHarness.told(5)
      session.crash(0)
      session.filters = [
        Filter(from: 1, to: 2, "term", count: 9), Filter(from: 1, to: 3, "term", count: 9),
      ]
      _ = session.run(atMost: .seconds(1)) {
        $0.peers[4].mesh.reflector == $0.peers[1].member && $0.peers[4].mesh.isNormal
      }
      session.crash(1)
      session.silently(.milliseconds(50))
      session.run(for: .milliseconds(120))
      return session
    },
    Scenario(
      name: "kill-the-candidate",
      story: [
        "The candidate dies while it gathers promises: after 50 ms and a bit the next successor stands, one number higher."
      ]
    ) {
      var session = MeshHarness.told(5)
      session.crash(0)
      _ = session.run(atMost: .seconds(1)) { $0.peers[1].mesh.phase.word == "joining" }
      session.transcript = []
      session.run(for: .microseconds(600))
      session.crash(1)
      session.run(for: .milliseconds(120))
      return session
    },
    Scenario(
      name: "rosters-of-the-chosen-log",
      story: [
        "A directed schedule of PROTOCOL's introduction. Four peers; d's seat is known to a, c and d, but b missed it. a dies.",
        "b has the fewest frames: it must take the log and the rosters from the others before it may count itself elected.",
      ]
    ) {
      var session = MeshHarness.told(3)
      session.join("d")
      session.transcript = nil
      _ = session.run(atMost: .seconds(1)) { $0.peers.count == 4 }
      session.weather.cut = [Weather.Link(0, 1)]
      _ = session.run(atMost: .seconds(1)) { harness in
        harness.peers[0].mesh.roster.voters.count == 4 || harness.now.nanoseconds > 60_000_000_000
      }
      session.transcript = []
      session.crash(0)
      session.run(for: .milliseconds(110))
      return session
    },
    Scenario(
      name: "promise-of-a-minority",
      story: [
        "c hears the reflector no more, the others do. Its Suspect is answered with the newest frame and taken back; no term",
        "changes, and it is repaired through b.",
      ]
    ) {
      var session = MeshHarness.told(3)
      session.weather.cut = [Weather.Link(0, 2)]
      session.run(for: .milliseconds(110))
      return session
    },
    Scenario(
      name: "stale-roster",
      story: [
        "A follower whose roster is stale: c missed the last frames, which gave d its seat. a dies. What the others' words say",
        "is held is asked for at once, so that c knows whom to count.",
      ]
    ) {
      var session = MeshHarness.told(3)
      session.join("d")
      session.transcript = nil
      _ = session.run(atMost: .seconds(1)) { $0.peers.count == 4 }
      _ = session.run(atMost: .seconds(1)) { $0.peers[0].mesh.log.head.roster.voters.count == 4 }
      session.filters = [Filter(from: 0, to: 2, "frames", count: 50), Filter(from: 0, to: 2, "progress", count: 50)]
      session.run(for: .milliseconds(30))
      session.transcript = []
      session.crash(0)
      session.run(for: .milliseconds(130))
      return session
    },
    Scenario(
      name: "inherited-roster-change",
      story: [
        "The reflector dies with a roster change under way: the successor's log holds it, and it is agreed in the new term."
      ]
    ) {
      var session = MeshHarness.told(3)
      session.join("d")
      _ = session.run(atMost: .seconds(1)) { $0.peers[1].mesh.log.head.roster.entries.count == 4 }
      session.crash(0)
      session.silently(.milliseconds(60))
      session.run(for: .milliseconds(90))
      return session
    },
    Scenario(
      name: "outvoted",
      story: [
        "c promised a term alone: it heard b's Suspect, b did not hear c's. The others go on. A second later c has heard them",
        "agree on more than eight frames, and gives its id up to return under a new one.",
      ]
    ) {
      var session = MeshHarness.told(3)
      // For a moment nobody hears a; c hears b, and nobody hears c.
      session.weather.cut = [Weather.Link(0, 1), Weather.Link(0, 2), Weather.Link(2, 0), Weather.Link(2, 1)]
      session.transcript = nil
      _ = session.run(atMost: .seconds(1)) { $0.peers[2].mesh.phase.word == "joining" }
      session.weather.cut = [Weather.Link(2, 0), Weather.Link(2, 1)]
      session.run(for: .milliseconds(970))
      session.transcript = []
      _ = session.run(atMost: .milliseconds(100)) { $0.peers[2].detachment != nil }
      return session
    },
    Scenario(
      name: "removed",
      story: ["A peer that was cut off for more than ten seconds was dropped; back again it is told so, and is out."]
    ) {
      var session = MeshHarness.told(3, policy: .majority)
      session.weather.cut = [0, 1].flatMap { [Weather.Link($0, 2), Weather.Link(2, $0)] }
      session.silently(.seconds(11))
      session.weather.cut = []
      session.run(for: .milliseconds(30))
      return session
    },
    Scenario(
      name: "duplicates",
      story: ["Every packet arrives twice: messages are ordered once, frames are taken once."]
    ) {
      var session = MeshHarness.told(2)
      session.weather.duplication = 1_000
      session.publish("once", by: 1)
      session.run(for: .milliseconds(25))
      return session
    },
    Scenario(
      name: "foreign-lineage",
      story: ["A branch and its trunk hear each other again: neither takes a word of the other."]
    ) {
      var session = MeshHarness.told(2)
      session.weather.cut = [Weather.Link(0, 1), Weather.Link(1, 0)]
      session.silently(.milliseconds(2_500))
      session.weather.cut = []
      session.run(for: .milliseconds(45))
      return session
    },
  ]
}
