/// One member of a session.
package struct RosterEntry: Hashable, Sendable {
  package let id: MemberID
  package let ident: IdentBytes
  package var standing: Standing
  package let role: Role
  /// At most 48 bytes of text without control marks.
  package let name: String
  /// Where its admitter saw it; at most three.
  package let addresses: [Endpoint]

  package init(
    id: MemberID, ident: IdentBytes, standing: Standing, role: Role, name: String, addresses: [Endpoint]
  ) {
    self.id = id
    self.ident = ident
    self.standing = standing
    self.role = role
    self.name = name
    self.addresses = addresses
  }

  package var author: Author { ident.author }
  package var identity: Identity { ident.author.identity }
  package var member: Member { Member(id: id, incarnation: ident.author.incarnation) }

  package func write(to writer: inout ByteWriter) {
    writer.uint32(id.value)
    ident.write(to: &writer)
    writer.uint8(standing.rawValue)
    writer.uint8(role.rawValue)
    writer.text(name)
    writer.count(addresses.count)
    for address in addresses { address.write(to: &writer) }
  }

  package init(reading reader: inout ByteReader) throws(DecodeError) {
    id = try reader.memberID()
    ident = try IdentBytes(reading: &reader)
    guard let standing = Standing(rawValue: try reader.uint8()) else { throw .invalid("standing") }
    guard let role = Role(rawValue: try reader.uint8()) else { throw .invalid("role") }
    self.standing = standing
    self.role = role
    name = try reader.name(limit: Limits.nameBytes)
    let count = try reader.count(limit: Limits.addresses, elementSize: Endpoint.encodedSize)
    var addresses: [Endpoint] = []
    for _ in 0..<count { addresses.append(try Endpoint(reading: &reader)) }
    self.addresses = addresses
  }
}

/// Who belongs to a session after one roster frame: sorted by id, so that seniority is the order.
package struct Roster: Hashable, Sendable {
  /// Counts roster frames of the log; 0 before the first.
  package let version: UInt64
  /// The highest id ever given on this log; ids are never used twice.
  package let highest: MemberID
  package let entries: [RosterEntry]
  /// Who was put out and may not come back, in order of time; of more than `Limits.bans` the oldest are forgotten.
  package let banned: [Identity]
  /// The voters, oldest first. Kept, because quorums are counted in every step.
  package let voters: [Member]

  package init(version: UInt64, highest: MemberID, entries: [RosterEntry], banned: [Identity] = []) {
    self.version = version
    self.highest = highest
    self.entries = entries
    self.banned = banned
    voters = Self.voters(of: entries)
  }

  private static func voters(of entries: [RosterEntry]) -> [Member] {
    entries.lazy.filter { $0.standing == .voter }.map(\.member)
  }

  package static let empty = Roster(version: 0, highest: MemberID(0), entries: [])

  /// The entry of exactly this member, id and incarnation. O(members).
  package subscript(member: Member) -> RosterEntry? {
    entries.first { $0.id == member.id && $0.author.incarnation == member.incarnation }
  }

  package subscript(id: MemberID) -> RosterEntry? { entries.first { $0.id == id } }

  /// The entry of exactly this run of this identity.
  package func entry(of author: Author) -> RosterEntry? { entries.first { $0.author == author } }

  /// Whether this identity was put out. O(bans).
  package func bans(_ identity: Identity) -> Bool { banned.contains(identity) }

  /// The member that exactly this run of this identity is.
  package func member(of author: Author) -> Member? {
    entries.firstIndex { $0.author == author }.map { entries[$0].member }
  }

  /// The author of exactly this member.
  package func author(of member: Member) -> Author? {
    entries.firstIndex { $0.member == member }.map { entries[$0].author }
  }

  package func write(to writer: inout ByteWriter) {
    writer.uint64(version)
    writer.uint32(highest.value)
    writer.count(entries.count)
    for entry in entries { entry.write(to: &writer) }
    writer.identities(banned)
  }

  package init(reading reader: inout ByteReader) throws(DecodeError) {
    version = try reader.uint64()
    highest = try reader.memberID()
    guard highest.value <= Limits.termNumber else { throw .tooLarge("member id") }
    let count = try reader.count(limit: Limits.members, elementSize: IdentBytes.encodedSize)
    var entries: [RosterEntry] = []
    for _ in 0..<count {
      let entry = try RosterEntry(reading: &reader)
      if let last = entries.last, last.id >= entry.id { throw .invalid("roster order") }
      guard entry.id <= highest else { throw .invalid("roster id") }
      entries.append(entry)
    }
    self.entries = entries
    banned = try reader.identities()
    voters = Self.voters(of: entries)
  }

  /// H("roster", the whole roster): what a roster frame says its result is.
  package func hash(_ notary: some Notary) -> Bytes32 {
    var writer = ByteWriter()
    write(to: &writer)
    return notary.hash("roster", writer.bytes)
  }
}

extension ByteReader {
  /// Text for people: at most `limit` bytes of UTF-8 without control or bidirectional marks.
  package mutating func name(limit: Int) throws(DecodeError) -> String {
    let text = try text(limit: limit)
    guard text.isPrintable else { throw .invalid("name") }
    return text
  }
}

extension String {
  /// Whether the text holds no control characters and none that reorder or hide text on a screen.
  package var isPrintable: Bool {
    unicodeScalars.allSatisfy { scalar in
      switch scalar.value {
      case 0..<0x20, 0x7f..<0xa0, 0x61c, 0x200b...0x200f, 0x2028...0x202e, 0x2060...0x206f, 0xfeff: false
      default: true
      }
    }
  }
}
