package import SeloMesh
package import SeloWire

/// Everything that can happen to a peer. The shell hands each to `Peer.step(_:at:notary:into:)`.
package enum PeerInput: Sendable {
  /// A datagram arrived on any of the peer's sockets.
  case datagram([UInt8], from: Endpoint)
  /// The connected probe socket reported "connection refused" for this address: a hint, never more.
  case refused(Endpoint)
  /// The application publishes an encoded message of the world; answered by `.published` or `.notPublished`.
  case publish([UInt8])
  /// The answer to a `.verify` effect.
  case verified(Verification, Bool)
  /// The deadline has come, or nothing at all: a spurious wake-up is harmless.
  case wake
  /// Everything that arrived in one wake-up has been stepped; now messages, frames and acks leave together.
  case flush
  /// The application leaves gracefully; the peer ends with `.ended(.left)`.
  case leave
  /// The reflector hands its duty to the oldest voter that keeps up and stays a member; anybody else refuses.
  case stepDown
  /// A person declares the branch that this peer reflects to be the trunk; anybody else refuses.
  case adopt
  /// A person at this peer decides for all: a host's say, anybody else's is refused. It is in force when the agreed log
  /// says so (`Mesh.isInForce`), or is given up after five seconds.
  case decide(Decision)
}

/// A signature to be checked; the shell may do so on its loop or on a pool.
package struct Verification: Equatable, Sendable {
  package let ticket: UInt64
  package let signature: Signature
  package let label: SignatureLabel
  package let bytes: [UInt8]
  package let identity: Identity
  package let session: SessionID

  /// Checks the signature where the caller stands.
  package func check(_ notary: some Notary) -> Bool {
    notary.verify(signature, label, bytes, session: session, by: identity)
  }
}
