import SeloCrypto
import SeloWire
import Testing

/// Published values, and cases made to break implementations: what we call and how we call it is right.
@Suite struct PrimitiveTests {
  @Test func agreesWithTheRFCs() throws {
    for line in try fixture("rfc.txt") {
      let fields = line.dropFirst().map { hex($0) }
      switch line[0] {
      case "ed25519":
        let keys = try #require(Sodium.signingKey(seed: Secret(fields[0])))
        #expect(keys.verifying.bytes == fields[1])
        #expect(Sodium.sign(fields[2], signing: keys.signing).bytes == fields[3])
        #expect(Sodium.verify(Signature(fields[3]), fields[2], verifying: Bytes32(fields[1])))
      case "chacha20poly1305":
        let sealed = Sodium.seal(fields[3], binding: fields[2], key: Secret(fields[0]), nonce: fields[1])
        #expect(sealed == fields[4] + fields[5])
      case "x25519":
        #expect(Sodium.x25519(Secret(fields[0]), Bytes32(fields[1])) == Secret(fields[2]))
      case "blake2b": #expect(Sodium.blake2b(fields[0], count: 64) == fields[1])
      case "hmac": #expect(Sodium.hmac(fields[1], key: Secret(fields[0])) == Secret(fields[2]))
      case "hkdf":
        let outputs = Sodium.hkdf(chainingKey: Secret(fields[0]), input: Secret(fields[1]))
        #expect(outputs == (Secret(fields[2]), Secret(fields[3]), Secret(fields[4])))
      case "hash": #expect(Hashing.hash("session", Array("abc".utf8)).bytes == fields[0])
      case "kdf":
        let key = Secret(fields[0])
        #expect(Hashing.authenticate(key, "cookie", Array("abc".utf8), count: 16) == fields[1])
        #expect(Hashing.derive(key, "cookie", Array("abc".utf8), count: 16) == Secret(fields[1]))
      default: Issue.record("unknown line \(line[0])")
      }
    }
  }

  @Test func verifiesAsWycheproofDemands() throws {
    let lines = try fixture("ed25519.txt")
    #expect(lines.count == 151)
    for line in lines {
      let signature = hex(line[4])
      let isValid =
        signature.count == 64
        && Sodium.verify(Signature(signature), hex(line[3]), verifying: Bytes32(hex(line[2])))
      #expect(isValid == (line[1] == "valid"), "case \(line[0])")
    }
  }

  @Test func multipliesAsWycheproofDemandsAndRefusesLowOrder() throws {
    let lines = try fixture("x25519.txt")
    #expect(lines.count == 518)
    var refused = 0
    for line in lines {
      let shared = Sodium.x25519(Secret(hex(line[2])), Bytes32(hex(line[3])))
      if line[4].allSatisfy({ $0 == "0" }) {
        #expect(shared == nil, "case \(line[0])")
        refused += 1
      } else {
        #expect(shared == Secret(hex(line[4])), "case \(line[0])")
      }
    }
    #expect(refused == 31)
  }

  @Test func sealsAsWycheproofDemands() throws {
    let lines = try fixture("chacha20_poly1305.txt")
    #expect(lines.count == 325)
    for line in lines {
      let key = Secret(hex(line[2]))
      let (nonce, data, text) = (hex(line[3]), hex(line[4]), hex(line[5]))
      let sealed = hex(line[6]) + hex(line[7])
      let opened = Sodium.open(sealed, binding: data, key: key, nonce: nonce)
      if line[1] == "valid" {
        #expect(opened == text, "case \(line[0])")
        #expect(Sodium.seal(text, binding: data, key: key, nonce: nonce) == sealed, "case \(line[0])")
      } else {
        #expect(opened == nil, "case \(line[0])")
      }
    }
  }

  @Test func refusesWrongSizesInsteadOfReadingBeyond() {
    let short = Secret([1, 2, 3])
    #expect(Sodium.signingKey(seed: short) == nil)
    #expect(Sodium.x25519(short, Bytes32([9])) == nil)
    #expect(Sodium.x25519Public(short) == .zero)
    #expect(Sodium.sign([1], signing: short) == Signature([]))
    #expect(Sodium.seal([1], binding: [], key: short, counter: 0) == [])
    #expect(Sodium.open([1], binding: [], key: short, counter: 0) == nil)
    #expect(Sodium.open([1], binding: [], key: Secret(Array(repeating: 0, count: 32)), counter: 0) == nil)
    #expect(Sodium.argon2id(short, salt: [1], passes: 1, memoryBytes: 8192) == nil)
    #expect(Sodium.ristretto(fromUniform: short) == nil)
    #expect(Sodium.ristrettoScalar(fromUniform: short) == nil)
    #expect(Sodium.ristretto(short, times: short) == nil)
    var bytes: [UInt8] = [1, 2, 3]
    Sodium.seal(inPlace: &bytes, from: 1, key: Secret(Array(repeating: 0, count: 32)), counter: 0)
    #expect(bytes == [])
  }
}
