import SeloTestKit
import SeloWire
import Testing

@testable import SeloMesh

@Suite struct OutboxTests {
  private let author = Author.fixture(2)
  private var moment: Moment<GlassNotary> { moment(at: .zero) }

  private func moment(at now: Instant) -> Moment<GlassNotary> {
    Moment(now: now, session: .fixture, notary: GlassNotary(identity: author.identity))
  }

  private func filled(_ count: Int, sealedEvery size: Int) -> Outbox {
    var outbox = Outbox()
    for number in 1...count {
      #expect(outbox.take([UInt8(number)]) == UInt64(number))
      if number % size == 0 { seal(&outbox) }
    }
    seal(&outbox)
    return outbox
  }

  @discardableResult
  private func seal(_ outbox: inout Outbox, logged: UInt64 = 0, at now: Instant = .zero) -> [SignedEnvelope] {
    outbox.seal(
      author: author, lineage: Reign.fixture().lineage, agreed: 0, chain: .zero, logged: logged, moment(at: now))
  }

  /// Every way to seal, every place in the log and every place that is final: nothing is lost, nothing comes twice.
  @Test func whatTheLogLacksIsSentAgainInOrder() {
    for size in 1...4 {
      for logged in UInt64(0)...6 {
        var outbox = filled(6, sealedEvery: size)
        let due = outbox.due(logged: logged, all: true, at: .zero)
        let sent = due.flatMap { $0.envelope.messages.map { $0[0] } }
        let first = due.first?.envelope.first ?? 7
        #expect(sent == (first..<7).map { UInt8($0) })
        #expect(first <= logged + 1, "nothing the log lacks is left out")
        // A whole envelope is let go when its last message is final.
        outbox.settle(logged)
        let kept = outbox.unordered(logged: 0).count
        #expect(kept >= 6 - Int(logged))
        #expect(kept < 6 - Int(logged) + size)
        #expect(outbox.count == kept)
      }
    }
  }

  @Test func patienceGrowsFromTwentyMillisecondsToASecond() {
    var outbox = filled(1, sealedEvery: 1)
    var now = Instant.zero
    var waits: [UInt64] = []
    for _ in 0..<11 {
      guard let deadline = outbox.deadline(logged: 0) else { break }
      waits.append(deadline.since(now).nanoseconds / 1_000_000)
      now = deadline
      #expect(outbox.due(logged: 0, all: false, at: now).count == 1)
    }
    #expect(waits == [20, 30, 45, 67, 101, 151, 227, 341, 512, 768, 1_000])
    #expect(outbox.deadline(logged: 1) == nil)
  }

  /// A reflector that takes 400 ms for everything: after a few copies nothing is sent twice any more.
  @Test func patienceFollowsASlowReflector() {
    var outbox = Outbox()
    var copies: [Int] = []
    for number in UInt64(1)...60 {
      let taken = Instant.zero + .milliseconds(100) * number
      #expect(outbox.take([UInt8(number)]) == number)
      seal(&outbox, at: taken)
      let logged = number > 4 ? number - 4 : 0
      outbox.noteLogged(through: logged, at: taken)
      copies.append(outbox.due(logged: logged, all: false, at: taken).count)
    }
    #expect(copies.prefix(20).reduce(0, +) > 0, "the first patience is shorter than that")
    #expect(copies.suffix(40).reduce(0, +) == 0)
  }

  /// What was sent again is not measured: it would tell how patient the author was, and grow with it.
  @Test func aLossIsNotTakenForSlowness() throws {
    var outbox = Outbox()
    var now = Instant.zero
    for number in UInt64(1)...40 {
      #expect(outbox.take([UInt8(number)]) == number)
      seal(&outbox, at: now)
      // Every other one is lost once.
      if number % 2 == 0 {
        let deadline = try #require(outbox.deadline(logged: number - 1))
        #expect(deadline.since(now) <= .milliseconds(30))
        now = deadline
        #expect(outbox.due(logged: number - 1, all: false, at: now).count == 1)
      }
      now = now + .milliseconds(1)
      outbox.noteLogged(through: number, at: now)
      now = now + .milliseconds(20)
    }
  }

  /// The first of many waits longest: what was sent a moment ago is not sent again with it.
  @Test func onlyWhatHasWaitedIsSentAgain() {
    var outbox = filled(2, sealedEvery: 1)
    _ = outbox.take([3])
    seal(&outbox, at: .zero + .milliseconds(15))
    let due = outbox.due(logged: 0, all: false, at: .zero + .milliseconds(20))
    #expect(due.map(\.envelope.first) == [1, 2])
  }

  /// No more envelopes are under way than a reflector holds; what waits behind them travels together.
  @Test func whatComesWhileManyAreUnderWayTravelsTogether() {
    let window = UInt64(Limits.envelopesAhead)
    var outbox = Outbox()
    var sealed = 0
    for number in 1...200 {
      _ = outbox.take([UInt8(number)])
      sealed += seal(&outbox).count
    }
    #expect(sealed == Limits.envelopesAhead)
    #expect(seal(&outbox, logged: 0).isEmpty)
    #expect(seal(&outbox, logged: 1).map(\.envelope.messages.count) == [200 - Limits.envelopesAhead])
    #expect(outbox.unordered(logged: window) == (window + 1...200).map { [UInt8($0)] })
  }

