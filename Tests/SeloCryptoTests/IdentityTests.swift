import SeloCrypto
import SeloWire
import Testing

@Suite struct IdentityTests {
  private static let session = SessionID(Bytes16([1, 2, 3]))
  private static let keys = { () -> IdentityKeys in
    var entropy = Entropy(seed: Secret([6]))
    return IdentityKeys(from: &entropy)
  }()

  @Test func signaturesBindLabelSessionAuthorAndBytes() {
    var entropy = Entropy(seed: Secret([7]))
    let sodium = SodiumNotary(keys: Self.keys)
    let other = IdentityKeys(from: &entropy).identity
    checkNotary(sodium, Self.keys.identity, other)
    checkNotary(GlassNotary(identity: Self.keys.identity), Self.keys.identity, other)
  }

  private func checkNotary(_ notary: some Notary, _ identity: Identity, _ other: Identity) {
    let bytes: [UInt8] = Array(0..<100)
    let signature = notary.sign(.frame, bytes, session: Self.session)
    func holds(
      _ signature: Signature, _ label: SignatureLabel = .frame, _ bytes: [UInt8] = bytes,
      _ session: SessionID = Self.session, _ author: Identity = identity
    ) -> Bool { notary.verify(signature, label, bytes, session: session, by: author) }
    #expect(holds(signature))
    for label in SignatureLabel.allCases where label != .frame { #expect(!holds(signature, label)) }
    #expect(!holds(signature, .frame, bytes, SessionID(.zero)))
    #expect(!holds(signature, .frame, bytes, Self.session, other))
    for place in bytes.indices {
      var altered = bytes
      altered[place] ^= 1
      #expect(!holds(signature, .frame, altered))
      #expect(!holds(signature, .frame, Array(bytes.prefix(place))))
      #expect(notary.hash("session", altered) != notary.hash("session", bytes))
    }
    #expect(!holds(signature, .frame, bytes + [0]))
    #expect(notary.hash("session", bytes) != notary.hash("salt", bytes))
    for place in 0..<64 {
      var altered = signature.bytes
      altered[place] ^= 0x10
      #expect(!holds(Signature(altered)))
    }
  }

  @Test func identBindsStaticIncarnationAndSession() throws {
    var entropy = Entropy(seed: Secret([8]))
    let ident = IdentBytes(
      keys: Self.keys, staticKey: KeyPair(from: &entropy).publicKey, incarnation: Incarnation(7), session: Self.session)
    #expect(ident.isGenuine(in: Self.session))
    #expect(!ident.isGenuine(in: SessionID(.zero)))
    var writer = ByteWriter()
    ident.write(to: &writer)
    #expect(writer.count == IdentBytes.encodedSize)
    for place in writer.bytes.indices {
      var altered = writer.bytes
      altered[place] ^= 0x20
      var reader = ByteReader(altered)
      #expect(try !IdentBytes(reading: &reader).isGenuine(in: Self.session))
    }
    var reader = ByteReader(writer.bytes)
    #expect(try IdentBytes(reading: &reader) == ident)
    for length in 0..<IdentBytes.encodedSize {
      var short = ByteReader(Array(writer.bytes.prefix(length)))
      #expect(throws: DecodeError.truncated) { try IdentBytes(reading: &short) }
    }
  }

  @Test func fingerprintsAreEightCharactersForPeople() {
    let text = Self.keys.identity.fingerprint
    #expect(text.count == 9)
    #expect(Array(text)[4] == "·")
    #expect(text.allSatisfy { "0123456789abcdefghjkmnpqrstvwxyz·".contains($0) })
    #expect(text != Identity(.zero).fingerprint)
    #expect(Self.keys.identity.peerID != Identity(.zero).peerID)
  }

  @Test func filesGiveBackTheirKeysAndRefuseEverythingElse() throws {
    var entropy = Entropy(seed: Secret([9]))
    let plain = IdentityFile.plainBytes(of: Self.keys)
    #expect(try IdentityFile(reading: plain) == .plain(Self.keys))
    let cheap = IdentityFile.Cost(passes: 1, kibibytes: 8 * 1_024)
    let passphrase = try Passphrase("correct horse".utf8)
    let wrapped = try IdentityFile.wrappedBytes(of: Self.keys, passphrase, cost: cheap, &entropy)
    guard case .wrapped(let identity) = try IdentityFile(reading: wrapped) else {
      Issue.record("not wrapped")
      return
    }
    #expect(identity.identity == Self.keys.identity)
    #expect(try identity.unwrapped(passphrase) == Self.keys)
    #expect(throws: IdentityFileError.wrongPassphrase) { try identity.unwrapped(Passphrase("wrong horse".utf8)) }

    for file in [plain, wrapped] {
      for length in 0..<file.count {
        #expect(throws: IdentityFileError.self) { try IdentityFile(reading: Array(file.prefix(length))) }
      }
      #expect(throws: IdentityFileError.malformed) { try IdentityFile(reading: file + [0]) }
    }
    for place in plain.indices {
      var altered = plain
      altered[place] ^= 1
      #expect(throws: IdentityFileError.self) { try IdentityFile(reading: altered) }
    }
    try refuseAltered(wrapped, passphrase)
  }

  /// One byte of each field of the wrapped file; each unwrapping costs an Argon2id.
  private func refuseAltered(_ wrapped: [UInt8], _ passphrase: Passphrase) throws {
    for place in [12, 52, 68, 92, 130] {
      var altered = wrapped
      altered[place] ^= 1
      guard case .wrapped(let identity) = try IdentityFile(reading: altered) else { continue }
      #expect(throws: IdentityFileError.wrongPassphrase) { try identity.unwrapped(passphrase) }
    }
    for (place, byte) in [(44, UInt8(17)), (44, 0), (47, 0xFF), (48, 0), (51, 0x80)] {
      var altered = wrapped
      altered[place] = byte
      if altered == wrapped { altered[49] = 0 }
      #expect(throws: IdentityFileError.absurdCost) { try IdentityFile(reading: altered) }
    }
    #expect(throws: IdentityFileError.unknownVersion(2)) {
      var altered = wrapped
      altered[8] = 2
      _ = try IdentityFile(reading: altered)
    }
    #expect(throws: IdentityFileError.notAnIdentityFile) { try IdentityFile(reading: []) }
  }
}
