/// A frame with its reflector's signature and its own hash; the bytes are kept, so that it travels on unchanged.
package struct SignedFrame: Hashable, Sendable {
  package let frame: Frame
  /// The encoded frame: what the signature and the hash cover. The signature itself is never hashed: a signer can
  /// make many for the same bytes.
  package let bytes: [UInt8]
  package let signature: Signature
  /// H("frame", bytes): the `previous` of the frame after it.
  package let hash: Bytes32

  package init(_ frame: Frame, session: SessionID, notary: some Notary) {
    var writer = ByteWriter(reserving: Frame.headerSize + 64)
    frame.write(to: &writer)
    self.frame = frame
    bytes = writer.bytes
    hash = notary.hash("frame", writer.bytes)
    signature = notary.sign(.frame, writer.bytes, session: session)
  }

  package var encodedSize: Int { bytes.count + 64 }
  package var sequence: UInt64 { frame.sequence }

  package func write(to writer: inout ByteWriter) {
    writer.data(bytes)
    signature.write(to: &writer)
  }

  /// Decodes a frame and computes its hash; whether it is signed is another question.
  package init(reading reader: inout ByteReader, notary: some Notary) throws(DecodeError) {
    bytes = try reader.data(limit: Limits.frameBytes)
    signature = try reader.signature()
    var inner = ByteReader(bytes)
    frame = try Frame(reading: &inner)
    try inner.finish()
    hash = notary.hash("frame", bytes)
  }

  /// The chain in it stands for all that it says.
  package func hash(into hasher: inout Hasher) { hasher.combine(hash) }

  package func isSigned(by identity: Identity, for session: SessionID, notary: some Notary) -> Bool {
    notary.verify(signature, .frame, bytes, session: session, by: identity)
  }
}

/// A value whose signatures have been checked; the mesh takes frames and envelopes in no other form.
package struct Proven<Value: Hashable & Sendable>: Hashable, Sendable {
  package let value: Value

  /// Say this only where the signature has just been checked, or where the value was made and signed here.
  package init(checked value: Value) { self.value = value }
}
