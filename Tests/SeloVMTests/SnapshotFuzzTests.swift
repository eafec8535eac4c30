import SeloMachineKit
import SeloWorlds
import Testing

@testable import SeloVM

/// Hostile snapshots: cut, flipped and spliced. Each ends in a typed error or in a machine that works; none traps.
@Suite("Hostile snapshots") struct SnapshotFuzzTests {
  private static let village: [UInt8] = {
    let machine = Machine<Village>(seed: 3)
    machine.presence(.joined(ada, name: "Ada"), at: .zero, sequence: 0, place: 0)
    for number in 0..<18 as Range<UInt64> {
      machine.external(
        Village.workload(number, author: ada), author: ada, authorKey: 7, authorSequence: number, at: milliseconds(5),
        sequence: 1, place: UInt32(number))
    }
    machine.advance(to: milliseconds(20))
    machine.external(
      .move(Point(x: 1, y: 1)), author: ada, authorKey: 7, authorSequence: 99, at: milliseconds(30), sequence: 9,
      place: 0)
    machine.presence(.left(ada), at: milliseconds(30), sequence: 9, place: 1)
    return machine.snapshot()
  }()

  private static let stage = RandomLog(seed: 4, frames: 4, messages: 50).played().snapshot()

  @Test("any change of the bytes is found", arguments: 0..<4) func changed(part: Int) {
    var chance = Chance(seed: UInt64(part))
    var refused = 0
    for _ in 0..<1_500 {
      let bytes = mutated(Self.village, &chance)
      guard bytes != Self.village else { continue }
      #expect(throws: SnapshotError.self) { try Machine<Village>(snapshot: bytes) }
      refused += 1
    }
    #expect(refused > 1_400)
  }

  /// The checksum is made good again, so that the mutations reach what lies behind it.
  @Test("with a good checksum, it is refused or it is a world that runs", arguments: 0..<8) func resealed(part: Int) {
    var chance = Chance(seed: 100 + UInt64(part))
    var accepted = 0
    for _ in 0..<1_000 {
      if let machine = fuzzed(Self.village, &chance, as: Village.self) {
        accepted += 1
        machine.external(
          .ball, author: ada, authorKey: 1, authorSequence: 1, at: machine.now, sequence: .max, place: .max)
        machine.advance(to: machine.now + .milliseconds(120))
        _ = machine.digest()
        _ = Village.describe(machine.frozen())
      }
      if let machine = fuzzed(Self.stage, &chance, as: Stage.self) {
        accepted += 1
        _ = machine.digest()
      }
    }
    #expect(accepted > 100 && accepted < 1_900, "both ends of the decoder are reached: \(accepted)")
  }

  @Test("cut anywhere", arguments: [false, true]) func cut(sealed: Bool) {
    let body = body(of: Self.village)
    for length in 0..<(sealed ? body.count : Self.village.count) {
      let bytes = sealed ? State.sealed(Array(body[..<length])) : Array(Self.village[..<length])
      #expect(throws: SnapshotError.self) { try Machine<Village>(snapshot: bytes) }
    }
  }

  @Test("a count that promises more than there is reserves nothing") func hugeCounts() {
    // The last four bytes of a counter's body are the count of its queue.
    var body = body(of: Machine<Counter>(seed: 1).snapshot())
    body.replaceSubrange((body.count - 4)..., with: [0xFF, 0xFF, 0xFF, 0xFF])
    #expect(throws: SnapshotError.invalid("length")) { try Machine<Counter>(snapshot: State.sealed(body)) }
  }

  @Test("nodes and messages out of order are refused: equal states have equal bytes") func order() {
    let state = State.stage([1, 2].map { (NodeID(1 << 56 | $0), Actor()) })
    var body = body(of: state.snapshot(Program(of: Stage.self)))
    #expect((try? Machine<Stage>(snapshot: State.sealed(body))) != nil)
    let places = body.indices.dropLast(7).filter { Array(body[$0..<($0 + 8)]) == [1, 0, 0, 0, 0, 0, 0, 1] }
    #expect(places.count == 1)
    body[places[0]] = 2
    #expect(throws: SnapshotError.invalid("node id")) { try Machine<Stage>(snapshot: State.sealed(body)) }
  }

  private func body(of snapshot: [UInt8]) -> [UInt8] {
    Array(snapshot.dropFirst(State.headerBytes).dropLast(State.checksumBytes))
  }

  private func fuzzed<W: World>(_ snapshot: [UInt8], _ chance: inout Chance, as world: W.Type) -> Machine<W>? {
    let bytes = State.sealed(mutated(body(of: snapshot), &chance))
    guard let machine = try? Machine<W>(snapshot: bytes) else { return nil }
    #expect(machine.snapshot() == bytes, "whatever is accepted is canonical")
    return machine
  }

  private func mutated(_ original: [UInt8], _ chance: inout Chance) -> [UInt8] {
    var bytes = original
    switch chance.below(4) {
    case 0: bytes.removeLast(chance.below(bytes.count))
    case 1: bytes.removeSubrange(chance.below(bytes.count / 2)..<(bytes.count / 2 + chance.below(bytes.count / 2)))
    case 2: bytes[chance.below(bytes.count)] = chance.one(in: 2) ? 0xFF : chance.byte()
    default: for _ in 0...chance.below(4) { bytes[chance.below(bytes.count)] ^= 1 << (chance.byte() & 7) }
    }
    return bytes
  }
}

extension State {
  /// A stage with these actors, as if it had been restored.
  static func stage(_ nodes: [(id: NodeID, actor: Actor)]) -> State {
    let program = Program(of: Stage.self)
    var state = State(program, seed: 1, limits: .standard)
    program.makeRoot(state.root.values)
    state.root.occupy(0, word: 0)
    for (id, actor) in nodes { state.columns[1].insert(id).initializeMemory(as: Actor.self, to: actor) }
    return state
  }

}
