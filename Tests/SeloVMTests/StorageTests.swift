import SeloMachineKit
import Testing

@testable import SeloVM

/// The engine's storage against dumb twins, with copies taken on the way that must not be disturbed.
@Suite("Storage of the engine") struct StorageTests {
  @Test("a column equals a dictionary, and copies do not disturb each other", arguments: [4, 24, 56] as [UInt64])
  func column(bitsOfChance: UInt64) {
    var chance = Chance(seed: bitsOfChance)
    var column = Column(Layout(of: [Int].self))
    var model: [NodeID: [Int]] = [:]
    var copies: [(Column, [NodeID: [Int]])] = []
    for round in 0..<3_000 {
      // Few bits of chance high up make ids that share their homes and tags, few low down such that differ only there.
      let id = NodeID(1 << 56 | (chance.next() >> (64 - bitsOfChance)) << (bitsOfChance == 24 ? 0 : 56 - bitsOfChance))
      let isThere = model[id] != nil
      #expect((column.slot(of: id) != nil) == isThere)
      switch (isThere, round % 1_000 < 700) {
      case (false, true):
        column.insert(id).initializeMemory(as: [Int].self, to: [round])
        model[id] = [round]
      case (true, true):
        guard let slot = column.slot(of: id) else { break }
        let chunk = column.slab.writable(Int(slot >> 6))
        chunk.values.assumingMemoryBound(to: [Int].self)[Int(slot & 63)].append(round)
        model[id, default: []].append(round)
      default:
        let wasThere = column.remove(id)
        #expect(wasThere == isThere)
        model[id] = nil
      }
      if round % 700 == 0 { copies.append((column, model)) }
    }
    copies.append((column, model))
    for (column, model) in copies { expectEqual(column, model) }
  }

  @Test("a column grown in ascending order, as a restored one") func ascending() {
    var column = Column(Layout(of: Int.self), reserving: 3_000)
    var chance = Chance(seed: 1)
    let ids = Set((0..<3_000).map { _ in NodeID(1 << 56 | chance.next() >> 8) }).sorted()
    for (number, id) in ids.enumerated() { column.append(id) { $0.initializeMemory(as: Int.self, to: number) } }
    #expect(column.slots().map { column.id(at: $0) } == ids)
    #expect(ids.enumerated().allSatisfy { column.slot(of: $0.element) == UInt32($0.offset) })
  }

  @Test("ids that are all at home at the end") func atTheEnd() {
    var column = Column(Layout(of: UInt8.self))
    let ids = (0..<1_500).map { NodeID(2 << 56 - 1 - $0) }
    for id in ids { column.insert(id).initializeMemory(as: UInt8.self, to: 1) }
    #expect(column.slots().map { column.id(at: $0) } == ids.reversed())
    for id in ids.dropLast() { _ = column.remove(id) }
    #expect(column.slots().count == 1)
  }

  @Test("a digest is that of the content, whichever groups were hashed before") func digests() {
    var chance = Chance(seed: 2)
    var column = Column(Layout(of: UInt64.self))
    var ids: [NodeID] = []
    func sum(_ column: Column) -> UInt128 {
      column.digest { values, ids, mask in
        Slots(mask).reduce(0) { sum, slot in
          var sink = DigestSink(key: ids[slot])
          sink.uint64(values.assumingMemoryBound(to: UInt64.self)[slot])
          return sum &+ sink.value
        }
      }
    }
    for round in 0..<1_000 as Range<UInt64> {
      let copy = column
      let before = sum(column)
      if chance.one(in: 3), !ids.isEmpty {
        _ = column.remove(ids.remove(at: chance.below(ids.count)))
      } else {
        ids.append(NodeID(1 << 56 | chance.next() >> 8))
        column.insert(ids[ids.count - 1]).initializeMemory(as: UInt64.self, to: round)
      }
      let fresh = ids.reduce(into: Column(Layout(of: UInt64.self))) { fresh, id in
        guard round % 50 == 0, let value = column.value(of: id)?.load(as: UInt64.self) else { return }
        fresh.insert(id).initializeMemory(as: UInt64.self, to: value)
      }
      if round % 50 == 0 { #expect(sum(column) == sum(fresh)) }
      #expect(sum(copy) == before)
    }
  }

  @Test(
    "the queue equals a sorted array, and copies do not disturb each other", arguments: 1...6 as ClosedRange<UInt64>)
  func queue(seed: UInt64) {
    var chance = Chance(seed: seed)
    var queue = TimeQueue(at: .zero)
    var model: [Link] = []
    var copies: [(TimeQueue, [Link])] = []
    let reach = [10, 1_000, 1_000_000, 1 << 40, 3, 60][Int(seed) - 1]
    var now: Int64 = 0
    for round in 0..<4_000 as Range<UInt64> {
      switch chance.below(8) {
      case 0:
        guard let first = model.first, first.time.nanoseconds < .max else { break }
        now = first.time.nanoseconds
        let due = LinkBuffer()
        queue.takeInstant(into: due)
        #expect(due.causes == model.prefix { $0.time == first.time }.map(\.cause))
        model.removeFirst(due.count)
      case 1:
        guard !model.isEmpty else { break }
        let link = model.remove(at: chance.below(model.count))
        let found = queue.cancel(Ticket(time: link.time, cause: link.cause))
        let again = queue.cancel(Ticket(time: link.time, cause: link.cause))
        #expect(found?.cause == link.cause && again == nil)
      default:
        let time = VirtualTime(nanoseconds: chance.one(in: 300) ? .max : now + 1 + Int64(chance.below(reach)))
        let link = Link(time: time, cause: round, target: .root, payload: 0, hint: 0)
        queue.append(link)
        model.insert(link, at: model.firstIndex { $0.time > time } ?? model.count)
      }
      #expect(queue.count == model.count && queue.earliest == model.first?.time)
      if round % 500 == 0 { copies.append((queue, model)) }
    }
    copies.append((queue, model))
    for (queue, model) in copies { #expect(queue.inOrder().causes == model.map(\.cause)) }
  }

  private func expectEqual(_ column: Column, _ model: [NodeID: [Int]]) {
    let ids = model.keys.sorted()
    #expect(column.count == ids.count)
    #expect(column.slots().map { column.id(at: $0) } == ids)
    #expect(ids.allSatisfy { column.value(of: $0)?.assumingMemoryBound(to: [Int].self).pointee == model[$0] })
  }
}

extension LinkBuffer {
  fileprivate var causes: [UInt64] { (0..<count).map { self[$0].cause } }
}
