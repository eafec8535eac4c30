import SeloCrypto
import SeloWire
import Testing

@Suite struct PasswordExchangeTests {
  @Test func agreesWithTheDraft() throws {
    let values = Dictionary(uniqueKeysWithValues: try fixture("cpace.txt").map { ($0[0], hex($0[1])) })
    func value(_ name: String) throws -> [UInt8] { try #require(values[name]) }
    let initiator = try #require(
      try PasswordExchange(
        .initiator, password: Secret(value("PRS")), channel: value("CI"), session: value("sid"), data: value("ADa"),
        scalar: Secret(value("ya"))))
    let responder = try #require(
      try PasswordExchange(
        .responder, password: Secret(value("PRS")), channel: value("CI"), session: value("sid"), data: value("ADb"),
        scalar: Secret(value("yb"))))
    #expect(try initiator.share.bytes == value("Ya"))
    #expect(try responder.share.bytes == value("Yb"))
    let expected = Secret(try value("ISK_IR"))
    #expect(try initiator.key(with: responder.share, data: value("ADb")) == expected)
    #expect(try responder.key(with: initiator.share, data: value("ADa")) == expected)

    let scalar = Secret(try value("valid.s"))
    #expect(try Sodium.ristretto(scalar, times: Secret(value("valid.X"))) == Secret(value("valid.product")))
    for name in ["InvalidY1", "InvalidY2"] {
      #expect(try Sodium.ristretto(scalar, times: Secret(value(name))) == nil)
      #expect(try initiator.key(with: Bytes32(value(name)), data: []) == nil)
    }
  }

  @Test func onlyEqualPasswordsMeetAndOnesOwnShareIsRefused() throws {
    var entropy = Entropy(seed: Secret([4]))
    func side(_ role: PasswordExchange.Role, _ password: String, _ session: [UInt8] = [1]) throws -> PasswordExchange {
      try #require(
        PasswordExchange(role, password: Secret(password.utf8), channel: [], session: session, &entropy))
    }
    let initiator = try side(.initiator, "salad")
    let responder = try side(.responder, "salad")
    #expect(initiator.key(with: responder.share) == responder.key(with: initiator.share))
    #expect(
      try initiator.key(with: side(.responder, "soup").share) != side(.responder, "soup").key(with: initiator.share))
    let elsewhere = try side(.responder, "salad", [2])
    #expect(initiator.key(with: elsewhere.share) != elsewhere.key(with: initiator.share))
    #expect(initiator.key(with: initiator.share) == nil)
    #expect(initiator.key(with: .zero) == nil)
  }

  @Test func passphrasesHaveBoundsAndGeneratedOnesStrength() throws {
    #expect(throws: PassphraseError.tooShort) { try Passphrase(Array("7 bytes".utf8)) }
    #expect(throws: PassphraseError.tooLong) { try Passphrase(Array(repeating: 65, count: 129)) }
    _ = try Passphrase(Array(repeating: 65, count: 128))
    var entropy = Entropy(seed: Secret([5]))
    var seen = Set<String>()
    for _ in 0..<100 {
      let text = Passphrase.generate(&entropy)
      #expect(text.utf8.count == 29)
      #expect(text.split(separator: "-").count == 5)
      #expect(seen.insert(text).inserted)
      _ = try Passphrase(text.utf8)
    }
  }

  @Test func stretchingDependsOnNameAndText() throws {
    let passphrase = try Passphrase("42-amber-onion".utf8)
    let key = try passphrase.stretched(for: "garden")
    #expect(key.count == 32)
    #expect(try key != passphrase.stretched(for: "kitchen"))
  }
}
