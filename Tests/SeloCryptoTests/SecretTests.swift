import SeloCrypto
import SeloWire
import Testing

@Suite struct SecretTests {
  @Test func areEqualByTheirBytes() {
    for count in [0, 1, 32, 64, 65, 256, 257, 5_000] {
      let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
      let secret = Secret(bytes)
      #expect(secret == Secret(bytes))
      #expect(secret.exposed() == bytes)
      #expect(secret.count == count)
      #expect(secret != Secret(bytes + [0]))
      for place in bytes.indices.prefix(70) {
        var other = bytes
        other[place] ^= 1
        #expect(secret != Secret(other))
      }
    }
  }

  @Test func slotsAreReusedWithoutMixing() {
    var kept: [Secret] = []
    for round in 0..<2_000 {
      let secret = Secret(Array(repeating: UInt8(truncatingIfNeeded: round), count: 1 + round % 200))
      if round % 3 != 0 { kept.append(secret) }
    }
    for secret in kept { #expect(Set(secret.exposed()).count == 1) }
  }

  @Test func chanceIsAFunctionOfItsSeedAndNeverRepeats() {
    var first = Entropy(seed: Secret(Array(repeating: 7, count: 32)))
    var second = Entropy(seed: Secret(Array(repeating: 7, count: 32)))
    var other = Entropy(seed: Secret(Array(repeating: 8, count: 32)))
    #expect(first.bytes(100) == second.bytes(100))
    #expect(first.secret(64) == second.secret(64))
    #expect(first.uint64() == second.uint64())
    #expect(first == second)
    #expect(first.bytes(32) != other.bytes(32))
    var seen = Set<[UInt8]>()
    for _ in 0..<1_000 { #expect(seen.insert(first.bytes(16)).inserted) }
    // A draw of n bytes and one of m share no beginning: the seed moved on between them.
    _ = second.bytes(1)
    #expect(!seen.contains(second.bytes(16)) || seen.count == 1_000)
  }
}
