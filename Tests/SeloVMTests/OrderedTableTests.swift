import SeloMachineKit
import Testing

@testable import SeloVM

@Suite("Ordered tables") struct OrderedTableTests {
  /// What an ordered table does, as plainly as can be: entries in the order in which they came.
  private struct Twin {
    var entries: [(key: Int, value: Int)] = []

    subscript(key: Int) -> Int? {
      get { entries.first { $0.key == key }?.value }
      set {
        let place = entries.firstIndex { $0.key == key }
        switch (place, newValue) {
        case (let place?, let value?): entries[place].value = value
        case (let place?, nil): entries.remove(at: place)
        case (nil, let value?): entries.append((key, value))
        case (nil, nil): break
        }
      }
    }
  }

  private func isEqual(_ table: OrderedTable<Int, Int>, _ twin: Twin) -> Bool {
    table.elementsEqual(twin.entries) { $0 == $1 } && table.keys == twin.entries.map(\.key)
      && table.values == twin.entries.map(\.value) && table.count == twin.entries.count
      && table.isEmpty == twin.entries.isEmpty && table.first?.key == twin.entries.first?.key
      && table.last?.key == twin.entries.last?.key
  }

  @Test("an ordered table equals a dumb one, its copies and its bytes, too", arguments: 0..<6 as Range<UInt64>)
  func twin(seed: UInt64) throws {
    var chance = Chance(seed: seed)
    var table = OrderedTable<Int, Int>()
    var twin = Twin()
    var copies: [(OrderedTable<Int, Int>, Twin)] = []
    for round in 0..<3_000 {
      let key = chance.below(60)
      switch chance.below(4) {
      case 0:
        table[key] = nil
        twin[key] = nil
      case 1:
        table[key, default: 7] += round
        twin[key] = (twin[key] ?? 7) + round
      case 2:
        let last = table.last?.key ?? key
        table[last] = nil
        twin[last] = nil
      default:
        table[key] = round
        twin[key] = round
      }
      #expect(isEqual(table, twin))
      #expect(table[key] == twin[key])
      if round % 300 == 0 {
        copies.append((table, twin))
        let restored = try OrderedTable<Int, Int>(encoded: table.encoded())
        #expect(restored == table && isEqual(restored, twin))
        if chance.one(in: 2) { table = restored }
      }
    }
    for (copy, itsTwin) in copies { #expect(isEqual(copy, itsTwin)) }
    table.removeAll()
    #expect(table.isEmpty && table[3] == nil && table.first == nil)
  }

  @Test("a key keeps its place while it stays, and comes last when it comes again") func places() {
    var table: OrderedTable<String, Int> = ["z": 1, "a": 2, "m": 3, "z": 4]
    #expect(table.keys == ["z", "a", "m"])
    #expect(table.values == [4, 2, 3])
    table["a"] = 9
    #expect(table.keys == ["z", "a", "m"])
    table["z"] = nil
    table["z"] = 1
    #expect(table.keys == ["a", "m", "z"])
  }

  @Test("equal is who holds the same in the same order, however it came about") func equality() {
    let plain: OrderedTable<Int, Int> = [1: 10, 2: 20]
    var detour: OrderedTable<Int, Int> = [3: 30, 1: 11, 2: 20]
    detour[3] = nil
    #expect(detour != plain)
    detour[1] = 10
    #expect(detour == plain)
    #expect(detour.encoded() == plain.encoded())
    #expect(plain != [2: 20, 1: 10])
    #expect(plain != [1: 10])
    #expect(OrderedTable(dictionaryLiteral: ("\u{E9}", 1)) != OrderedTable(dictionaryLiteral: ("e\u{301}", 1)))
  }

  @Test("an ordered table comes back, by hand and through Codable, and no key twice") func bytes() throws {
    struct Holder: Codable, Replicated { var table: OrderedTable<UInt64, String> }
    let table: OrderedTable<UInt64, String> = [3: "c", 1: "a"]
    #expect(try OrderedTable(encoded: table.encoded()) == table)
    #expect(try Holder(encoded: Holder(table: table).encoded()).table == table)
    let entries: [[UInt8]] = [[2, 0, 0, 0], UInt64(3).encoded(), "c".encoded(), UInt64(1).encoded(), "a".encoded()]
    #expect(table.encoded() == Array(entries.joined()))
    var doubled = table.encoded()
    doubled[4] = 1
    #expect(throws: DecodeError.invalid("doubled key of a table")) {
      try OrderedTable<UInt64, String>(encoded: doubled)
    }
    #expect(throws: DecodeError.self) { try OrderedTable<UInt64, String>(encoded: Array(doubled.dropLast())) }
    var held = Holder(table: table).encoded()
    let place = try #require(held.firstIndex(of: 3))
    held[place] = 1
    #expect(throws: DecodingError.self) { try Holder(encoded: held) }
  }
}
