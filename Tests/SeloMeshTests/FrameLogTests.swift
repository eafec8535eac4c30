import SeloMesh
import SeloTestKit
import SeloWire
import Testing

@Suite struct FrameLogTests {
  /// Truncation and settling, tried at every pair of places, against a log that was written to there only.
  @Test func truncationEqualsNeverHavingHadTheFrames() {
    for settled in UInt64(1)...6 {
      for kept in settled...8 {
        var long = LogWriter()
        var short = LogWriter()
        for sequence in UInt64(2)...8 {
          let body = Frame.Body.messages([.fixture(2, first: sequence - 1)])
          long.append(body)
          if sequence <= kept { short.append(body) }
          if sequence == settled {
            long.log.settle(to: settled, notary: long.notary)
            short.log.settle(to: settled, notary: short.notary)
          }
        }
        if settled == 1 {
          long.log.settle(to: 1, notary: long.notary)
          short.log.settle(to: 1, notary: short.notary)
        }
        long.log.truncate(to: kept, notary: long.notary)
        #expect(long.log == short.log, "settled \(settled), kept \(kept)")
      }
    }
  }

  @Test func aStateTravelsAsBytes() throws {
    var writer = LogWriter()
    writer.append(.messages([.fixture(2), .fixture(3, ["a", "b"])]), agreed: 1)
    writer.append(agreed: 2)
    var bytes = ByteWriter()
    writer.log.head.write(to: &bytes)
    var reader = ByteReader(bytes.bytes)
    #expect(try LogState(reading: &reader) == writer.log.head)
    try reader.finish()
    for length in bytes.bytes.indices {
      var short = ByteReader(Array(bytes.bytes[..<length]))
      #expect(throws: DecodeError.self) {
        _ = try LogState(reading: &short)
        try short.finish()
      }
    }
  }

  @Test func refusesWhatDoesNotFollow() {
    var writer = LogWriter()
    writer.append(agreed: 1)
    let head = writer.log.head
    func refused(_ frame: Frame, _ rejection: Rejection) {
      var log = writer.log
      let proven = Proven(checked: SignedFrame(frame, session: .fixture, notary: writer.notary))
      #expect(throws: rejection) { try log.append(proven, notary: writer.notary) }
      #expect(log == writer.log, "a refused frame changes nothing")
    }
    let good = writer.next().value.frame
    refused(good.with(sequence: 4), .brokenChain)
    refused(good.with(previous: .zero), .brokenChain)
    refused(good.with(time: VirtualTime(nanoseconds: head.time.nanoseconds - 1)), .badTime)
    refused(good.with(time: head.time + .milliseconds(251)), .badTime)
    refused(good.with(agreed: 0), .fallingAgreement)
    refused(good.with(reign: .fixture(2)), .badReign)
    refused(good.with(reign: .fixture(0), body: .term(successors: [])), .badReign)
    refused(good.with(reign: .fixture(2, lineage: 9), body: .term(successors: [])), .badReign)
    refused(good.with(body: .messages([.fixture(2, first: 2)])), .badAuthorSequence)
    refused(good.with(body: .messages([.fixture(2), .fixture(2)])), .badAuthorSequence)
    refused(good.with(body: .messages([.fixture(9)])), .notAuthor)
    let stale = RosterChange(from: .empty, dropping: [], standings: [], adding: [.fixture(4)], notary: writer.notary)
    refused(good.with(body: .roster(stale)), .badRoster)
    refused(good.with(body: .tick(.milliseconds(4))), .badTick)
    refused(good.with(body: .tick(.milliseconds(201))), .badTick)
  }

  /// Followers wait for the slower of two tick periods: of three one would be forgotten.
  @Test func refusesASecondPendingTick() {
    var writer = LogWriter()
    writer.append(agreed: 1)
    let first = writer.append(.tick(.milliseconds(200)))
    let second = Frame.Body.tick(.milliseconds(10))
    #expect(throws: Rejection.badTick) { try writer.log.append(writer.next(second), notary: writer.notary) }
    writer.append(second, agreed: first.sequence)
    #expect(writer.log.head.tick == .milliseconds(10) && writer.log.floor.tick == .milliseconds(20))
  }

  /// A millisecond for each member.
  @Test func aTickIsNotShorterThanItsMembersAcksTake() {
    var writer = LogWriter(voters: 8)
    writer.append(agreed: 1)
    #expect(throws: Rejection.badTick) {
      try writer.log.append(writer.next(.tick(.milliseconds(7))), notary: writer.notary)
    }
    writer.append(.tick(.milliseconds(8)))
    #expect(writer.log.head.tick == .milliseconds(8))
  }

  /// Law 11: a second change while the first is not agreed.
  @Test func refusesASecondPendingRoster() {
    var writer = LogWriter()
    writer.append(agreed: 1)
    func change(adding id: UInt32) -> RosterChange {
      RosterChange(
        from: writer.log.head.roster, dropping: [], standings: [], adding: [.fixture(id, standing: .learner)],
        notary: writer.notary)
    }
    let first = writer.append(.roster(change(adding: 4)))
    let second = Frame.Body.roster(change(adding: 5))
    #expect(throws: Rejection.badRoster) { try writer.log.append(writer.next(second), notary: writer.notary) }
    writer.append(second, agreed: first.sequence)
    #expect(writer.log.head.roster.entries.map(\.id.value) == [1, 2, 3, 4, 5])
  }

  /// A founding or a branch asks no roster before it; else no lone founder and no survivor could agree on anything.
  @Test func aLineageBeginsWithItsOwnRoster() {
    var writer = LogWriter()
    #expect(writer.log.head.rostersInForce(agreed: 0).map(\.voters.count) == [3])
    writer.append(agreed: 1)
    let parent = writer.reign.lineage
    let cut = writer.log.received
    writer.reign = .fixture(2, lineage: 9)
    writer.append(.branch(parent: parent, sequence: cut, ids: [MemberID(2)]))
    #expect(writer.log.head.rostersInForce(agreed: 1).map { $0.voters.map(\.id.value) } == [[2]])
    let heard = try? writer.log.append(writer.next(agreed: 3), notary: writer.notary)
    #expect(heard?.map(\.name) == ["peer 1", "peer 3"])
    #expect(heard?.allSatisfy { !$0.joined } == true)
  }

  @Test func theAuthorTableForgetsTheDepartedOldestFirst() {
    var writer = LogWriter(voters: 200)
    // Not more than 1,024 authors, of whom 200 are members: nobody is forgotten who may come back.
    for id in 1...UInt32(200) { writer.append(.messages([.fixture(id)])) }
    #expect(writer.log.head.authors.all.count == 200)
    #expect(writer.log.head.authors.last(of: .fixture(7)) == 1)
    #expect(writer.log.head.authors.last(of: .fixture(999)) == 0)
    let sorted = writer.log.head.authors.all.map(\.author)
    #expect(sorted == sorted.sorted())
  }
}

extension Frame {
  fileprivate func with(
    reign: Reign? = nil, sequence: UInt64? = nil, time: VirtualTime? = nil, agreed: UInt64? = nil,
    previous: Bytes32? = nil, body: Body? = nil
  ) -> Frame {
    Frame(
      reign: reign ?? self.reign, sequence: sequence ?? self.sequence, time: time ?? self.time,
      agreed: agreed ?? self.agreed, final: min(final, agreed ?? self.agreed), previous: previous ?? self.previous,
      body: body ?? self.body)
  }
}
