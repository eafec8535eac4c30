/// What binds a channel to a person: identity ‖ static key ‖ incarnation ‖ the identity's signature over the three.
///
/// Checked by SeloCrypto; here it is only bytes with names.
///
///     offset  size  field
///          0    32  identity       Ed25519 public key
///         32    32  static key     X25519 public key of this incarnation
///         64     8  incarnation
///         72    64  signature      Sign("ident", the 72 bytes before)
package struct IdentBytes: Hashable, Sendable {
  package let author: Author
  package let staticKey: Bytes32
  package let signature: Signature

  package static let encodedSize = 136

  package init(author: Author, staticKey: Bytes32, signature: Signature) {
    self.author = author
    self.staticKey = staticKey
    self.signature = signature
  }

  package func write(to writer: inout ByteWriter) {
    author.identity.key.write(to: &writer)
    staticKey.write(to: &writer)
    writer.uint64(author.incarnation.value)
    signature.write(to: &writer)
  }

  package init(reading reader: inout ByteReader) throws(DecodeError) {
    let identity = Identity(try reader.bytes32())
    let staticKey = try reader.bytes32()
    let incarnation = Incarnation(try reader.uint64())
    self.init(
      author: Author(identity: identity, incarnation: incarnation), staticKey: staticKey,
      signature: try reader.signature())
  }
}
