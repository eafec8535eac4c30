import CSodium
package import SeloWire

// Signatures: Ed25519 (RFC 8032).
extension Sodium {
  /// The signing key (seed ‖ public key) and the public key of a seed of 32 bytes.
  package static func signingKey(seed: Secret) -> (signing: Secret, verifying: Bytes32)? {
    guard seed.count == 32 else { return nil }
    var verifying: [UInt8] = []
    let signing = Secret(count: 64) { target in
      verifying = output(32) { verifying in
        seed.withBytes { seed in _ = crypto_sign_seed_keypair(verifying.words, target.words, seed.words) }
      }
    }
    return (signing, Bytes32(verifying))
  }

  package static func sign(_ message: [UInt8], signing: Secret) -> Signature {
    guard signing.count == 64 else { return Signature([]) }
    return Signature(
      output(64) { target in
        signing.withBytes { key in
          _ = crypto_sign_detached(target.words, nil, message, UInt64(message.count), key.words)
        }
      })
  }

  /// Refuses small-order keys, non-canonical keys and S ≥ L besides wrong signatures (libsodium's stricter verifier).
  package static func verify(_ signature: Signature, _ message: [UInt8], verifying: Bytes32) -> Bool {
    _ = isReady
    return crypto_sign_verify_detached(signature.bytes, message, UInt64(message.count), verifying.bytes) == 0
  }
}
