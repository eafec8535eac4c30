/// A promise to a new term, signed, sent to all and re-sent unchanged (PROTOCOL section 6).
///
///     offset  size  field
///          0    36  next            the reign that is promised
///         36    36  last normal     the reign whose log the sender holds
///         72     8  received
///         80    32  chain           hash of the frame `received`
///        112     8  agreed          highest agreed frame the sender knows
///        120     8  final
///        128    12  member          who promises
///        140    64  signature       Sign("joinTerm", the 140 bytes before)
package struct JoinTerm: Hashable, Sendable {
  package let next: Reign
  package let lastNormal: Reign
  package let received: UInt64
  package let chain: Bytes32
  package let agreed: UInt64
  package let final: UInt64
  package let member: Member

  package init(
    next: Reign, lastNormal: Reign, received: UInt64, chain: Bytes32, agreed: UInt64, final: UInt64, member: Member
  ) {
    self.next = next
    self.lastNormal = lastNormal
    self.received = received
    self.chain = chain
    self.agreed = agreed
    self.final = final
    self.member = member
  }

  fileprivate var bytes: [UInt8] {
    var writer = ByteWriter(reserving: 140)
    next.write(to: &writer)
    lastNormal.write(to: &writer)
    writer.uint64(received)
    chain.write(to: &writer)
    writer.uint64(agreed)
    writer.uint64(final)
    member.write(to: &writer)
    return writer.bytes
  }
}

/// A promise with its signature.
package struct SignedJoinTerm: Hashable, Sendable {
  package let promise: JoinTerm
  package let signature: Signature

  package static let encodedSize = 204

  package init(_ promise: JoinTerm, session: SessionID, notary: some Notary) {
    self.promise = promise
    signature = notary.sign(.joinTerm, promise.bytes, session: session)
  }

  package func isSigned(by identity: Identity, for session: SessionID, notary: some Notary) -> Bool {
    notary.verify(signature, .joinTerm, promise.bytes, session: session, by: identity)
  }

  package func write(to writer: inout ByteWriter) {
    writer.raw(promise.bytes)
    signature.write(to: &writer)
  }

  package init(reading reader: inout ByteReader) throws(DecodeError) {
    promise = JoinTerm(
      next: try Reign(reading: &reader), lastNormal: try Reign(reading: &reader), received: try reader.uint64(),
      chain: try reader.bytes32(), agreed: try reader.uint64(), final: try reader.uint64(),
      member: try Member(reading: &reader))
    guard promise.final <= promise.agreed, promise.agreed <= promise.received else { throw .invalid("promise") }
    signature = try reader.signature()
  }
}
