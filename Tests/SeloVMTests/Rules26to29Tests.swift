import SeloMachineKit
import SeloWorlds
import Testing

@testable import SeloVM

@Suite("Rules 26, 27, 29: bytes") struct ByteTests {
  @Test("26: what is restored is written the same again", arguments: [0, 1, 5, 20] as [Int64])
  func restoreAndEncode(time: Int64) throws {
    var theatre = Theatre(actors: 3)
    theatre.tell(0, Script(1, .again(4), .draw, .raiseAll, .send(1, after: 9, Script(2, .fail)), .spawn))
    theatre.advance(time)
    theatre.tell(time, Script(3))
    theatre.deliver(time + 3, sequence: 99, place: 1, encoded: [9])
    theatre.deliver(time + 3, sequence: 99, place: 0, .joined(ada, name: "Ada"))
    theatre.expectEqual()
    let bytes = theatre.machine.snapshot()
    let restored = try Machine<Stage>(snapshot: bytes)
    #expect(restored.snapshot() == bytes)
    #expect(restored.digest() == theatre.machine.digest())
    #expect(restored.frozen().snapshot() == bytes)
  }

  @Test("26: equal states have equal bytes, however they came about") func equalStates() throws {
    // The same nodes in tables that grew in another order and lost others: only the content may show.
    var chance = Chance(seed: 3)
    var ids: [NodeID] = []
    for _ in 0..<2_000 { ids.append(NodeID(1 << 56 | chance.next() >> 8)) }
    let left = State.stage(ids.sorted().filter { $0.value % 3 == 0 }.map { ($0, Actor()) })
    var right = State.stage(ids.map { ($0, Actor()) })
    for id in ids.reversed() where id.value % 3 != 0 { _ = right.columns[1].remove(id) }
    let program = Program(of: Stage.self)
    #expect(left.nodeCount > 500)
    #expect(left.snapshot(program) == right.snapshot(program))
    #expect(left.digest(program) == right.digest(program))
  }

  @Test("26: every NaN is written as one pattern") func oneNaN() throws {
    let quiet = Double.nan
    let other = Double(bitPattern: 0xFFF8_0000_0000_1234)
    #expect(other.isNaN)
    #expect(quiet.encoded() == other.encoded())
    #expect(Float.nan.encoded() == Float(bitPattern: 0xFFC0_0001).encoded())
    #expect([other].map { Weather(celsius: $0) }[0].encoded() == Weather(celsius: quiet).encoded())
    #expect(try Double(encoded: other.encoded()).bitPattern == 0x7FF8_0000_0000_0000)
    #expect(throws: DecodeError.invalid("NaN")) { try Double(encoded: other.bitPattern.encoded()) }
    #expect(Double(0).encoded() != (-0.0).encoded())
  }

  private struct Weather: Replicated, Codable { let celsius: Double }

