package import SeloWire

/// IDENT: binds the Noise static key of one incarnation to an identity, for one session.
///
/// | offset | size | name | meaning |
/// |---|---|---|---|
/// | 0 | 32 | identity | Ed25519 public key |
/// | 32 | 32 | static | X25519 public key, fresh per incarnation |
/// | 64 | 8 | incarnation | little-endian |
/// | 72 | 64 | signature | over label ident, session, bytes 0..<72 |
package struct Ident: Equatable, Sendable {
  package static let encodedBytes = 136

  package let identity: Identity
  package let staticKey: Bytes32
  package let incarnation: Incarnation
  package let signature: Signature

  package init(keys: IdentityKeys, staticKey: Bytes32, incarnation: Incarnation, session: SessionID) {
    identity = keys.identity
    self.staticKey = staticKey
    self.incarnation = incarnation
    let body = Self.body(keys.identity, staticKey, incarnation)
    signature = keys.sign(.ident, body, session: session)
  }

  package init(reading reader: inout ByteReader) throws(DecodeError) {
    identity = Identity(Bytes32(try reader.raw(32)))
    staticKey = Bytes32(try reader.raw(32))
    incarnation = Incarnation(try reader.uint64())
    signature = Signature(try reader.raw(64))
  }

  package func write(to writer: inout ByteWriter) {
    writer.raw(Self.body(identity, staticKey, incarnation))
    writer.raw(signature.bytes)
  }

  package var author: Author { Author(identity: identity, incarnation: incarnation) }

  /// Whether the identity itself bound this static key and incarnation to `session`. About 65 µs.
  package func isGenuine(in session: SessionID) -> Bool {
    identity.verifies(signature, .ident, Self.body(identity, staticKey, incarnation), session: session)
  }

  private static func body(_ identity: Identity, _ staticKey: Bytes32, _ incarnation: Incarnation) -> [UInt8] {
    var writer = ByteWriter(reserving: encodedBytes)
    writer.raw(identity.key.bytes)
    writer.raw(staticKey.bytes)
    writer.uint64(incarnation.value)
    return writer.bytes
  }
}
