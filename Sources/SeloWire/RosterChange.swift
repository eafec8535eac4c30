/// The body of a roster frame: who leaves, whose standing changes, who is new, who may not come back.
package struct RosterChange: Hashable, Sendable {
  /// The version that results; one more than before.
  package let version: UInt64
  package let dropped: [MemberID]
  package let standings: [StandingChange]
  package let added: [RosterEntry]
  /// Identities that are put out: whoever speaks for one of them is dropped in the same change.
  package let banned: [Identity]
  /// Hash of the resulting roster.
  package let result: Bytes32
  /// Hash of the roster before.
  package let previous: Bytes32

  package struct StandingChange: Hashable, Sendable {
    package let id: MemberID
    package let standing: Standing

    package init(id: MemberID, standing: Standing) {
      self.id = id
      self.standing = standing
    }
  }

  /// The change that leads from `roster` to what the arguments say. The caller has chosen ids and standings that fit.
  package init(
    from roster: Roster, dropping dropped: [MemberID], standings: [StandingChange], adding added: [RosterEntry],
    banning banned: [Identity] = [], notary: some Notary
  ) {
    version = roster.version + 1
    self.dropped = dropped
    self.standings = standings
    self.added = added
    self.banned = banned
    previous = roster.hash(notary)
    let result = Self.combine(roster, version, dropped, standings, added, banned)
    self.result = result.hash(notary)
  }

  /// The roster after this change, or nil when the change does not fit the roster before it.
  package func applied(to roster: Roster, notary: some Notary) -> Roster? {
    guard version == roster.version + 1, previous == roster.hash(notary) else { return nil }
    var highest = roster.highest
    for entry in added {
      guard entry.id.value <= Limits.termNumber else { return nil }
      guard entry.id > highest, entry.standing == .learner || roster.version == 0 else { return nil }
      highest = entry.id
    }
    guard dropped.allSatisfy({ roster[$0] != nil }), standings.allSatisfy({ roster[$0.id] != nil }) else { return nil }
    for (index, identity) in banned.enumerated() {
      guard !roster.bans(identity), !banned[..<index].contains(identity) else { return nil }
    }
    let after = Self.combine(roster, version, dropped, standings, added, banned)
    guard after.entries.allSatisfy({ !after.bans($0.identity) }) else { return nil }
    guard after.entries.count <= Limits.members, after.hash(notary) == result else { return nil }
    return after
  }

  private static func combine(
    _ roster: Roster, _ version: UInt64, _ dropped: [MemberID], _ standings: [StandingChange], _ added: [RosterEntry],
    _ banned: [Identity]
  ) -> Roster {
    var entries = roster.entries.filter { !dropped.contains($0.id) }
    for change in standings {
      for index in entries.indices where entries[index].id == change.id { entries[index].standing = change.standing }
    }
    entries += added
    return Roster(
      version: version, highest: max(roster.highest, added.last?.id ?? roster.highest), entries: entries,
      banned: Array((roster.banned + banned).suffix(Limits.bans)))
  }

  package func write(to writer: inout ByteWriter) {
    writer.uint64(version)
    writer.count(dropped.count)
    for id in dropped { writer.uint32(id.value) }
    writer.count(standings.count)
    for change in standings {
      writer.uint32(change.id.value)
      writer.uint8(change.standing.rawValue)
    }
    writer.count(added.count)
    for entry in added { entry.write(to: &writer) }
    writer.identities(banned)
    result.write(to: &writer)
    previous.write(to: &writer)
  }

  package init(reading reader: inout ByteReader) throws(DecodeError) {
    version = try reader.uint64()
    var dropped: [MemberID] = []
    for _ in 0..<(try reader.count(limit: Limits.members, elementSize: 4)) { dropped.append(try reader.memberID()) }
    var standings: [StandingChange] = []
    for _ in 0..<(try reader.count(limit: Limits.members, elementSize: 5)) {
      let id = try reader.memberID()
      guard let standing = Standing(rawValue: try reader.uint8()) else { throw .invalid("standing") }
      standings.append(StandingChange(id: id, standing: standing))
    }
    var added: [RosterEntry] = []
    for _ in 0..<(try reader.count(limit: Limits.members, elementSize: IdentBytes.encodedSize)) {
      added.append(try RosterEntry(reading: &reader))
    }
    self.dropped = dropped
    self.standings = standings
    self.added = added
    banned = try reader.identities()
    result = try reader.bytes32()
    previous = try reader.bytes32()
  }
}
