import SeloMachineKit
import Testing

@testable import SeloVM

@Suite("The binary coder") struct BinaryCoderTests {
  struct Everything: Codable, Replicated, Equatable {
    var bool = true
    var text = "žluťoučký 👩‍🚀"
    var int = Int.min
    var int8 = Int8.min
    var int16 = Int16.max
    var int32 = Int32.min
    var int64 = Int64.max
    var uint = UInt.max
    var uint8 = UInt8.max
    var uint16 = UInt16.max
    var uint32 = UInt32.max
    var uint64 = UInt64.max
    var float = Float(-1.5)
    var double = -0.1
    var none: Int?
    var some: String? = ""
    var list = [1, -2, 300]
    var nested = [[Shape.dot], [], [.line(1, to: 2), .named(nil)]]
    var empty = Empty()
    var ref = Ref<Actor>(NodeID(7))
    var ticket = Ticket(time: VirtualTime(nanoseconds: 1), cause: 2)
    var table: Table<String, Int> = ["b": 2, "a": 1]
    var numbers: [Int: String] = [5: "five"]
    var words: [String: [Double]] = ["five": [5]]
  }

  struct Empty: Codable, Equatable {}

  indirect enum Shape: Codable, Replicated, Equatable {
    case dot
    case line(Int, to: Int)
    case named(String?)
    case group(Shape, Shape?)
  }

  @Test("every kind of value comes back") func roundTrip() throws {
    let value = Everything()
    #expect(try Everything(encoded: value.encoded()) == value)
    let shape = Shape.group(.group(.line(-1, to: .max), nil), .named("x"))
    #expect(try Shape(encoded: shape.encoded()) == shape)
  }

  @Test("bytes as the table of BinaryValue says") func layout() {
    struct Small: Codable, Replicated {
      var a = -2
      var b: Int?
      var c = [UInt8(200)]
    }
    #expect(Small().encoded() == [8, 2, 1, 0x61, 3, 3, 1, 0x63, 9, 1, 4, 200, 1])
    #expect(Shape.dot.encoded() == [8, 1, 3, 0x64, 0x6F, 0x74, 8, 0])
  }

  @Test("variable integers at their edges") func variableIntegers() throws {
    for shift in 0..<64 as Range<UInt64> {
      for value in [1 << shift, (1 << shift) &- 1, ~(1 << shift)] as [UInt64] {
        #expect(try Wrapped(encoded: Wrapped(value: value).encoded()) == Wrapped(value: value))
        let signed = Signed(value: Int64(bitPattern: value))
        #expect(try Signed(encoded: signed.encoded()) == signed)
      }
    }
  }

  struct Wrapped: Codable, Replicated, Equatable { let value: UInt64 }
  struct Signed: Codable, Replicated, Equatable { let value: Int64 }
  struct Narrow: Codable, Replicated, Equatable { let value: Int8 }

  @Test("what is no value, or another one, throws") func refused() {
    func bytes(_ value: [UInt8]) -> [UInt8] { [8, 1, 5] + Array("value".utf8) + value }
    #expect((try? Narrow(encoded: bytes([3, 0]))) == Narrow(value: 0))
    let refused: [[UInt8]] = [
      bytes([3, 0x80, 0x02]), bytes([4, 0]), bytes([3]), bytes([]), bytes([3, 0x80, 0x00]), bytes([99]),
      bytes([3, 0, 0]), bytes([0]), [8, 0], [0], [], [8, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F],
      [8, 2, 5] + Array("value".utf8) + [3, 0, 5] + Array("value".utf8) + [3, 0],
      [8, 1, 2, 0xC3, 0x28, 3, 0], bytes([3] + Array(repeating: 0xFF, count: 10)),
    ]
    for bytes in refused { #expect(throws: (any Error).self, "\(bytes)") { try Narrow(encoded: bytes) } }
  }

  @Test("nesting is limited on the way in") func depthIn() {
    let bomb: [UInt8] = (0..<200_000).map { $0 % 2 == 0 ? 9 : 1 }
    #expect(throws: DecodeError.tooLarge("depth")) { try Wrapped(encoded: bomb) }
  }

  @Test("and on the way out, so that what is written can be read") func depthOut() async throws {
    var shape = Shape.dot
    for _ in 0..<40 { shape = .group(shape, nil) }
    #expect(try Shape(encoded: shape.encoded()) == shape)
    await #expect(processExitsWith: .failure) {
      var shape = Shape.dot
      for _ in 0..<2_000 { shape = .group(shape, nil) }
      _ = shape.encoded()
    }
  }