  /// Another reflector may hold less of the log than the one before: all that it lacks goes to it, a window at a time,
  /// and nothing waits for a patience that is about another.
  @Test func anotherReflectorIsSentAWindowAtATime() {
    let (window, now) = (UInt64(Limits.envelopesAhead), Instant.zero + .milliseconds(5))
    var outbox = filled(Limits.envelopesAhead, sealedEvery: 1)
    for _ in 0..<window {
      _ = outbox.take([0])
      seal(&outbox, logged: window)
    }
    #expect(outbox.due(logged: 0, all: true, at: now).map(\.envelope.first) == Array(1...window))
    #expect(outbox.due(logged: 0, all: false, at: now).isEmpty)
    _ = outbox.take([0])
    #expect(seal(&outbox, logged: window).isEmpty, "others come first")
    #expect(outbox.due(logged: 3, all: false, at: now).map(\.envelope.first) == Array(window + 1...window + 3))
    #expect(outbox.due(logged: window, all: false, at: now).count == Limits.envelopesAhead - 3)
    #expect(seal(&outbox, logged: window + 1).map(\.envelope.first) == [2 * window + 1])
  }

  /// What has come in time and waited behind one that was lost says nothing about the way.
  @Test func whoWaitedForALostOneIsNotMeasured() throws {
    var outbox = filled(3, sealedEvery: 1)
    _ = outbox.due(logged: 0, all: false, at: .zero + .milliseconds(20))
    _ = outbox.take([4])
    seal(&outbox, at: .zero + .milliseconds(21))
    outbox.noteLogged(through: 3, at: .zero + .milliseconds(900))
    outbox.noteLogged(through: 4, at: .zero + .milliseconds(901))
    _ = outbox.take([5])
    seal(&outbox, logged: 4, at: .zero + .milliseconds(902))
    let deadline = try #require(outbox.deadline(logged: 4))
    #expect(deadline.since(.zero + .milliseconds(902)) == .milliseconds(30))
  }

  /// c publishes on a way that is cut for three seconds. It was sent again by hundreds, of which a reflector held the
  /// last sixty-four: a few went through each time.
  @Test func aBacklogGoesThroughWhenTheWayIsBack() {
    var session = MeshHarness.session(of: 3)
    session.weather.cut = [Weather.Link(2, 0)]
    for number in 0..<600 {
      session.publish("\(number)", by: 2)
      session.run(for: .milliseconds(5))
    }
    session.weather.cut = []
    session.weather.jitter = .microseconds(400)
    let isThrough = session.run(atMost: .seconds(2)) { harness in
      let mesh = harness.peers[2].mesh
      return mesh.outbox.unordered(logged: mesh.loggedOwn).isEmpty
    }
    #expect(isThrough)
    #expect(!session.rejections.contains(.envelopeTooFarAhead))
    #expect(session.laws.violations == [])
  }

  @Test func aFullOutboxPushesBack() {
    var outbox = Outbox()
    for _ in 0..<Limits.outboxMessages { #expect(outbox.take([]) != nil) }
    #expect(outbox.take([]) == nil)
    var heavy = Outbox()
    for _ in 0..<(Limits.outboxBytes / Limits.messageBytes) {
      #expect(heavy.take(Array(repeating: 0, count: Limits.messageBytes)) != nil)
    }
    #expect(heavy.take(Array(repeating: 0, count: Limits.messageBytes)) == nil)
  }

  @Test func anotherLineageIsSignedAnew() {
    var outbox = filled(2, sealedEvery: 1)
    let branch = Reign.fixture(lineage: 9).lineage
    outbox.resign(for: branch, agreed: 3, chain: .zero, moment)
    let due = outbox.due(logged: 0, all: true, at: .zero)
    #expect(due.map(\.envelope.lineage) == [branch, branch])
    #expect(due.allSatisfy { $0.isSigned(for: .fixture, notary: moment.notary) })
  }

  /// The reflector's queue: whatever the order of arrival, each author's messages leave in order, once.
  @Test func theQueueMendsOrderAndDropsRepetition() throws {
    let envelopes = (1...4).map { SignedEnvelope.fixture(2, first: UInt64($0), ["\($0)"]) }
    for order in permutations([0, 1, 2, 3]) {
      var queue = EnvelopeQueue()
      for index in order { try queue.add(envelopes[index], logged: 0) }
      #expect(throws: Rejection.duplicateEnvelope) { try queue.add(envelopes[order[0]], logged: 0) }
      #expect(queue.take().map(\.envelope.first) == [1, 2, 3, 4])
      #expect(queue.isEmpty)
    }
    var far = EnvelopeQueue()
    for number in 0..<UInt64(Limits.envelopesAhead) { try far.add(.fixture(2, first: number + 2), logged: 0) }
    #expect(throws: Rejection.envelopeTooFarAhead) { try far.add(.fixture(2, first: 99), logged: 0) }
  }

  private func permutations(_ elements: [Int]) -> [[Int]] {
    if elements.isEmpty { return [[]] }
    return elements.flatMap { first in permutations(elements.filter { $0 != first }).map { [first] + $0 } }
  }
}
