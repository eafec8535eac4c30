import SeloMesh
import SeloTestKit
import SeloWire
import Testing

/// What a hand-over promises beyond its transcripts.
@Suite struct HandingOverTests {
  /// The longest time in which the world of `index` does not move while `change` and 200 ms more happen.
  private func longestGap(
    _ session: inout MeshHarness, at index: Int, after change: (inout MeshHarness) -> Void
  ) -> Delay {
    let end = session.now + .milliseconds(200)
    var last = session.now
    var received = session.peers[index].mesh.log.received
    var longest = Delay.zero
    change(&session)
    while session.now < end {
      session.run(for: .microseconds(500))
      if session.peers[index].mesh.log.received > received {
        longest = max(longest, session.now.since(last))
        last = session.now
        received = session.peers[index].mesh.log.received
      }
    }
    return max(longest, session.now.since(last))
  }

  @Test func theWorldStopsForOneTickAtMost() {
    for count in 2...5 {
      var session = MeshHarness.session(of: count)
      let calm = longestGap(&session, at: count - 1) { _ in }
      let gap = longestGap(&session, at: count - 1) { $0.stepDown(0) }
      #expect(gap <= max(calm, .milliseconds(22)), "\(count) peers")
      #expect(session.reflects == 1)
      #expect(session.laws.violations == [])
    }
  }

  @Test func aLeavingReflectorIsDroppedByItsSuccessorWithoutAnElection() {
    var session = MeshHarness.session(of: 3)
    let number = session.peers[0].mesh.promise.term.number
    let gap = longestGap(&session, at: 2) { $0.leave(0) }
    #expect(gap <= .milliseconds(22))
    let detachment = session.peers[0].detachment
    #expect(detachment == .left)
    let after = session.peers[1].mesh.promise.term.number
    #expect(after == number)
    let members = session.peers[1].mesh.roster.entries.count
    #expect(members == 2)
  }

  @Test func manyHandOversKeepOneElectionAndEveryMessage() {
    var session = MeshHarness.session(of: 4)
    let number = session.peers[0].mesh.promise.term.number
    for round in 0..<30 {
      session.publish("m\(round)", by: round % 4)
      if let index = session.peers.firstIndex(where: \.mesh.isReflector) { session.stepDown(index) }
      session.run(for: .milliseconds(7))
    }
    session.run(for: .milliseconds(300))
    let term = session.peers[3].mesh.promise.term
    #expect(term.number == number && term.handover >= 15, "\(term)")
    let heard = session.peers.map { $0.heard.sorted() }
    #expect(heard.allSatisfy { $0 == (0..<30).map { "m\($0)" }.sorted() })
    #expect(session.laws.violations == [])
  }

  @Test func whoMissedTheElectionObeysAHandedOverTermByItsPromises() {
    var session = MeshHarness.session(of: 5)
    // The last one hears nothing of an election and of a hand-over behind it.
    session.weather.cut = [0, 1, 2, 3].flatMap { [Weather.Link($0, 4), Weather.Link(4, $0)] }
    session.crash(0)
    session.run(for: .milliseconds(300))
    #expect(session.reflects == 1)
    session.stepDown(1)
    session.run(for: .milliseconds(100))
    #expect(session.reflects == 2)
    session.weather.cut = []
    session.run(for: .milliseconds(300))
    let reflector = session.peers[4].mesh.reflector
    #expect(reflector == session.peers[2].member)
    let handover = session.peers[4].mesh.promise.term.handover
    #expect(handover == 1)
    #expect(session.laws.violations == [])
  }

  @Test func nobodyButTheReflectorStepsDown() {
    var session = MeshHarness.session(of: 3)
    session.stepDown(1)
    #expect(session.rejections.contains(.unexpected))
    #expect(session.reflects == 0)
  }

  @Test func aloneNobodyCanTakeOver() {
    var session = MeshHarness.session(of: 1)
    session.stepDown(0)
    session.run(for: .milliseconds(50))
    #expect(session.reflects == 0)
    #expect(session.rejections == [.unexpected])
  }
}

extension MeshHarness {
  /// The index of the one peer that reflects; nil when there are more or none.
  fileprivate var reflects: Int? {
    let found = peers.indices.filter { peers[$0].isMember && peers[$0].mesh.isReflector }
    return found.count == 1 ? found[0] : nil
  }
}
