import CSodium

// Encryption that notices every change: packets by a counter, files by a random nonce.
extension Sodium {
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
}
