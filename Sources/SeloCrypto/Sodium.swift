import CSodium
package import SeloWire

/// libsodium as Selo sees it: typed, one-shot, total. The only file that calls it for cryptography.
///
/// Nothing here decides anything; what to hash, sign or seal under which key stands in the files above. Sizes that the
/// types cannot promise are checked, and a wrong one gives an empty or refused result, never a read out of bounds.
/// The streaming state of `crypto_generichash` wants aligned memory behind an opaque pointer: one-shot calls only.
package enum Sodium {
  /// libsodium has chosen its implementations and found a source of chance; without it the shell does not start a peer.
  package static let isReady: Bool = sodium_init() >= 0

  package static let tagBytes = 16

  // MARK: BLAKE2b (RFC 7693)

  /// Unkeyed BLAKE2b of 1…64 bytes.
  package static func blake2b(_ input: [UInt8], count: Int) -> [UInt8] {
    output(count) { target in input.withUnsafeBytes { blake2b($0, key: nil, into: target) } }
  }

  /// Keyed BLAKE2b of 1…64 bytes as public bytes: a message authentication code.
  package static func blake2b(_ input: [UInt8], key: Secret, count: Int) -> [UInt8] {
    output(count) { target in
      key.withBytes { key in input.withUnsafeBytes { blake2b($0, key: key, into: target) } }
    }
  }

  /// Whether the last sixteen bytes are the keyed BLAKE2b of all before them. Allocates nothing: outsiders pay for it.
  package static func endsWithCode(_ bytes: [UInt8], key: Secret) -> Bool {
    let covered = bytes.count - 16
    guard covered >= 0 else { return false }
    return bytes.withUnsafeBytes { bytes in
      withUnsafeTemporaryAllocation(byteCount: 16, alignment: 16) { code in
        key.withBytes { blake2b(UnsafeRawBufferPointer(rebasing: bytes[..<covered]), key: $0, into: code) }
        return sodium_memcmp(code.words, UnsafeRawBufferPointer(rebasing: bytes[covered...]).words, 16) == 0
      }
    }
  }

  /// Keyed BLAKE2b of 1…64 bytes as a new secret: a derived key.
  package static func blake2bSecret(_ input: [UInt8], key: Secret, count: Int) -> Secret {
    Secret(count: count) { target in
      key.withBytes { key in input.withUnsafeBytes { blake2b($0, key: key, into: target) } }
    }
  }

  /// HMAC (RFC 2104) over BLAKE2b with 64 bytes of output and blocks of 128; keys of at most one block.
  package static func hmac(_ message: [UInt8], key: Secret) -> Secret {
    Secret(count: 64) { target in
      key.withBytes { key in message.withUnsafeBytes { hmac($0, key: key, into: target) } }
    }
  }

  /// Noise §4.3: two or three outputs of 64 bytes each.
  package static func hkdf(chainingKey: Secret, input: Secret) -> (Secret, Secret, Secret) {
    let temporary = Secret(count: 64) { target in
      chainingKey.withBytes { key in input.withBytes { hmac($0, key: key, into: target) } }
    }
    let first = hkdfOutput(temporary, after: nil, number: 1)
    let second = hkdfOutput(temporary, after: first, number: 2)
    return (first, second, hkdfOutput(temporary, after: second, number: 3))
  }

  private static func hkdfOutput(_ temporary: Secret, after previous: Secret?, number: UInt8) -> Secret {
    Secret(count: 64) { target in
      withScratch((previous?.count ?? 0) + 1) { scratch in
        previous?.withBytes { scratch.copyMemory(from: $0) }
        scratch[scratch.count - 1] = number
        temporary.withBytes { key in hmac(UnsafeRawBufferPointer(scratch), key: key, into: target) }
      }
    }
  }

  private static func hmac(
    _ message: UnsafeRawBufferPointer, key: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer
  ) {
    let block = 128
    withScratch(block + max(message.count, 64)) { scratch in
      func pad(_ byte: UInt8) {
        for offset in 0..<block { scratch[offset] = (offset < key.count ? key[offset] : 0) ^ byte }
      }
      pad(0x36)
      UnsafeMutableRawBufferPointer(rebasing: scratch[block...]).copyMemory(from: message)
      withScratch(64) { inner in
        blake2b(UnsafeRawBufferPointer(rebasing: scratch[..<(block + message.count)]), key: nil, into: inner)
        pad(0x5C)
        UnsafeMutableRawBufferPointer(rebasing: scratch[block...]).copyMemory(from: UnsafeRawBufferPointer(inner))
        blake2b(UnsafeRawBufferPointer(rebasing: scratch[..<(block + 64)]), key: nil, into: target)
      }
    }
  }

  private static func blake2b(
    _ input: UnsafeRawBufferPointer, key: UnsafeRawBufferPointer?, into target: UnsafeMutableRawBufferPointer
  ) {
    _ = isReady
    _ = crypto_generichash(
      target.words, target.count, input.words, UInt64(input.count), key?.words, key?.count ?? 0)
  }

  // MARK: SHA-512 (RFC 6234)

  package static func sha512(_ input: [UInt8]) -> [UInt8] {
    output(64) { target in _ = crypto_hash_sha512(target.words, input, UInt64(input.count)) }
  }

  /// SHA-512 over public parts with secret ones between them, in order; each part stands as it is.
  static func sha512(_ parts: [Part]) -> Secret {
    Secret(count: 64) { target in
      withScratch(parts.reduce(0) { sum, part in sum + part.count }) { scratch in
        gather(parts, into: scratch)
        _ = crypto_hash_sha512(target.words, scratch.words, UInt64(scratch.count))
      }
    }
  }

  /// A piece of input that is gathered in memory which is zeroed afterwards.
  enum Part {
    case open([UInt8])
    case secret(Secret)

    var count: Int {
      switch self {
      case .open(let bytes): bytes.count
      case .secret(let secret): secret.count
      }
    }
  }

  private static func gather(_ parts: [Part], into scratch: UnsafeMutableRawBufferPointer) {
    var offset = 0
    for part in parts {
      let target = UnsafeMutableRawBufferPointer(rebasing: scratch[offset...])
      switch part {
      case .open(let bytes): target.copyBytes(from: bytes)
      case .secret(let secret): secret.withBytes { target.copyMemory(from: $0) }
      }
      offset += part.count
    }
  }

  // MARK: ChaCha20-Poly1305-IETF (RFC 8439)

  /// Seals `bytes[start...]` where it lies: the last sixteen bytes become the tag, all before `start` is bound as is.
  package static func seal(inPlace bytes: inout [UInt8], from start: Int, key: Secret, counter: UInt64) {
    guard key.count == 32, start >= 0, bytes.count - start >= tagBytes else { return bytes.removeAll() }
    bytes.withUnsafeMutableBytes { buffer in
      let text = UnsafeMutableRawBufferPointer(rebasing: buffer[start..<(buffer.count - tagBytes)])
      let tag = UnsafeMutableRawBufferPointer(rebasing: buffer[(buffer.count - tagBytes)...])
      withNonce(counter) { nonce in
        key.withBytes { key in
          _ = crypto_aead_chacha20poly1305_ietf_encrypt_detached(
            text.words, tag.words, nil, text.words, UInt64(text.count), buffer.words, UInt64(start), nil, nonce.words,
            key.words)
        }
      }
    }
  }

  /// Opens what `seal(inPlace:)` made and returns the text in an array of its own; nil when anything was altered.
  package static func open(_ bytes: [UInt8], from start: Int, key: Secret, counter: UInt64) -> [UInt8]? {
    guard key.count == 32, start >= 0, bytes.count - start >= tagBytes else { return nil }
    return bytes.withUnsafeBytes { buffer in
      withNonce(counter) { nonce in
        open(
          UnsafeRawBufferPointer(rebasing: buffer[start...]), UnsafeRawBufferPointer(rebasing: buffer[..<start]), nonce,
          key)
      }
    }
  }

  /// AEAD with a counter for a nonce: 0000 ‖ u64le (Noise §12.2).
  package static func seal(_ text: [UInt8], binding data: [UInt8], key: Secret, counter: UInt64) -> [UInt8] {
    withNonce(counter) { nonce in seal(text, data, nonce, key) }
  }

  package static func open(_ bytes: [UInt8], binding data: [UInt8], key: Secret, counter: UInt64) -> [UInt8]? {
    withNonce(counter) { nonce in
      bytes.withUnsafeBytes { bytes in data.withUnsafeBytes { data in open(bytes, data, nonce, key) } }
    }
  }

  /// AEAD with a nonce of twelve bytes as published vectors have it; any other length gives nil.
  package static func seal(_ text: [UInt8], binding data: [UInt8], key: Secret, nonce: [UInt8]) -> [UInt8]? {
    guard nonce.count == 12, key.count == 32 else { return nil }
    return nonce.withUnsafeBytes { nonce in seal(text, data, nonce, key) }
  }

  package static func open(_ bytes: [UInt8], binding data: [UInt8], key: Secret, nonce: [UInt8]) -> [UInt8]? {
    guard nonce.count == 12 else { return nil }
    return nonce.withUnsafeBytes { nonce in
      bytes.withUnsafeBytes { bytes in data.withUnsafeBytes { data in open(bytes, data, nonce, key) } }
    }
  }

  private static func seal(
    _ text: [UInt8], _ data: [UInt8], _ nonce: UnsafeRawBufferPointer, _ key: Secret
  ) -> [UInt8] {
    guard key.count == 32 else { return [] }
    return output(text.count + tagBytes) { target in
      key.withBytes { key in
        _ = crypto_aead_chacha20poly1305_ietf_encrypt(
          target.words, nil, text, UInt64(text.count), data, UInt64(data.count), nil, nonce.words, key.words)
      }
    }
  }

  private static func open(
    _ bytes: UnsafeRawBufferPointer, _ data: UnsafeRawBufferPointer, _ nonce: UnsafeRawBufferPointer, _ key: Secret
  ) -> [UInt8]? {
    guard key.count == 32, bytes.count >= tagBytes else { return nil }
    var isAuthentic = false
    let text = output(bytes.count - tagBytes) { target in
      key.withBytes { key in
        isAuthentic =
          crypto_aead_chacha20poly1305_ietf_decrypt(
            target.words, nil, nil, bytes.words, UInt64(bytes.count), data.words, UInt64(data.count), nonce.words,
            key.words) == 0
      }
    }
    return isAuthentic ? text : nil
  }

  private static func withNonce<Result>(_ counter: UInt64, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    let low = UInt32(truncatingIfNeeded: counter)
    let high = UInt32(truncatingIfNeeded: counter >> 32)
    return withUnsafeBytes(of: (UInt32(0), low.littleEndian, high.littleEndian), body)
  }

  // MARK: XChaCha20-Poly1305 (files: random nonces of 24 bytes)

  package static func sealFile(_ text: Secret, binding data: [UInt8], key: Secret, nonce: [UInt8]) -> [UInt8] {
    guard key.count == 32, nonce.count == 24 else { return [] }
    return output(text.count + tagBytes) { target in
      key.withBytes { key in
        text.withBytes { text in
          _ = crypto_aead_xchacha20poly1305_ietf_encrypt(
            target.words, nil, text.words, UInt64(text.count), data, UInt64(data.count), nil, nonce, key.words)
        }
      }
    }
  }

  package static func openFile(_ bytes: [UInt8], binding data: [UInt8], key: Secret, nonce: [UInt8]) -> Secret? {
    guard key.count == 32, nonce.count == 24, bytes.count >= tagBytes else { return nil }
    var isAuthentic = false
    let text = Secret(count: bytes.count - tagBytes) { target in
      key.withBytes { key in
        isAuthentic =
          crypto_aead_xchacha20poly1305_ietf_decrypt(
            target.words, nil, nil, bytes, UInt64(bytes.count), data, UInt64(data.count), nonce, key.words) == 0
      }
    }
    return isAuthentic ? text : nil
  }

  // MARK: Ed25519 (RFC 8032)

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

  // MARK: Argon2id (RFC 9106)

  /// 32 bytes from a password; nil when the salt has not 16 bytes, a parameter is absurd, or memory is short. Slow on
  /// purpose.
  package static func argon2id(_ password: Secret, salt: [UInt8], passes: UInt64, memoryBytes: Int) -> Secret? {
    guard salt.count == 16 else { return nil }
    _ = isReady
    var isDone = false
    let key = Secret(count: 32) { target in
      password.withBytes { password in
        let characters = UnsafeRawPointer(password.words).assumingMemoryBound(to: CChar.self)
        isDone =
          crypto_pwhash_argon2id(
            target.words, UInt64(target.count), characters, UInt64(password.count), salt, passes, memoryBytes,
            crypto_pwhash_argon2id_ALG_ARGON2ID13) == 0
      }
    }
    return isDone ? key : nil
  }

  // MARK: Comparison and chance

  /// Compares tags in constant time.
  package static func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    left.count == right.count && sodium_memcmp(left, right, left.count) == 0
  }

  /// 32 bytes of the system's chance: the shell makes one seed of a peer's `Entropy` from it. Cores never call it.
  package static func randomSeed() -> Secret {
    _ = isReady
    return Secret(count: 32) { target in
      if let start = target.baseAddress { randombytes_buf(start, target.count) }
    }
  }

  // MARK: Memory

  /// An array of `count` bytes that `fill` writes in place.
  private static func output(_ count: Int, _ fill: (UnsafeMutableRawBufferPointer) -> Void) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: count) { buffer, written in
      fill(UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[..<count]))
      written = count
    }
  }

  /// Memory on the stack that is zeroed afterwards.
  private static func withScratch(_ count: Int, _ body: (UnsafeMutableRawBufferPointer) -> Void) {
    withUnsafeTemporaryAllocation(byteCount: max(count, 1), alignment: 16) { whole in
      body(UnsafeMutableRawBufferPointer(rebasing: whole[..<count]))
      if let start = whole.baseAddress { sodium_memzero(start, whole.count) }
    }
  }
}

// An empty buffer may have no address; libsodium then reads and writes nothing, but its headers ask for one.
extension UnsafeRawBufferPointer {
  fileprivate var words: UnsafePointer<UInt8> {
    (baseAddress ?? UnsafeRawPointer(bitPattern: 16).unsafelyUnwrapped).assumingMemoryBound(to: UInt8.self)
  }
}

extension UnsafeMutableRawBufferPointer {
  fileprivate var words: UnsafeMutablePointer<UInt8> {
    (baseAddress ?? UnsafeMutableRawPointer(bitPattern: 16).unsafelyUnwrapped).assumingMemoryBound(to: UInt8.self)
  }
}
