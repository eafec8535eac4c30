package import SeloCrypto
package import SeloWire

/// What one incarnation brings to handshakes: its static key, and the IDENT that binds it to identity and session.
package struct Credential: Equatable, Sendable {
  package let staticKey: KeyPair
  package let ident: IdentBytes

  package init(keys: IdentityKeys, staticKey: KeyPair, incarnation: Incarnation, session: SessionID) {
    self.init(
      staticKey: staticKey,
      ident: IdentBytes(keys: keys, staticKey: staticKey.publicKey, incarnation: incarnation, session: session))
  }

  /// With an IDENT made before; one that belongs to another static key is refused by everybody.
  package init(staticKey: KeyPair, ident: IdentBytes) {
    self.staticKey = staticKey
    self.ident = ident
  }
}

/// What a joiner asks for in Noise 3: role u8, name, and an invite proof that is empty for a passphrase.
package struct Wish: Equatable, Sendable {
  package let role: Role
  package let name: String

  package init(role: Role, name: String) {
    self.role = role
    self.name = name
  }

  package func write(to writer: inout ByteWriter) {
    writer.uint8(role.rawValue)
    writer.text(name)
    writer.data([])
  }

  package init(reading reader: inout ByteReader) throws(DecodeError) {
    guard let role = Role(rawValue: try reader.uint8()) else { throw .invalid("role") }
    self.role = role
    name = try reader.name(limit: Limits.nameBytes)
    _ = try reader.data(limit: 0)
  }
}

/// The steps that both sides of a join compute alike (SECURITY section 3).
enum Introduction {
  /// prologue = H("prologue", HELLO ‖ A ‖ B).
  static func prologue(_ exchange: Exchange, _ exchanged: Exchanged) -> [UInt8] {
    Hashing.hash("prologue", exchange.hello.datagram + exchange.datagram + exchanged.datagram).bytes
  }

  /// CPace with the session as its channel and the initiator's nonce as its session: both are known before A.
  static func passwordExchange(
    _ role: PasswordExchange.Role, _ password: Secret, _ hello: Hello, data: [UInt8], _ entropy: inout Entropy
  ) -> PasswordExchange? {
    PasswordExchange(
      role, password: password, channel: hello.session.bytes.bytes, session: hello.nonce.bytes, data: data, &entropy)
  }

  /// psk0 = KDF(ISK, "psk/passphrase", session ‖ nonces).
  static func psk(_ key: Secret, _ hello: Hello, _ exchanged: Exchanged) -> Secret {
    Hashing.derive(
      key, "psk/passphrase", hello.session.bytes.bytes + hello.nonce.bytes + exchanged.responderNonce.bytes)
  }
}
