import CSodium

// Passwords made expensive to guess: Argon2id (RFC 9106).
extension Sodium {
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
}
