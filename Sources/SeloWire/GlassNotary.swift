/// The transparent witness of simulations: no secret and no strength, but it still binds author, label, session and
/// bytes.
///
/// Anyone can sign as anyone, so it proves nothing against an attacker; it does catch every mistake of ours, because a
/// changed byte, label, session or author gives another signature. About half a nanosecond a byte, against Ed25519's
/// 22 µs to sign and 65 µs to verify: most simulations run with it, some with the real one.
package struct GlassNotary: Notary, Equatable, Sendable {
  package let identity: Identity

  package init(identity: Identity) { self.identity = identity }

  package func hash(_ label: StaticString, _ bytes: [UInt8]) -> Bytes32 {
    var mill = GlassMill()
    mill.absorb(Array(label.description.utf8))
    mill.absorb(bytes)
    return Bytes32(mill.squeeze(words: 4))
  }

  package func sign(_ label: SignatureLabel, _ bytes: [UInt8], session: SessionID) -> Signature {
    Self.signature(label, bytes, session, identity)
  }

  package func verify(
    _ signature: Signature, _ label: SignatureLabel, _ bytes: [UInt8], session: SessionID, by identity: Identity
  ) -> Bool {
    signature == Self.signature(label, bytes, session, identity)
  }

  private static func signature(
    _ label: SignatureLabel, _ bytes: [UInt8], _ session: SessionID, _ identity: Identity
  ) -> Signature {
    var mill = GlassMill()
    mill.absorb(identity.key.bytes)
    mill.absorb(Array(label.rawValue.utf8))
    mill.absorb(session.bytes.bytes)
    mill.absorb(bytes)
    return Signature(mill.squeeze(words: 8))
  }
}

/// A 128-bit mixing hash: two lanes of multiply-and-fold (the step of wyhash). Not cryptographic.
private struct GlassMill {
  private var left: UInt64 = 0x243F_6A88_85A3_08D3
  private var right: UInt64 = 0x1319_8A2E_0370_7344

  /// Takes bytes behind their length, so that moving a byte from one field to the next changes the hash.
  mutating func absorb(_ bytes: [UInt8]) {
    mix(UInt64(bytes.count))
    var reader = ByteReader(bytes)
    for _ in 0..<(bytes.count / 8) {
      if let word = try? reader.uint64() { mix(word) }
    }
    var tail: UInt64 = 1
    for byte in reader.rest() { tail = tail << 8 | UInt64(byte) }
    mix(tail)
  }

  func squeeze(words: Int) -> [UInt8] {
    var mill = self
    var writer = ByteWriter(reserving: 8 * words)
    for number in 0..<words {
      mill.mix(UInt64(number))
      writer.uint64(mill.left ^ mill.right)
    }
    return writer.bytes
  }

  private mutating func mix(_ word: UInt64) {
    left = Self.fold(left ^ word, 0x9E37_79B9_7F4A_7C15)
    right = Self.fold(right &+ word, 0xD6E8_FEB8_6659_FD93) ^ left
  }

  private static func fold(_ word: UInt64, _ factor: UInt64) -> UInt64 {
    let product = word.multipliedFullWidth(by: factor)
    // The added factor keeps a word of zero from swallowing the lane.
    return (product.high ^ product.low) &+ factor
  }
}
