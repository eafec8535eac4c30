import CSodium
package import SeloWire

// Groups in which two sides come to one secret.
extension Sodium {
  // MARK: X25519 (RFC 7748)

  package static func x25519Public(_ secret: Secret) -> Bytes32 {
    guard secret.count == 32 else { return .zero }
    return Bytes32(
      output(32) { target in secret.withBytes { secret in _ = crypto_scalarmult_base(target.words, secret.words) } })
  }

  /// The shared secret; nil when it is all zero, which only points of low order give.
  package static func x25519(_ secret: Secret, _ point: Bytes32) -> Secret? {
    guard secret.count == 32 else { return nil }
    var isSafe = false
    let shared = Secret(count: 32) { target in
      secret.withBytes { secret in isSafe = crypto_scalarmult(target.words, secret.words, point.bytes) == 0 }
    }
    return isSafe ? shared : nil
  }

  // MARK: ristretto255 (RFC 9496)

  /// The element that 64 uniform bytes map to (the one-way map of RFC 9496 §4.3.4).
  package static func ristretto(fromUniform bytes: Secret) -> Secret? {
    guard bytes.count == 64 else { return nil }
    return Secret(count: 32) { target in
      bytes.withBytes { bytes in _ = crypto_core_ristretto255_from_hash(target.words, bytes.words) }
    }
  }

  /// A scalar below the order of the group, from 64 uniform bytes.
  package static func ristrettoScalar(fromUniform bytes: Secret) -> Secret? {
    guard bytes.count == 64 else { return nil }
    return Secret(count: 32) { target in
      bytes.withBytes { bytes in crypto_core_ristretto255_scalar_reduce(target.words, bytes.words) }
    }
  }

  /// scalar · element; nil when the element has no valid encoding or the product is the identity.
  package static func ristretto(_ scalar: Secret, times element: Secret) -> Secret? {
    guard scalar.count == 32, element.count == 32 else { return nil }
    var isValid = false
    let product = Secret(count: 32) { target in
      scalar.withBytes { scalar in
        element.withBytes { element in
          isValid = crypto_scalarmult_ristretto255(target.words, scalar.words, element.words) == 0
        }
      }
    }
    return isValid ? product : nil
  }
}
