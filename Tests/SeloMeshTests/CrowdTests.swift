import SeloMesh
import SeloTestKit
import SeloWire
import Testing

/// Many members on machines that can hardly follow: what an election costs must not be what keeps it from ending.
@Suite struct CrowdTests {
  /// Sixteen processes shared two processors with compilers. Their reflector fell silent for half a second, everybody said
  /// so to everybody a hundred times a second, nobody could read that fast, and the session fell to pieces.
  @Test(arguments: [1, 2, 4]) func sixteenSlowMembersElectOnce(milliseconds: UInt64) {
    var harness = Self.crowd
    for index in harness.peers.indices { harness.peers[index].pace = .milliseconds(milliseconds) }
    harness.run(for: .seconds(3))
    harness.crash(0)
    harness.run(for: .seconds(20))
    let living = harness.peers.dropFirst()
    let reigns = Set(living.map(\.mesh.currentReign))
    #expect(harness.laws.violations == [])
    #expect(harness.branches == 0)
    #expect(reigns.count == 1 && living.count { $0.mesh.isReflector } == 1)
  }

  /// Where an answer takes 200 ms, a question every few milliseconds brings each frame many times. A follower of such a
  /// crowd was sent five thousand frames in seven seconds that it held already.
  @Test func aQuestionIsNotRepeatedBeforeAnAnswerCanBeThere() {
    var harness = MeshHarness.session(of: 3, tick: .milliseconds(100))
    harness.weather.delay = .milliseconds(100)
    harness.run(for: .seconds(5))
    harness.transcript = []
    for _ in 0..<10 {
      harness.filters.append(Filter(from: 0, to: 2, "frames"))
      harness.run(for: .seconds(2))
    }
    let questions = harness.transcript?.count { $0.contains("to 1: repair") || $0.contains("to 2: repair") } ?? 0
    #expect(questions >= 10 && questions < 40, "\(questions)")
    #expect(harness.laws.violations == [] && harness.peers[0].mesh.isReflector)
  }

  /// A newcomer far behind, on a starved machine, asked anew whenever a part of the answer was read: it was sent each
  /// frame several times, had time for a fifth of them, and fell behind further and further.
  @Test func anAnswerThatIsComingInIsNotAskedForAgain() {
    var harness = MeshHarness.session(of: 3)
    harness.weather.cut = [Weather.Link(0, 2), Weather.Link(1, 2)]
    for _ in 0..<100 {
      harness.publish("x", by: 1)
      harness.run(for: .milliseconds(10))
    }
    harness.weather.cut = []
    harness.peers[2].pace = .milliseconds(5)
    harness.transcript = []
    for _ in 0..<100 {
      harness.publish("x", by: 1)
      harness.run(for: .milliseconds(20))
    }
    let doubles = harness.transcript?.count { $0.contains("rejected duplicateFrame") } ?? 0
    #expect(doubles < 250, "\(doubles)")
    #expect(harness.peers[2].mesh.log.received + 10 > harness.peers[0].mesh.log.received)
    #expect(harness.laws.violations == [])
  }

  /// More than five frames are stamped within a round trip: a newcomer lacked them all, always, and got no vote. So three
  /// starved processes "did not come together" in three minutes.
  @Test func whoIsFarAwayGetsAVote() {
    var harness = MeshHarness.session(of: 3)
    // By and by, so that nobody takes the longer way for a silence.
    for delay in UInt64(1)...12 {
      harness.weather.delay = .milliseconds(10 * delay)
      harness.run(for: .milliseconds(200))
    }
    harness.join("d")
    let votes = harness.run(atMost: .seconds(5)) { $0.peers.count == 4 && $0.peers[0].mesh.roster.voters.count == 4 }
    #expect(votes)
    #expect(harness.laws.violations == [] && harness.peers[0].mesh.isReflector)
  }

  private static let crowd: MeshHarness = {
    var harness = MeshHarness.session(of: 7, tick: .milliseconds(100))
    for index in 7..<16 {
      harness.join(MeshHarness.name(index))
      harness.run(for: .milliseconds(600))
    }
    harness.run(for: .seconds(2))
    return harness
  }()
}
