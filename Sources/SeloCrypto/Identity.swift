package import SeloWire

/// The long-lived key of a peer: who holds the seed of 32 bytes is that identity.
package struct IdentityKeys: Equatable, Sendable {
  package let identity: Identity
  let seed: Secret
  private let signing: Secret

  /// The keys of a seed; nil when it has not 32 bytes.
  package init?(seed: Secret) {
    guard let keys = Sodium.signingKey(seed: seed) else { return nil }
    self.seed = seed
    signing = keys.signing
    identity = Identity(keys.verifying)
  }

  /// A new identity. 32 bytes are always a seed.
  package init(from entropy: inout Entropy) {
    let seed = entropy.secret(32)
    let keys = Sodium.signingKey(seed: seed) ?? (seed, .zero)
    self.seed = seed
    signing = keys.signing
    identity = Identity(keys.verifying)
  }

  /// Sign(label, bytes) of SECURITY §2.
  package func sign(_ label: SignatureLabel, _ bytes: [UInt8], session: SessionID) -> Signature {
    Sodium.sign(Hashing.signed(label, session, bytes), signing: signing)
  }
}

extension Identity {
  /// Whether this identity signed exactly these bytes, under this label, for this session. About 65 µs.
  package func verifies(
    _ signature: Signature, _ label: SignatureLabel, _ bytes: [UInt8], session: SessionID
  ) -> Bool {
    Sodium.verify(signature, Hashing.signed(label, session, bytes), verifying: key)
  }

  /// Who this peer is to the world: the first 64 bits of H("peer", identity), little-endian.
  package var peerID: PeerID {
    let bytes = Hashing.hash("peer", key.bytes).bytes
    return PeerID(bytes.prefix(8).reversed().reduce(UInt64(0)) { word, byte in word << 8 | UInt64(byte) })
  }

  /// What people compare aloud: `k7f2·p9xw`, 40 bits of H("fingerprint", identity), front first.
  ///
  /// The 32 characters are Crockford's, without i, l, o and u. Forty bits can be found by search in days: a fingerprint
  /// helps people to recognise a peer, trust rests on the whole pinned key.
  package var fingerprint: String {
    let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz")
    let word = Hashing.hash("fingerprint", key.bytes).bytes.prefix(5).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    let characters = (0..<8).map { place in alphabet[Int(word >> UInt64(35 - 5 * place)) & 31] }
    return String(characters[..<4]) + "·" + String(characters[4...])
  }
}
