import SeloCrypto
package import SeloWire

/// "Who is there?", to everybody on the LAN or to a given address.
///
/// | offset | size | name |
/// |---|---|---|
/// | 0 | 2 | kind 0x01, version |
/// | 2 | 8 | nonce, never 0: chance, one for a search |
/// | 10 | 1 | 1 when the sender may found a session itself, else 0 |
/// | 11 | 4 | milliseconds until it decides; 0 when it founds none |
/// | 15 | 177 | zero: at least as long as the beacon that answers |
package struct Query: Equatable, Sendable {
  package let nonce: UInt64
  /// How long the sender waits for a session before it founds one; nil when it founds none.
  package let decidesIn: Delay?

  package init(nonce: UInt64, decidesIn: Delay? = nil) {
    self.nonce = max(nonce, 1)
    self.decidesIn = decidesIn
  }

  package var datagram: [UInt8] {
    var writer = ByteWriter(opening: .query, reserving: Limits.queryBytes)
    writer.uint64(nonce)
    writer.bool(decidesIn != nil)
    writer.uint32(UInt32(clamping: (decidesIn?.nanoseconds ?? 0) / 1_000_000))
    writer.pad(to: Limits.queryBytes)
    return writer.bytes
  }

  package init(datagram: [UInt8]) throws(DecodeError) {
    var reader = try ByteReader(datagram, opening: .query)
    guard datagram.count == Limits.queryBytes else { throw .invalid("length") }
    nonce = try reader.uint64()
    guard nonce != 0 else { throw .invalid("nonce") }
    let mayFound = try reader.bool()
    let milliseconds = try reader.uint32()
    guard mayFound || milliseconds == 0 else { throw .invalid("time of one who founds nothing") }
    decidesIn = mayFound ? .milliseconds(UInt64(milliseconds)) : nil
    try reader.zeros()
  }
}

/// "This session is here", once a second and in answer to a query. Nothing in it is believed: it only says where to
/// knock.
///
/// | offset | size | name | meaning |
/// |---|---|---|---|
/// | 0 | 2 | kind 0x02, version | |
/// | 2 | 8 | nonce | of the query, 0 in regular beacons |
/// | 10 | 16 | session | |
/// | 26 | 2 | port | of the sender's unicast socket |
/// | 28 | 1 | flags | 1 reflector, 2 listed; others zero |
/// | 29 | 16 | lineage | |
/// | 45 | 4 | term | its number |
/// | 49 | 8 | agreed | sequence of the newest agreed frame |
/// | 57 | 2 | members | |
/// | 59 | … | name, world | texts, only when listed |
package struct Beacon: Equatable, Sendable {
  /// The names that a listed session shows.
  package struct Listing: Equatable, Sendable {
    package let name: String
    package let worldName: String

    package init(name: String, worldName: String) {
      self.name = name
      self.worldName = worldName
    }
  }

  package var nonce: UInt64
  package let session: SessionID
  package let port: UInt16
  package let isReflector: Bool
  /// Nil: unlisted, the default. Then the beacon tells no name.
  package let listing: Listing?
  package let lineage: LineageID
  package let term: UInt32
  package let agreed: UInt64
  package let members: UInt16

  package init(
    nonce: UInt64 = 0, session: SessionID, port: UInt16, isReflector: Bool, listing: Listing?, lineage: LineageID,
    term: UInt32, agreed: UInt64, members: UInt16
  ) {
    self.nonce = nonce
    self.session = session
    self.port = port
    self.isReflector = isReflector
    self.listing = listing
    self.lineage = lineage
    self.term = term
    self.agreed = agreed
    self.members = members
  }

  package var datagram: [UInt8] {
    var writer = ByteWriter(opening: .beacon, reserving: Limits.queryBytes)
    writer.uint64(nonce)
    writer.raw(session.bytes.bytes)
    writer.uint16(port)
    writer.uint8((isReflector ? 1 : 0) | (listing == nil ? 0 : 2))
    writer.raw(lineage.bytes.bytes)
    writer.uint32(term)
    writer.uint64(agreed)
    writer.uint16(members)
    if let listing {
      writer.text(listing.name)
      writer.text(listing.worldName)
    }
    return writer.bytes
  }

  package init(datagram: [UInt8]) throws(DecodeError) {
    var reader = try ByteReader(datagram, opening: .beacon)
    nonce = try reader.uint64()
    session = SessionID(try reader.bytes16())
    port = try reader.uint16()
    let flags = try reader.uint8()
    guard flags & ~3 == 0 else { throw .invalid("flags") }
    isReflector = flags & 1 != 0
    lineage = try reader.lineage()
    term = try reader.uint32()
    agreed = try reader.uint64()
    members = try reader.uint16()
    if flags & 2 != 0 {
      let name = try reader.name(limit: Limits.sessionNameBytes)
      listing = Listing(name: name, worldName: try reader.name(limit: Limits.sessionNameBytes))
    } else {
      listing = nil
    }
    try reader.finish()
  }
}
