/// What a signature is about; the label is part of what is signed, so that one kind never passes for another.
package enum SignatureLabel: String, CaseIterable, Sendable {
  case ident, envelope, frame, statement, joinTerm, admin, invite
}

/// What the mesh needs of cryptography, handed to each step and never stored.
///
/// There are two witnesses: the real one signs with libsodium (SeloCrypto), the glass one of the test kit and the
/// simulator is fast and transparent but still binds author, label and bytes.
package protocol Notary {
  /// H(label, bytes): 32 bytes of BLAKE2b for the real witness.
  func hash(_ label: StaticString, _ bytes: [UInt8]) -> Bytes32

  /// Signs `bytes` under `label` for `session` with the identity this notary speaks for.
  func sign(_ label: SignatureLabel, _ bytes: [UInt8], session: SessionID) -> Signature

  /// Whether `identity` signed exactly these bytes, under this label, for this session.
  func verify(
    _ signature: Signature, _ label: SignatureLabel, _ bytes: [UInt8], session: SessionID, by identity: Identity
  ) -> Bool
}
