import SeloCrypto
import SeloWire
import Testing

@Suite struct NoiseTests {
  /// All 59 published handshakes of our suite: each message, the hash, each transport message, from both sides.
  @Test func speaksAsThePublishedVectors() throws {
    let lines = try fixture("noise.txt")
    #expect(lines.count == 59)
    for line in lines { try check(line) }
  }

  private func check(_ line: [String]) throws {
    let pattern = try #require(noisePattern(named: line[0]), "\(line[0])")
    func pair(_ field: Int) -> KeyPair? { line[field].isEmpty ? nil : KeyPair(secret: Secret(hex(line[field]))) }
    func key(_ field: Int) -> Bytes32? { line[field].isEmpty ? nil : Bytes32(hex(line[field])) }
    let psks = line[8].split(separator: ",").map { Secret(hex($0)) }
    var entropy = Entropy(seed: Secret([0]))
    var sides = [
      try HandshakeState(
        pattern, .initiator, prologue: hex(line[1]), ownStatic: pair(2), remoteStatic: key(4), psks: psks,
        ephemeral: pair(3)),
      try HandshakeState(
        pattern, .responder, prologue: hex(line[1]), ownStatic: pair(5), remoteStatic: key(7), psks: psks,
        ephemeral: pair(6)),
    ]
    var sender = 0
    var ciphers: [(sending: CipherState, receiving: CipherState)] = []
    for message in line[10...] {
      let parts = message.split(separator: ":", omittingEmptySubsequences: false)
      let payload = parts[0] == "-" ? [] : hex(parts[0])
      if !sides[0].isFinished {
        let written = try sides[sender].write(payload, &entropy)
        #expect(written == hex(parts[1]), "\(line[0])")
        #expect(try sides[1 - sender].read(written) == payload, "\(line[0])")
      } else {
        if ciphers.isEmpty {
          for side in sides {
            #expect(side.hash == hex(line[9]), "\(line[0])")
            let keys = try #require(side.split())
            ciphers.append((CipherState(key: keys.sending), CipherState(key: keys.receiving)))
          }
        }
        let sealed = try ciphers[sender].sending.seal(payload, binding: [])
        #expect(sealed == hex(parts[1]), "\(line[0])")
        #expect(try ciphers[1 - sender].receiving.open(sealed, binding: []) == payload, "\(line[0])")
      }
      if pattern.messages.count > 1 { sender = 1 - sender }
    }
    #expect(ciphers.count == 2)
  }

  /// XXpsk0 stands in no published file: NNpsk0 and XX do; here both sides meet, and only with equal psk and prologue.
  @Test(arguments: [(true, true), (true, false), (false, true)])
  func xxPsk0NeedsEqualPskAndPrologue(samePsk: Bool, samePrologue: Bool) throws {
    var entropy = Entropy(seed: Secret([1]))
    let psk = entropy.secret(32)
    var initiator = try HandshakeState(
      .xxPsk0, .initiator, prologue: [1], ownStatic: KeyPair(from: &entropy), psks: [psk])
    var responder = try HandshakeState(
      .xxPsk0, .responder, prologue: samePrologue ? [1] : [2], ownStatic: KeyPair(from: &entropy),
      psks: [samePsk ? psk : entropy.secret(32)])
    let first = try initiator.write([], &entropy)
    #expect(first.count == 48)
    guard samePsk, samePrologue else {
      let before = responder
      #expect(throws: NoiseError.notAuthentic) { try responder.read(first) }
      #expect(responder == before)
      return
    }
    #expect(try responder.read(first) == [])
    #expect(try initiator.read(responder.write([2], &entropy)) == [2])
    #expect(try responder.read(initiator.write([3], &entropy)) == [3])
    #expect(initiator.hash == responder.hash)
    #expect(initiator.split()?.sending == responder.split()?.receiving)
    #expect(initiator.split()?.receiving == responder.split()?.sending)
    #expect(initiator.split()?.sending != initiator.split()?.receiving)
  }

  @Test func refusesEveryFlippedBitAndEveryTruncation() throws {
    var entropy = Entropy(seed: Secret([2]))
    let keys = (KeyPair(from: &entropy), KeyPair(from: &entropy))
    var initiator = try HandshakeState(
      .kk, .initiator, prologue: [], ownStatic: keys.0, remoteStatic: keys.1.publicKey)
    let responder = try HandshakeState(
      .kk, .responder, prologue: [], ownStatic: keys.1, remoteStatic: keys.0.publicKey)
    let message = try initiator.write([5, 6, 7], &entropy)
    for bit in 0..<(message.count * 8) {
      var altered = message
      altered[bit / 8] ^= 1 << (bit % 8)
      var side = responder
      // The highest bit of a public key does not count (RFC 7748 §5), but the hash covers it.
      #expect(throws: NoiseError.self) { try side.read(altered) }
      #expect(side == responder)
    }
    for length in 0..<message.count {
      var side = responder
      #expect(throws: NoiseError.self) { try side.read(Array(message.prefix(length))) }
    }
  }

  @Test func refusesLowOrderKeysAndMessagesOutOfTurn() throws {
    var entropy = Entropy(seed: Secret([3]))
    let keys = (KeyPair(from: &entropy), KeyPair(from: &entropy))
    var responder = try HandshakeState(
      .kk, .responder, prologue: [], ownStatic: keys.1, remoteStatic: keys.0.publicKey)
    #expect(throws: NoiseError.lowOrder) { try responder.read(Array(repeating: 0, count: 48)) }
    #expect(throws: NoiseError.outOfTurn) { try responder.write([], &entropy) }
    #expect(throws: NoiseError.missingKey) { try HandshakeState(.kk, .initiator, prologue: [], ownStatic: keys.0) }
    #expect(responder.split() == nil)
    var unkeyed = try HandshakeState(.xxPsk0, .initiator, prologue: [], ownStatic: keys.0)
    #expect(throws: NoiseError.missingKey) { try unkeyed.write([], &entropy) }
  }
}
