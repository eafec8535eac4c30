import SeloWire

/// Why a passphrase was refused.
package enum PassphraseError: Error, Equatable, Sendable {
  /// Fewer than 8 bytes.
  case tooShort
  /// More than 128 bytes.
  case tooLong
  /// The system has not the 64 MiB that stretching needs.
  case outOfMemory
}

/// What people type to enter a session: 8…128 bytes of UTF-8 in normal form C (the shell normalises).
package struct Passphrase: Equatable, Sendable {
  package static let bytes = 8...128

  private let text: Secret

  package init(_ utf8: some Collection<UInt8>) throws(PassphraseError) {
    guard utf8.count >= Self.bytes.lowerBound else { throw .tooShort }
    guard utf8.count <= Self.bytes.upperBound else { throw .tooLong }
    text = Secret(utf8)
  }

  /// Five pronounceable words of 16 bits each: 80 bits, 29 letters, easy to read aloud.
  ///
  /// Each word is consonant, vowel, consonant, vowel, consonant (the proquints of Daniel S. Wilkerson, arXiv
  /// 0901.4016).
  package static func generate(_ entropy: inout Entropy) -> String {
    let consonants = Array("bdfghjklmnprstvz")
    let vowels = Array("aiou")
    let words = (0..<5).map { _ -> String in
      let bits = Int(truncatingIfNeeded: entropy.uint64() & 0xFFFF)
      return String([
        consonants[bits >> 12 & 15], vowels[bits >> 10 & 3], consonants[bits >> 6 & 15], vowels[bits >> 4 & 3],
        consonants[bits & 15],
      ])
    }
    return words.joined(separator: "-")
  }

  /// PRS = Argon2id(t 3, 64 MiB, salt H("salt", name)[0..<16]): about 100 ms, off the loop, never because a packet
  /// came.
  package func stretched(for sessionName: String) throws(PassphraseError) -> Secret {
    let salt = Array(Hashing.hash("salt", Array(sessionName.utf8)).bytes.prefix(16))
    guard let key = Sodium.argon2id(text, salt: salt, passes: 3, memoryBytes: 64 << 20) else { throw .outOfMemory }
    return key
  }

  /// The key that wraps an identity file, with the parameters that the file names.
  func wrappingKey(salt: [UInt8], passes: UInt32, kibibytes: UInt32) -> Secret? {
    Sodium.argon2id(text, salt: salt, passes: UInt64(passes), memoryBytes: Int(kibibytes) * 1_024)
  }
}
