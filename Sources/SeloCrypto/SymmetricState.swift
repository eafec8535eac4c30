/// Noise §5.2: the chaining key and the hash of everything said so far.
package struct SymmetricState: Equatable, Sendable {
  private var chainingKey: Secret
  private var cipher = CipherState(key: nil)
  /// h: 64 bytes of BLAKE2b.
  package private(set) var hash: [UInt8]

  /// InitializeSymmetric.
  package init(protocolName: String) {
    let name = Array(protocolName.utf8)
    hash =
      name.count <= 64 ? name + Array(repeating: 0, count: 64 - name.count) : Sodium.blake2b(name, count: 64)
    chainingKey = Secret(hash)
  }

  package var hasKey: Bool { cipher.hasKey }

  /// MixKey.
  package mutating func mixKey(_ input: Secret) {
    let (next, temporary, _) = Sodium.hkdf(chainingKey: chainingKey, input: input)
    chainingKey = next
    cipher = CipherState(key: temporary.prefix(32))
  }

  /// MixHash.
  package mutating func mixHash(_ data: [UInt8]) { hash = Sodium.blake2b(hash + data, count: 64) }

  /// MixKeyAndHash.
  package mutating func mixKeyAndHash(_ input: Secret) {
    let (next, temporaryHash, temporaryKey) = Sodium.hkdf(chainingKey: chainingKey, input: input)
    chainingKey = next
    mixHash(temporaryHash.exposed())
    cipher = CipherState(key: temporaryKey.prefix(32))
  }

  /// EncryptAndHash.
  package mutating func seal(_ text: [UInt8]) throws(NoiseError) -> [UInt8] {
    let sealed = try cipher.seal(text, binding: hash)
    mixHash(sealed)
    return sealed
  }

  /// DecryptAndHash.
  package mutating func open(_ bytes: [UInt8]) throws(NoiseError) -> [UInt8] {
    let text = try cipher.open(bytes, binding: hash)
    mixHash(bytes)
    return text
  }

  /// Split: the key of what the initiator sends, then of what the responder sends.
  package func split() -> (initiator: Secret, responder: Secret) {
    let (first, second, _) = Sodium.hkdf(chainingKey: chainingKey, input: Secret([]))
    return (first.prefix(32), second.prefix(32))
  }
}
