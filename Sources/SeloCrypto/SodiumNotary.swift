package import SeloWire

/// The real witness: hashes with BLAKE2b, signs with Ed25519 as the identity whose keys it holds.
package struct SodiumNotary: Notary, Sendable {
  package let keys: IdentityKeys

  package init(keys: IdentityKeys) { self.keys = keys }

  package func hash(_ label: StaticString, _ bytes: [UInt8]) -> Bytes32 { Hashing.hash(label, bytes) }

  package func sign(_ label: SignatureLabel, _ bytes: [UInt8], session: SessionID) -> Signature {
    keys.sign(label, bytes, session: session)
  }

  package func verify(
    _ signature: Signature, _ label: SignatureLabel, _ bytes: [UInt8], session: SessionID, by identity: Identity
  ) -> Bool {
    identity.verifies(signature, label, bytes, session: session)
  }
}
