/// A voter's word on a mark: what its log and its world are there (PROTOCOL section 8).
///
///     offset  size  field
///          0    36  reign           of the mark
///         36     8  sequence
///         44    32  chain           hash of the mark
///         76    32  state           H("state", log state at the mark)
///        108    16  digest          of the world at the mark
///        124    16  nonce           of the joiner that asked: an old statement says nothing to it
///        140    12  member          whose word it is
///        152    64  signature       Sign("statement", the 152 bytes before)
package struct Statement: Hashable, Sendable {
  package let reign: Reign
  package let sequence: UInt64
  package let chain: Bytes32
  package let state: Bytes32
  package let digest: Bytes16
  package let nonce: Bytes16
  package let member: Member

  package init(
    reign: Reign, sequence: UInt64, chain: Bytes32, state: Bytes32, digest: Bytes16, nonce: Bytes16, member: Member
  ) {
    self.reign = reign
    self.sequence = sequence
    self.chain = chain
    self.state = state
    self.digest = digest
    self.nonce = nonce
    self.member = member
  }

  fileprivate var bytes: [UInt8] {
    var writer = ByteWriter(reserving: 152)
    reign.write(to: &writer)
    writer.uint64(sequence)
    writer.raw(chain.bytes)
    writer.raw(state.bytes)
    writer.raw(digest.bytes)
    writer.raw(nonce.bytes)
    member.write(to: &writer)
    return writer.bytes
  }
}

/// A statement with its signature.
package struct SignedStatement: Hashable, Sendable {
  package let statement: Statement
  package let signature: Signature

  package init(_ statement: Statement, session: SessionID, notary: some Notary) {
    self.statement = statement
    signature = notary.sign(.statement, statement.bytes, session: session)
  }

  package func isSigned(by identity: Identity, for session: SessionID, notary: some Notary) -> Bool {
    notary.verify(signature, .statement, statement.bytes, session: session, by: identity)
  }

  package func write(to writer: inout ByteWriter) {
    writer.raw(statement.bytes)
    writer.raw(signature.bytes)
  }

  package init(reading reader: inout ByteReader) throws(DecodeError) {
    statement = Statement(
      reign: try Reign(reading: &reader), sequence: try reader.uint64(), chain: try reader.bytes32(),
      state: try reader.bytes32(), digest: try reader.bytes16(), nonce: try reader.bytes16(),
      member: try Member(reading: &reader))
    signature = try reader.signature()
  }
}
