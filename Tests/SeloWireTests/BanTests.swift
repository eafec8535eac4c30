import SeloTestKit
import SeloWire
import Testing

/// Who was put out stands in the roster: bounded, hashed, and never a member.
@Suite struct BanTests {
  private let notary = GlassNotary(identity: Author.fixture(1).identity)

  private func identity(_ number: UInt32) -> Identity { Author.fixture(number).identity }

  private func change(
    _ roster: Roster, dropping dropped: [UInt32] = [], adding added: [RosterEntry] = [], banning banned: [UInt32]
  ) -> RosterChange {
    RosterChange(
      from: roster, dropping: dropped.map { MemberID($0) }, standings: [], adding: added,
      banning: banned.map { identity($0) }, notary: notary)
  }

  @Test func aBanTravelsWithTheRosterAndItsHash() throws {
    let before = Roster.fixture(voters: 3)
    let after = try #require(change(before, dropping: [2], banning: [2]).applied(to: before, notary: notary))
    #expect(after.bans(identity(2)) && !after.bans(identity(3)))
    let pardoned = Roster(version: after.version, highest: after.highest, entries: after.entries)
    #expect(after.hash(notary) != pardoned.hash(notary))
    var writer = ByteWriter()
    after.write(to: &writer)
    var reader = ByteReader(writer.bytes)
    #expect(try Roster(reading: &reader) == after)
  }

  @Test func nobodyStandsInARosterThatBansIt() {
    let before = Roster.fixture(voters: 3)
    #expect(change(before, banning: [2]).applied(to: before, notary: notary) == nil)
    let guest = RosterEntry.fixture(4, standing: .learner)
    #expect(change(before, adding: [guest], banning: [4]).applied(to: before, notary: notary) == nil)
    let after = change(before, dropping: [2], banning: [2]).applied(to: before, notary: notary)
    let again = RosterEntry(
      id: MemberID(4), ident: RosterEntry.fixture(2).ident, standing: .learner, role: .member, name: "again",
      addresses: [])
    for case let roster? in [after] {
      #expect(change(roster, adding: [again], banning: []).applied(to: roster, notary: notary) == nil)
    }
  }

  @Test func aBanIsOrderedOnce() {
    let before = Roster.fixture(voters: 3)
    #expect(change(before, dropping: [2], banning: [2, 2]).applied(to: before, notary: notary) == nil)
    let after = change(before, dropping: [2], banning: [2]).applied(to: before, notary: notary)
    for case let roster? in [after] {
      #expect(change(roster, banning: [2]).applied(to: roster, notary: notary) == nil)
    }
  }

  @Test func ofTooManyTheOldestAreForgotten() throws {
    var roster = Roster.fixture(voters: 1)
    for number in 2...300 {
      roster = try #require(change(roster, banning: [UInt32(number)]).applied(to: roster, notary: notary))
    }
    #expect(roster.banned.count == Limits.bans)
    #expect(!roster.bans(identity(44)) && roster.bans(identity(45)) && roster.bans(identity(300)))
  }
}
