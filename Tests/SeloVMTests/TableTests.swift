import Testing

@testable import SeloVM

@Suite("Tables") struct TableTests {
  @Test("a table is a dictionary with an order") func model() {
    var chance = Chance(1)
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

  @Test("the chunked table equals a dumb one, and copies do not disturb each other") func chunked() {
    var chance = Chance(9)
    var table = ChunkedTable<Int, Int>()
    var dumb: [(key: Int, value: Int)] = []
    var copies: [(ChunkedTable<Int, Int>, [(key: Int, value: Int)])] = []
    for round in 0..<6_000 {
      let key = round % 2_000 < 1_200 ? chance.below(3_000) : dumb.first?.key ?? 0
      switch round % 2_000 < 1_200 ? chance.below(3) : 3 {
      case 0, 1:
        table.set(round, for: key)
        let place = dumb.firstIndex { $0.key >= key } ?? dumb.count
        if place < dumb.count, dumb[place].key == key {
          dumb[place].value = round
        } else {
          dumb.insert((key, round), at: place)
        }
      case 2:
        let place = dumb.firstIndex { $0.key == key }
        #expect(table.remove(key) == place.map { dumb[$0].value })
        if let place { dumb.remove(at: place) }
      default:
        #expect(table.removeFirst() == dumb.first?.value)
        if !dumb.isEmpty { dumb.removeFirst() }
      }
      if round % 500 == 0 { copies.append((table, dumb)) }
      #expect(table.count == dumb.count && table.first?.key == dumb.first?.key)
    }
    copies.append((table, dumb))
    for (table, dumb) in copies {
      #expect(table.content() == dumb.map { [$0.key, $0.value] })
      let start = chance.below(3_000)
      #expect(table.content(from: start) == dumb.filter { $0.key >= start }.map { [$0.key, $0.value] })
      #expect(dumb.allSatisfy { table[$0.key] == $0.value })
    }
  }

  @Test("a chunked table grown in order") func ascending() {
    var table = ChunkedTable<Int, Int>()
    for key in 0..<1_000 { table.set(-key, for: key) }
    #expect(table.content() == (0..<1_000).map { [$0, -$0] })
    for key in 0..<1_000 { #expect(table.removeFirst() == -key) }
    #expect(table.count == 0 && table.first == nil && table[5] == nil)
  }
}

extension ChunkedTable where Key == Int, Value == Int {
  fileprivate func content(from start: Int? = nil) -> [[Int]] {
    var content: [[Int]] = []
    forEach(from: start) { key, value in
      content.append([key, value])
      return true
    }
    return content
  }
}
