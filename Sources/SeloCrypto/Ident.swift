package import SeloWire

/// IDENT binds the Noise static key of one incarnation to an identity, for one session (layout: ``IdentBytes``).
extension IdentBytes {
  package init(keys: IdentityKeys, staticKey: Bytes32, incarnation: Incarnation, session: SessionID) {
    let author = Author(identity: keys.identity, incarnation: incarnation)
    let body = Self.body(author, staticKey)
    self.init(author: author, staticKey: staticKey, signature: keys.sign(.ident, body, session: session))
  }

  /// Whether the identity itself bound this static key and incarnation to `session`. About 65 µs.
  package func isGenuine(in session: SessionID) -> Bool {
    author.identity.verifies(signature, .ident, Self.body(author, staticKey), session: session)
  }

  private static func body(_ author: Author, _ staticKey: Bytes32) -> [UInt8] {
    var writer = ByteWriter(reserving: 72)
    writer.raw(author.identity.key.bytes)
    writer.raw(staticKey.bytes)
    writer.uint64(author.incarnation.value)
    return writer.bytes
  }
}