  @Test("26: a snapshot of another world, version, type list or format is refused by name") func headers() throws {
    let bytes = Machine<Counter>(seed: 1).snapshot()
    #expect(throws: SnapshotError.wrongWorld("counter")) { try Machine<Village>(snapshot: bytes) }
    #expect(throws: SnapshotError.wrongVersion(1)) { try Machine<CounterOfTomorrow>(snapshot: bytes) }
    #expect(throws: SnapshotError.wrongFingerprint(Machine<Counter>.schemaFingerprint)) {
      try Machine<CounterOfOthers>(snapshot: bytes)
    }
    #expect(throws: SnapshotError.notASnapshot) { try Machine<Counter>(snapshot: []) }
    #expect(throws: SnapshotError.notASnapshot) { try Machine<Counter>(snapshot: Array(bytes.reversed())) }
    #expect(throws: SnapshotError.wrongLength) { try Machine<Counter>(snapshot: Array(bytes.dropLast())) }
    #expect(throws: SnapshotError.wrongLength) { try Machine<Counter>(snapshot: bytes + [0]) }
    var format = bytes
    format[4] = 9
    #expect(throws: SnapshotError.unknownFormat(9)) { try Machine<Counter>(snapshot: format) }
    var flipped = bytes
    flipped[40] ^= 1
    #expect(throws: SnapshotError.corrupted) { try Machine<Counter>(snapshot: flipped) }
  }

  @Test("27: the digest shows every difference") func digestShowsAll() {
    func digest(_ time: Int64 = 5, seed: UInt64 = 1, _ scripts: Script...) -> Digest {
      var theatre = Theatre(seed: seed)
      for script in scripts { theatre.tell(1, script) }
      theatre.advance(time)
      return theatre.machine.digest()
    }
    let digests = [
      digest(), digest(6), digest(seed: 2), digest(5, Script(1)), digest(5, Script(2)), digest(5, Script(1), Script(2)),
      digest(5, Script(1, .spawn)), digest(5, Script(1, .spawn), Script(1, .set(0, 1))),
      digest(5, Script(1, .future(99, Script(1)))), digest(5, Script(1, .future(99, Script(2)))),
      digest(5, Script(1, .future(98, Script(1)))), digest(5, Script(1, .fail)), digest(5, Script(1, .reject)),
    ]
    #expect(Set(digests).count == digests.count)
  }

  @Test("27: the hash of a node is keyed by its id: states that change places show") func keyedByID() {
    let ids = [NodeID(1 << 56 | 1), NodeID(1 << 56 | 2)]
    func digest(_ numbers: [Int]) -> Digest {
      let nodes = zip(ids, numbers).map { id, number in
        var actor = Actor()
        actor.number = number
        return (id, actor)
      }
      return State.stage(nodes).digest(Program(of: Stage.self))
    }
    #expect(digest([1, 2]) != digest([2, 1]))
    #expect(digest([1, 2]) == digest([1, 2]))
  }

  @Test("27: a digest is sixteen bytes and thirty-two digits") func digestForm() throws {
    let digest = Machine<Counter>(seed: 1).digest()
    #expect(digest.bytes.count == 16)
    #expect(Digest(bytes: digest.bytes) == digest)
    #expect(Digest(bytes: Array(digest.bytes.dropLast())) == nil)
    #expect("\(digest)" == digits(digest.bytes))
  }

  /// Swift draws a new hash seed for each process, so each run of this test is another process with another seed, and
  /// the constants are what a first process computed. CI runs it in debug and release: every optimisation level, too.
  @Test("29: the same log gives the same digests and bytes in every process") func golden() {
    let village = Machine<Village>(seed: 20)
    village.presence(.joined(ada, name: "Ada"), at: .zero, sequence: 0, place: 0)
    for number in 0..<200 as Range<UInt64> {
      let time = milliseconds(Int64(number) * 20)
      village.external(
        Village.workload(number, author: ada), author: ada, authorKey: 7, authorSequence: number, at: time,
        sequence: number, place: 1)
      village.advance(to: time)
    }
    #expect("\(village.digest())" == "8d1b04d80c78896ddc8c7d9fbef7221d")
    #expect("\(fingerprint(village.snapshot()))" == "b1f70ec776c5a6059dab1d95e971bbda")

    let stage = RandomLog(seed: 1).played()
    #expect("\(stage.digest())" == "af51d689ffd8d3430e53e1b34d9a681b")
    #expect("\(fingerprint(stage.snapshot()))" == "e1b7f3b112f111928aacf86264c1bf7e")
  }

  @Test("29: a small snapshot, byte for byte") func goldenBytes() {
    let counter = Machine<Counter>(seed: 2)
    counter.external(.increment, author: ada, authorKey: 7, authorSequence: 1, at: .zero, sequence: 1, place: 0)
    counter.external(.loop, author: ada, authorKey: 7, authorSequence: 2, at: .zero, sequence: 1, place: 1)
    counter.advance(to: milliseconds(600))
    #expect(
      digits(counter.snapshot()) == """
        53454c570200dc0000000000000007000000636f756e74657201000000000000007d777738e607e4030000000040420f0000\
        00000010270000000000000000400000000000000080000000000002000000000000000046c3230000000000000000000000\
        00000000000000000000000000000000000000000022000000080205636f756e740304046c6f6f7009020380a8d6b90704f8\
        8fd7e0e6f9dfd28b010100000000ca9a3b000000000000000000000000f8c7156cce7fa58b09000000080104737465700800\
        0000000010a49fa3c6263222f81c31eca2802cfd
        """)
  }

  @Test("30: the facts for the charter") func facts() {
    #expect(Machine<Counter>.worldName == "counter")
    #expect(Machine<Counter>.worldVersion == 1)
    #expect(Machine<Village>.worldName == "village")
    let fingerprints = [Machine<Counter>.schemaFingerprint, Machine<Village>.schemaFingerprint]
    #expect(fingerprints.map { String($0, radix: 16) } == ["3e407e63877777d", "ca418035c83cac65"])
  }

  private func digits(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  private func fingerprint(_ bytes: [UInt8]) -> Digest {
    var sink = DigestSink(key: 0)
    sink.raw(bytes)
    return Digest(sink.value)
  }
}

/// The counter as a later version of the program would define it.
private struct CounterOfTomorrow: World, Codable {
  static var name: String { "counter" }
  static var version: Int { 2 }
  enum Message: Replicated, Codable { case nothing }
  mutating func receive(_ message: Message, _ turn: inout Turn<CounterOfTomorrow>) {}
}

/// Another world of the same name.
private struct CounterOfOthers: World, Codable {
  static var name: String { "counter" }
  enum Message: Replicated, Codable { case nothing }
  mutating func receive(_ message: Message, _ turn: inout Turn<CounterOfOthers>) {}
}
