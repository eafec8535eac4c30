import SeloMachineKit
import Testing

@testable import SeloVM

@Suite("Tables") struct TableTests {
  @Test("a table is a dictionary with an order") func model() {
    var chance = Chance(seed: 1)
    var table = Table<Int, Int>()
    var model: [Int: Int] = [:]
    for _ in 0..<5_000 {
      let key = chance.below(300)
      let value = chance.one(in: 3) ? nil : chance.below(1_000)
      table[key] = value
      model[key] = value
      table[key / 2, default: 0] += 1
      model[key / 2, default: 0] += 1
    }
    #expect(table.keys == model.keys.sorted())
    #expect(table.map(\.value) == model.keys.sorted().map { model[$0] })
    #expect(table.count == model.count)
    #expect(table[-1] == nil)
    table.removeAll()
    #expect(table.isEmpty)
  }

  @Test("text is sorted by UTF-8 and told apart by it") func textKeys() {
    let composed = "\u{E9}"
    let decomposed = "e\u{301}"
    #expect(composed == decomposed, "to Swift they are equal, by tables of Unicode")
    let table: Table<String, Int> = ["z": 1, composed: 2, "a": 3, decomposed: 4, "": 5]
    #expect(table.map(\.value) == [5, 3, 4, 1, 2])
  }

  @Test("a table comes back, by hand and through Codable, and only in order") func bytes() throws {
    struct Holder: Codable, Replicated { var table: Table<UInt64, String> }
    let table: Table<UInt64, String> = [3: "c", 1: "a"]
    #expect(try Table(encoded: table.encoded()) == table)
    #expect(try Holder(encoded: Holder(table: table).encoded()).table == table)
    let entries: [[UInt8]] = [[2, 0, 0, 0], UInt64(1).encoded(), "a".encoded(), UInt64(3).encoded(), "c".encoded()]
    #expect(table.encoded() == Array(entries.joined()))
    var swapped = table.encoded()
    swapped[4] = 9
    #expect(throws: DecodeError.invalid("order of a table")) { try Table<UInt64, String>(encoded: swapped) }
    var doubled = Holder(table: table).encoded()
    let place = try #require(doubled.firstIndex(of: 3))
    #expect(doubled[place - 1] == 4)
    doubled[place] = 1
    #expect(throws: DecodingError.self) { try Holder(encoded: doubled) }
  }
}
