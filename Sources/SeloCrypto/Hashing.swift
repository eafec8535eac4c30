package import SeloWire

/// The three framings of SECURITY §2. Labels keep uses apart: no value made for one passes for another.
package enum Hashing {
  /// H(label, x) = BLAKE2b-256("selo1/" ‖ label ‖ 0 ‖ x).
  package static func hash(_ label: StaticString, _ bytes: [UInt8]) -> Bytes32 {
    Bytes32(Sodium.blake2b(framed(label, bytes), count: 32))
  }

  /// KDF(k, label, x, n) = BLAKE2b(key k, n bytes, "selo1/" ‖ label ‖ 0 ‖ x), as a secret of 1…64 bytes.
  package static func derive(_ key: Secret, _ label: StaticString, _ bytes: [UInt8], count: Int = 32) -> Secret {
    Sodium.blake2bSecret(framed(label, bytes), key: key, count: count)
  }

  /// The same function where the result is public: cookies and codes that authenticate a message.
  package static func authenticate(_ key: Secret, _ label: StaticString, _ bytes: [UInt8], count: Int) -> [UInt8] {
    Sodium.blake2b(framed(label, bytes), key: key, count: count)
  }

  /// What Ed25519 signs: pad16("selo1." ‖ label) ‖ session id ‖ x.
  package static func signed(_ label: SignatureLabel, _ session: SessionID, _ bytes: [UInt8]) -> [UInt8] {
    var framed: [UInt8] = []
    framed.reserveCapacity(32 + bytes.count)
    framed.append(contentsOf: "selo1.".utf8)
    framed.append(contentsOf: label.rawValue.utf8)
    framed.append(contentsOf: repeatElement(0, count: max(16 - framed.count, 0)))
    framed.append(contentsOf: session.bytes.bytes)
    framed.append(contentsOf: bytes)
    return framed
  }

  private static func framed(_ label: StaticString, _ bytes: [UInt8]) -> [UInt8] {
    let name = label.description.utf8
    var framed: [UInt8] = []
    framed.reserveCapacity(7 + name.count + bytes.count)
    framed.append(contentsOf: "selo1/".utf8)
    framed.append(contentsOf: name)
    framed.append(0)
    framed.append(contentsOf: bytes)
    return framed
  }
}
