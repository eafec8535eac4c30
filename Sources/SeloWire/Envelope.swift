/// The external messages that one author published in one flush, as the author numbered them.
///
///     offset  size  field
///          0    32  identity          author
///         32     8  incarnation       author
///         40    16  lineage           the lineage it was signed for
///         56     8  first             author sequence of the first message, counted from 1
///         64     8  agreed            newest agreed frame its author held
///         72    32  agreed chain      hash of that frame
///        104     4  count             1...4096
///        108     …  messages          each a 32-bit length and its bytes
package struct Envelope: Hashable, Sendable {
  package let author: Author
  package let lineage: LineageID
  package let first: UInt64
  package let agreed: UInt64
  package let agreedChain: Bytes32
  package let messages: [[UInt8]]

  package init(
    author: Author, lineage: LineageID, first: UInt64, agreed: UInt64, agreedChain: Bytes32, messages: [[UInt8]]
  ) {
    self.author = author
    self.lineage = lineage
    self.first = first
    self.agreed = agreed
    self.agreedChain = agreedChain
    self.messages = messages
  }

  /// Bytes of one message in an envelope, with its length.
  package static func size(of message: [UInt8]) -> Int { 4 + message.count }

  /// Author sequence of the last message.
  package var last: UInt64 { first &+ UInt64(messages.count) &- 1 }

  package func write(to writer: inout ByteWriter) {
    author.write(to: &writer)
    lineage.bytes.write(to: &writer)
    writer.uint64(first)
    writer.uint64(agreed)
    agreedChain.write(to: &writer)
    writer.count(messages.count)
    for message in messages { writer.data(message) }
  }

  package init(reading reader: inout ByteReader) throws(DecodeError) {
    author = try Author(reading: &reader)
    lineage = try reader.lineage()
    first = try reader.uint64()
    agreed = try reader.uint64()
    agreedChain = try reader.bytes32()
    let count = try reader.count(limit: Limits.envelopeMessages, elementSize: 4)
    guard count > 0 else { throw .invalid("envelope count") }
    guard first > 0, first <= .max - UInt64(count) else { throw .invalid("author sequence") }
    var messages: [[UInt8]] = []
    messages.reserveCapacity(count)
    var total = 0
    for _ in 0..<count {
      let message = try reader.data(limit: Limits.messageBytes)
      total += Self.size(of: message)
      messages.append(message)
    }
    guard total <= Limits.envelopeBytes else { throw .tooLarge("envelope") }
    self.messages = messages
  }
}

/// An envelope with its author's signature; the signed bytes are kept, so that it travels on byte for byte.
package struct SignedEnvelope: Hashable, Sendable {
  package let envelope: Envelope
  /// The encoded envelope: what the signature covers.
  package let bytes: [UInt8]
  package let signature: Signature

  package init(_ envelope: Envelope, session: SessionID, notary: some Notary) {
    var writer = ByteWriter()
    envelope.write(to: &writer)
    self.envelope = envelope
    bytes = writer.bytes
    signature = notary.sign(.envelope, writer.bytes, session: session)
  }

  package var encodedSize: Int { bytes.count + 64 }

  package func write(to writer: inout ByteWriter) {
    writer.raw(bytes)
    signature.write(to: &writer)
  }

  package init(reading reader: inout ByteReader) throws(DecodeError) {
    let start = reader.position
    envelope = try Envelope(reading: &reader)
    bytes = Array(reader.consumed(since: start))
    signature = try reader.signature()
  }

  package func hash(into hasher: inout Hasher) { hasher.combine(bytes) }

  package func isSigned(for session: SessionID, notary: some Notary) -> Bool {
    notary.verify(signature, .envelope, bytes, session: session, by: envelope.author.identity)
  }
}
