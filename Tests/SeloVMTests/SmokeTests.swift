import SeloVM
import SeloWorlds
import Testing

@Test func counterCounts() throws {
  let machine = Machine<Counter>(seed: 1)
  let ada = PeerID(1)
  machine.external(.loop, author: ada, authorKey: 7, authorSequence: 1, at: .zero, sequence: 1, place: 0)
  machine.external(.increment, author: ada, authorKey: 7, authorSequence: 2, at: .zero, sequence: 1, place: 1)
  machine.advance(to: VirtualTime(nanoseconds: 1_600_000_000))
  #expect(machine.root.count == 4)
  let copy = try Machine<Counter>(snapshot: machine.snapshot())
  #expect(copy.snapshot() == machine.snapshot())
  #expect(copy.digest() == machine.digest())
}
