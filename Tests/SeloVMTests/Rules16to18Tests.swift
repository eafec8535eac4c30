import SeloMachineKit
import Testing

@testable import SeloVM

@Suite("Rules 16–18: identity and chance") struct IdentityTests {
  @Test("16: mix is the finaliser of SplitMix64") func finaliser() {
    // The first outputs of SplitMix64 with seed 0, as published with its reference code.
    let golden: UInt64 = 0x9E37_79B9_7F4A_7C15
    #expect(mix(golden) == 0xE220_A839_7B1D_CDAF)
    #expect(mix(golden &* 2) == 0x6E78_9E6A_A1B9_65F4)
    #expect(mix(golden &* 3) == 0x06C4_5D18_8009_454F)
  }

  @Test("16: the cause of an external derives from author and author sequence alone") func externalCause() {
    var first = Theatre()
    first.play(0, Script(1, .future(10, Script(2)), .future(10, Script(3))))
    var second = Theatre(seed: 99)
    second.tell(70, Script(1, .future(20, Script(2)), .future(10, Script(3))))
    second.tell(70, Script(4), author: PeerID(5))
    second.advance(70)
    let cause = mix(mix(ada.value) &+ 1)
    let sent = [mix(cause &+ 0xD134_2543_DE82_EF95), mix(cause &+ 2 &* 0xD134_2543_DE82_EF95)]
    #expect(first.machine.root.tickets.map(\.cause) == sent)
    #expect(second.machine.root.tickets.map(\.cause) == sent)
  }

  @Test("16: comings and goings have causes of their own") func presenceCauses() {
    var causes: [UInt64] = []
    for peer in 0..<64 as Range<UInt64> {
      for sequence in 0..<64 as Range<UInt64> {
        causes.append(Cause.presence(.joined(PeerID(peer), name: "x"), sequence: sequence))
        causes.append(Cause.presence(.left(PeerID(peer)), sequence: sequence))
      }
    }
    causes.sort()
    #expect(zip(causes, causes.dropFirst()).allSatisfy { $0 != $1 })
  }

  @Test("17: an id carries its type and derives from the cause of the spawn") func nodeIDs() {
    var theatre = Theatre()
    theatre.play(0, Script(1, .spawn, .spawn))
    let cause = mix(mix(ada.value) &+ 1)
    let ids = theatre.machine.root.actors.map(\.id)
    #expect(ids.map(\.typeIndex) == [1, 1])
    #expect(ids.map(\.value) == [1, 2].map { 1 << 56 | mix((cause ^ Cause.spawnTag) &+ $0) >> 8 })
  }

  @Test("17: a spawn keeps its identity when others are ordered before it") func stableIdentity() {
    func identity(othersBefore others: UInt64) -> NodeID? {
      let machine = Machine<Stage>(seed: 1)
      for other in 0..<others {
        machine.external(
          Script(0, .spawn, .draw), author: PeerID(2), authorKey: 2, authorSequence: other, at: .zero, sequence: other,
          place: 0)
      }
      machine.external(
        Script(0, .spawn), author: ada, authorKey: 1, authorSequence: 1, at: .zero, sequence: others, place: 0)
      machine.advance(to: .zero)
      return machine.root.actors.last?.id
    }
    #expect(identity(othersBefore: 0) == identity(othersBefore: 3))
    #expect(identity(othersBefore: 0) != nil)
  }

  @Test("17: a taken id is mixed again until it is free") func collisions() {
    let first = NodeID.spawned(typeIndex: 3, cause: 1, ordinal: 1) { _ in false }
    let second = NodeID.spawned(typeIndex: 3, cause: 1, ordinal: 1) { $0 == first }
    let third = NodeID.spawned(typeIndex: 3, cause: 1, ordinal: 1) { $0 == first || $0 == second }
    #expect([first, second, third].map(\.typeIndex) == [3, 3, 3])
    #expect(first != second && second != third && first != third)
  }

  @Test("18: the n-th draw is a function of seed, cause and n") func draws() {
    var theatre = Theatre(seed: 42)
    theatre.play(0, Script(1, .draw, .draw))
    let cause = mix(mix(ada.value) &+ 1)
    let drawn = [1, 2].map { (n: UInt64) in mix(42 &+ cause &+ n &* 0x9E37_79B9_7F4A_7C15) }
    #expect(theatre.machine.root.notes.map(\.value) == [0] + drawn)
  }

  @Test("18: what one message draws does not shift what another draws") func drawsAreIndependent() {
    var few = Theatre()
    few.play(0, Script(1, .draw), Script(2, .draw))
    var many = Theatre()
    many.play(0, Script(1, .draw, .draw, .draw), Script(2, .draw))
    #expect(few.machine.root.notes.last == many.machine.root.notes.last)
  }

  @Test("18: draws are fair enough to play with") func fairness() {
    var counts = Array(repeating: 0, count: 6)
    let dice = Machine<Dice>(seed: 7)
    dice.external(.roll(6_000), author: ada, authorKey: 1, authorSequence: 1, at: .zero, sequence: 1, place: 0)
    dice.advance(to: .zero)
    for roll in dice.root.rolls { counts[Int(roll)] += 1 }
    #expect(counts.allSatisfy { (850...1_150).contains($0) }, "\(counts)")
    #expect(dice.root.shuffled.sorted() == Array(0..<52))
    #expect(dice.root.shuffled != Array(0..<52))
    #expect(dice.root.halves == 0, "double01 stays below one")
  }
}

/// A world that plays with chance.
struct Dice: World, Codable {
  var rolls: [Int] = []
  var shuffled: [Int] = []
  var halves = 0
  enum Message: Replicated, Codable { case roll(Int) }
  mutating func receive(_ message: Message, _ turn: inout Turn<Dice>) throws {
    let random = turn.random
    switch message {
    case .roll(let count):
      for _ in 0..<count { rolls.append(random.int(in: 0..<6)) }
      shuffled = Array(0..<52)
      random.shuffle(&shuffled)
      for _ in 0..<1_000 where !(0..<1).contains(random.double01()) { halves += 1 }
      guard random.pick(from: [] as [Int]) == nil, random.int(in: 3...3) == 3 else { throw TurnError.rejected("") }
      _ = random.int(in: Int.min...Int.max)
    }
  }
}
