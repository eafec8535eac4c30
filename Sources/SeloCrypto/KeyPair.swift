package import SeloWire

/// An X25519 key pair (Noise §4.1): the static key of one incarnation, or an ephemeral one of a handshake.
package struct KeyPair: Equatable, Sendable {
  package let secret: Secret
  package let publicKey: Bytes32

  /// The pair of a secret of 32 bytes; libsodium clamps it.
  package init(secret: Secret) {
    self.secret = secret
    publicKey = Sodium.x25519Public(secret)
  }

  package init(from entropy: inout Entropy) { self.init(secret: entropy.secret(32)) }
}
