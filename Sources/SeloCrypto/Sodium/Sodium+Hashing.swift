import CSodium

// Hashes, codes of authentication, and keys that are derived from keys.
extension Sodium {
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
}
