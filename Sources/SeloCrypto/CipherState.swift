/// Why a handshake ended. Nothing here is told to the other side.
package enum NoiseError: Error, Equatable, Sendable {
  /// A message is shorter than its pattern demands.
  case truncated
  /// A message would be longer than 65,535 bytes.
  case tooLong
  /// A tag did not fit: wrong key, wrong passphrase, or altered bytes.
  case notAuthentic
  /// A public key of low order: the shared secret would be all zero.
  case lowOrder
  /// Writing where the pattern reads, reading where it writes, or going on after its end.
  case outOfTurn
  /// The pattern needs a key that was not given or not yet received.
  case missingKey
  /// The nonce 2^64 − 1 is reserved.
  case exhausted
}

/// Noise §5.1: a key and the counter of its next use.
package struct CipherState: Equatable, Sendable {
  package let key: Secret?
  package private(set) var nonce: UInt64 = 0

  package init(key: Secret?) { self.key = key }

  package var hasKey: Bool { key != nil }

  /// EncryptWithAd: without a key the text travels as it is.
  package mutating func seal(_ text: [UInt8], binding data: [UInt8]) throws(NoiseError) -> [UInt8] {
    guard let key else { return text }
    guard nonce < .max else { throw .exhausted }
    let sealed = Sodium.seal(text, binding: data, key: key, counter: nonce)
    nonce += 1
    return sealed
  }

  /// DecryptWithAd: a tag that does not fit leaves the counter as it was.
  package mutating func open(_ bytes: [UInt8], binding data: [UInt8]) throws(NoiseError) -> [UInt8] {
    guard let key else { return bytes }
    guard nonce < .max else { throw .exhausted }
    guard let text = Sodium.open(bytes, binding: data, key: key, counter: nonce) else { throw .notAuthentic }
    nonce += 1
    return text
  }
}
