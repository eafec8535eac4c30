import SeloKit
import SeloWire
import Testing

@testable import SeloCommand

/// The demo's verdict must be able to fail: each kind of harm is done to a log, and must be seen.
@Suite struct LedgerTests {
  private let ada = Author(identity: Identity(Bytes32([1])), incarnation: Incarnation(7))

  /// What a witness says that saw these messages of ada in its agreed log.
  private func witness(_ ranges: [(first: UInt64, count: UInt32)], received: UInt64? = nil) -> AuditReport {
    var audit = AuthorAudit()
    for (tick, range) in ranges.enumerated() {
      audit.ordered(tick: UInt64(tick + 1), author: ada, first: range.first, count: range.count)
    }
    let last = ranges.last.map { $0.first + UInt64($0.count) - 1 } ?? 0
    return AuditReport(
      now: .zero, ring: AgreedRing(), after: 0, audit: audit, received: [(ada, received ?? last)])
  }

  /// What ada says of itself.
  private func status(published: UInt64, run: UInt64 = 7, voters: Int = 0) throws -> SessionStatus {
    let voter = """
      {"name":"v","fingerprint":"f","identity":"","id":1,"standing":"voter","role":"host","is_reflector":false,"is_me":false}
      """
    let members = Array(repeating: voter, count: voters).joined(separator: ",")
    let text = """
      {"schema":"selo.status/1","session":"s","name":"ada","fingerprint":"f","identity":"\(hexadecimal(ada.identity.key.bytes))",
      "world":"village","pid":1,"incarnation":\(run),"addresses":[],"phase":"member","missing":[],"is_connected":true,
      "is_in_sync":true,"lineage":"","is_branch":false,"term":1,"reflector":"ada","is_reflector":true,"standing":"voter","received":1,"agreed":1,"final":1,
      "agreed_seconds":0,"tick_period_milliseconds":20,"agreed_chain":"","is_vouched":true,"agreed_digest":"","members":[\(members)],"outbox":0,"published":\(published),
      "messages":{"taken":0,"refused":0,"resubmitted":0,"lost":0},
      "network":{"received":0,"sent":0,"dropped":0,"reopened":0,"announced":0,"not_announced":0,"echoed":0,"heard":0},
      "rejections":{}}
      """
    return try #require(JSONLine.decode(SessionStatus.self, Array(text.utf8)))
  }

  @Test func nothingIsLostWhenEverythingIsThere() throws {
    var ledger = Ledger()
    ledger.published(try status(published: 5))
    #expect(ledger.isSettled([witness([(1, 5)])]))
    #expect(ledger.check([witness([(1, 3), (4, 2)])]) == (0, 0))
    #expect(ledger.sent == 5)
  }

  @Test func aMessageThatIsMissingAtTheEndIsLost() throws {
    var ledger = Ledger()
    ledger.published(try status(published: 5))
    #expect(!ledger.isSettled([witness([(1, 4)])]))
    #expect(ledger.check([witness([(1, 4)])]) == (1, 0))
  }

  @Test func aMessageThatIsMissingInTheMiddleIsLost() throws {
    var ledger = Ledger()
    ledger.published(try status(published: 5))
    #expect(ledger.check([witness([(1, 2), (4, 2)])]) == (1, 0))
  }

  @Test func oneWitnessIsEnoughToFindALoss() throws {
    var ledger = Ledger()
    ledger.published(try status(published: 5))
    #expect(ledger.check([witness([(1, 5)]), witness([(1, 3)])]) == (2, 0))
  }

  @Test func aMessageThatCameTwiceIsDoubled() throws {
    var ledger = Ledger()
    ledger.published(try status(published: 5))
    #expect(ledger.check([witness([(1, 4), (4, 2)])]) == (0, 1))
  }

  @Test func ofTheDeadTheLogOwesWhatASurvivorHeld() throws {
    var ledger = Ledger()
    ledger.died(try status(published: 9), survivors: [witness([(1, 5)], received: 7), witness([(1, 5)])])
    #expect(ledger.check([witness([(1, 7)])]) == (0, 0))
    #expect(ledger.check([witness([(1, 6)])]) == (1, 0))
    #expect(ledger.sent == 9)
  }

  @Test func ofTheDeadTheLogOwesWhatNoQuorumCanLack() throws {
    // Five voters, four survivors, three of them are a quorum: one may be left out of it, two may not.
    for (holders, owed) in [(1, UInt32(5)), (2, 7)] {
      var ledger = Ledger()
      let survivors = (0..<4).map { witness([(1, 5)], received: $0 < holders ? 7 : 5) }
      ledger.died(try status(published: 9, voters: 5), survivors: survivors)
      #expect(ledger.check([witness([(1, owed)])]) == (0, 0))
      #expect(ledger.check([witness([(1, owed - 1)])]) == (1, 0))
    }
  }

  @Test func aRunThatCameBackOwesUnderItsNewName() throws {
    var ledger = Ledger()
    ledger.published(try status(published: 9))
    ledger.published(try status(published: 4, run: 8))
    #expect(!ledger.isSettled([witness([(1, 5)])]))
    #expect(ledger.check([witness([(1, 5)])]) == (4, 0))
    #expect(ledger.sent == 13)
  }

  @Test func anAuthorThatNobodySawIsLostWhole() throws {
    var ledger = Ledger()
    ledger.published(try status(published: 3))
    #expect(ledger.check([witness([])]) == (3, 0))
  }
}
