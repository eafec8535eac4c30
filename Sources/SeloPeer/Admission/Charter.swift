import SeloCrypto
package import SeloWire

/// The founding facts of a session. Its id is a hash of them, so a session certifies itself.
///
/// In order: world name (text), world version u32, schema fingerprint u64, machine version u32, limits hash 32,
/// policy u8, founder 32, nonce 32. Everything else (admission, listing, tick period) is ordered later, in the log.
package struct Charter: Equatable, Sendable {
  package let worldName: String
  /// The version of the world definition at the founding, and the fingerprint of its types.
  package let worldVersion: UInt32
  package let schema: UInt64
  /// The version of the machine: its rules of order, numbers and chance.
  package let machineVersion: UInt32
  /// Hash of the limits that change what a world computes.
  package let limitsHash: Bytes32
  package let policy: Policy
  package let founder: Identity
  /// 32 bytes of chance: two sessions of one founder, name and world differ.
  package let nonce: Bytes32

  package init(
    worldName: String, worldVersion: UInt32, schema: UInt64, machineVersion: UInt32, limitsHash: Bytes32,
    policy: Policy, founder: Identity, nonce: Bytes32
  ) {
    self.worldName = worldName
    self.worldVersion = worldVersion
    self.schema = schema
    self.machineVersion = machineVersion
    self.limitsHash = limitsHash
    self.policy = policy
    self.founder = founder
    self.nonce = nonce
  }

  package init(reading reader: inout ByteReader) throws(DecodeError) {
    worldName = try reader.name(limit: Limits.sessionNameBytes)
    worldVersion = try reader.uint32()
    schema = try reader.uint64()
    machineVersion = try reader.uint32()
    limitsHash = try reader.bytes32()
    guard let policy = Policy(rawValue: try reader.uint8()) else { throw .invalid("policy") }
    self.policy = policy
    founder = Identity(try reader.bytes32())
    nonce = try reader.bytes32()
  }

  package func write(to writer: inout ByteWriter) {
    writer.text(worldName)
    writer.uint32(worldVersion)
    writer.uint64(schema)
    writer.uint32(machineVersion)
    writer.raw(limitsHash.bytes)
    writer.uint8(policy.rawValue)
    writer.raw(founder.key.bytes)
    writer.raw(nonce.bytes)
  }

  /// H("session", charter)[0..<16].
  package var session: SessionID {
    var writer = ByteWriter(reserving: 256)
    write(to: &writer)
    return SessionID(Bytes16(Hashing.hash("session", writer.bytes).bytes))
  }
}