  @Test("one NaN, two zeros") func floatingPoint() throws {
    struct Number: Codable, Replicated { let value: Double }
    let odd = Number(value: Double(bitPattern: 0xFFF8_0000_0000_0001))
    #expect(odd.encoded() == Number(value: .nan).encoded())
    #expect(Number(value: 0).encoded() != Number(value: -0.0).encoded())
    #expect(try Number(encoded: odd.encoded()).value.bitPattern == Double.nan.bitPattern)
  }

  /// A type that does by hand what `Codable` allows: keys in another order, containers in containers, a superclass.
  class Animal: Codable {
    var legs = 4
    enum Key: String, CodingKey { case legs }
    init() {}
    required init(from decoder: any Decoder) throws {
      legs = try decoder.container(keyedBy: Key.self).decode(Int.self, forKey: .legs)
    }
    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: Key.self)
      try container.encode(legs, forKey: .legs)
    }
  }

  final class Dog: Animal, Replicated {
    var names = ["Rex", "Max"]
    var grid = [[1], [2, 3]]
    enum Key: String, CodingKey { case names, grid, extra }
    override init() { super.init() }
    required init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: Key.self)
      var rows = try container.nestedUnkeyedContainer(forKey: .grid)
      grid = []
      while !rows.isAtEnd {
        var row = try rows.nestedUnkeyedContainer()
        grid.append([])
        while !row.isAtEnd { grid[grid.count - 1].append(try row.decode(Int.self)) }
      }
      let inner = try container.nestedContainer(keyedBy: Key.self, forKey: .extra)
      names = try inner.decode([String].self, forKey: .names)
      guard container.allKeys.count == 2, !container.contains(.names), try inner.decodeNil(forKey: .extra) else {
        throw DecodeError.invalid("keys")
      }
      try super.init(from: container.superDecoder())
    }
    override func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: Key.self)
      try super.encode(to: container.superEncoder())
      var rows = container.nestedUnkeyedContainer(forKey: .grid)
      var inner = container.nestedContainer(keyedBy: Key.self, forKey: .extra)
      for row in grid {
        var cells = rows.nestedUnkeyedContainer()
        for cell in row { try cells.encode(cell) }
      }
      try inner.encodeNil(forKey: .extra)
      try inner.encode(names, forKey: .names)
    }
  }

  @Test("nested containers, superclasses and keys in any order") func byHand() throws {
    let dog = Dog()
    dog.legs = 3
    dog.names.append("Žofka")
    let copy = try Dog(encoded: dog.encoded())
    #expect(copy.legs == 3)
    #expect(copy.names == dog.names)
    #expect(copy.grid == dog.grid)
  }

  @Test("hostile bytes never trap", arguments: 0..<4) func fuzz(part: Int) {
    var chance = Chance(seed: UInt64(part))
    let good = Everything().encoded()
    var survivors = 0
    for _ in 0..<400 {
      var bytes = good
      for _ in 0...chance.below(3) { bytes[chance.below(bytes.count)] = chance.byte() }
      if chance.one(in: 4) { bytes.removeLast(chance.below(bytes.count)) }
      if let value = try? Everything(encoded: bytes) {
        survivors += 1
        #expect((try? Everything(encoded: value.encoded())) == value || value.float.isNaN || value.double.isNaN)
      }
    }
    #expect(survivors > 10)
    for _ in 0..<2_000 {
      let bytes = (0..<chance.below(40)).map { _ in chance.one(in: 2) ? UInt8(chance.below(10)) : chance.byte() }
      _ = try? Everything(encoded: bytes)
      _ = try? Shape(encoded: bytes)
      _ = try? [Int: Shape].decoded(bytes)
    }
  }
}

extension Dictionary where Key == Int, Value == BinaryCoderTests.Shape {
  fileprivate static func decoded(_ bytes: [UInt8]) throws -> [Int: BinaryCoderTests.Shape] {
    try Holder(encoded: bytes).value
  }

  private struct Holder: Codable, Replicated { let value: [Int: BinaryCoderTests.Shape] }
}
