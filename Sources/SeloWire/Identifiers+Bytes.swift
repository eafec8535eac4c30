// How identifiers travel: fixed sizes, in the order of their fields.

extension ByteReader {
  package mutating func bytes16() throws(DecodeError) -> Bytes16 { Bytes16(bytes, at: try take(16).lowerBound) }
  package mutating func bytes32() throws(DecodeError) -> Bytes32 { Bytes32(bytes, at: try take(32).lowerBound) }
  package mutating func signature() throws(DecodeError) -> Signature { Signature(bytes, at: try take(64).lowerBound) }

  package mutating func lineage() throws(DecodeError) -> LineageID { LineageID(try bytes16()) }
  package mutating func memberID() throws(DecodeError) -> MemberID { MemberID(try uint32()) }

  package mutating func time() throws(DecodeError) -> VirtualTime {
    let nanoseconds = try int64()
    guard nanoseconds >= 0 else { throw .invalid("virtual time") }
    return VirtualTime(nanoseconds: nanoseconds)
  }
}

extension ByteReader {
  /// A tick period that a session may have.
  package mutating func tickPeriod() throws(DecodeError) -> Delay {
    let period = Delay(nanoseconds: try uint64())
    guard Limits.tickPeriods.contains(period) else { throw .invalid("tick period") }
    return period
  }
}

extension Author {
  package static let encodedSize = 40

  package func write(to writer: inout ByteWriter) {
    identity.key.write(to: &writer)
    writer.uint64(incarnation.value)
  }

  package init(reading reader: inout ByteReader) throws(DecodeError) {
    self.init(identity: Identity(try reader.bytes32()), incarnation: Incarnation(try reader.uint64()))
  }
}

extension Member {
  package static let encodedSize = 12

  package func write(to writer: inout ByteWriter) {
    writer.uint32(id.value)
    writer.uint64(incarnation.value)
  }

  package init(reading reader: inout ByteReader) throws(DecodeError) {
    self.init(id: try reader.memberID(), incarnation: Incarnation(try reader.uint64()))
  }
}

extension Term {
  package static let encodedSize = 20

  package func write(to writer: inout ByteWriter) {
    writer.uint32(number)
    elected.write(to: &writer)
    writer.uint32(handover)
  }

  package init(reading reader: inout ByteReader) throws(DecodeError) {
    self.init(number: try reader.uint32(), elected: try Member(reading: &reader), handover: try reader.uint32())
    guard number <= Limits.termNumber, handover <= Limits.termNumber else { throw .tooLarge("term number") }
  }
}

extension ByteWriter {
  mutating func identities(_ identities: [Identity]) {
    count(identities.count)
    for identity in identities { identity.key.write(to: &self) }
  }
}

extension ByteReader {
  mutating func identities() throws(DecodeError) -> [Identity] {
    var identities: [Identity] = []
    for _ in 0..<(try count(limit: Limits.bans, elementSize: 32)) { identities.append(Identity(try bytes32())) }
    return identities
  }
}
