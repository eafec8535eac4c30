/// What `Codable` makes of a value, as a tree: the middle between a type and its bytes.
///
/// Each value starts with a tag, so that a stream of the wrong shape is found out. Integers are variable-length, the
/// shortest form only; text and counts are behind such an integer.
///
///     tag  value                tag  value
///     0    nil                  5    Float: 4 bytes
///     1    false                6    Double: 8 bytes
///     2    true                 7    text: length, UTF-8
///     3    signed: zigzag       8    keyed: count, then key text and value each, in the order they were encoded
///     4    unsigned             9    unkeyed: count, then values
indirect enum BinaryValue: Sendable {
  case `nil`
  case bool(Bool)
  case signed(Int64)
  case unsigned(UInt64)
  case float(Float)
  case double(Double)
  case text(String)
  case keyed(BinaryFields)
  case unkeyed([BinaryValue])

  /// Values may be nested this deep: far below what a thread's stack holds, far above what states need.
  static let depthLimit = 128
}

extension BinaryValue {
  func write(to sink: inout some ReplicaSink) {
    switch self {
    case .nil: sink.uint8(0)
    case .bool(let value): sink.uint8(value ? 2 : 1)
    case .signed(let value):
      sink.uint8(3)
      sink.variable(UInt64(bitPattern: value << 1 ^ value >> 63))
    case .unsigned(let value):
      sink.uint8(4)
      sink.variable(value)
    case .float(let value):
      sink.uint8(5)
      sink.float(value)
    case .double(let value):
      sink.uint8(6)
      sink.double(value)
    case .text(let value):
      sink.uint8(7)
      sink.variableText(value)
    case .keyed(let fields):
      sink.uint8(8)
      sink.variable(UInt64(fields.entries.count))
      for (key, value) in fields.entries {
        sink.variableText(key)
        value.write(to: &sink)
      }
    case .unkeyed(let values):
      sink.uint8(9)
      sink.variable(UInt64(values.count))
      for value in values { value.write(to: &sink) }
    }
  }

  init(from reader: inout ReplicaReader, depth: Int = 0) throws(DecodeError) {
    guard depth <= Self.depthLimit else { throw .tooLarge("depth") }
    switch try reader.uint8() {
    case 0: self = .nil
    case 1: self = .bool(false)
    case 2: self = .bool(true)
    case 3:
      let word = try reader.variable()
      self = .signed(Int64(bitPattern: word >> 1) ^ -Int64(bitPattern: word & 1))
    case 4: self = .unsigned(try reader.variable())
    case 5: self = .float(try reader.float())
    case 6: self = .double(try reader.double())
    case 7: self = .text(try reader.variableText())
    case 8:
      var entries: [(key: String, value: BinaryValue)] = []
      for _ in 0..<(try reader.variableCount(elementSize: 2)) {
        let key = try reader.variableText()
        entries.append((key, try BinaryValue(from: &reader, depth: depth + 1)))
      }
      guard let fields = BinaryFields(entries) else { throw .invalid("keys") }
      self = .keyed(fields)
    case 9:
      var values: [BinaryValue] = []
      for _ in 0..<(try reader.variableCount(elementSize: 1)) {
        values.append(try BinaryValue(from: &reader, depth: depth + 1))
      }
      self = .unkeyed(values)
    default: throw .invalid("tag")
    }
  }
}

/// Values under distinct keys in the order they were encoded, found by key in O(log n): hostile input may hold many.
struct BinaryFields: Sendable {
  let entries: [(key: String, value: BinaryValue)]
  private let order: [Int]

  static let empty = BinaryFields()

  private init() {
    entries = []
    order = []
  }

  /// Nil when two keys are the same. Keys are compared by their UTF-8: Unicode's own equality changes between systems.
  init?(_ entries: [(key: String, value: BinaryValue)]) {
    let order = entries.indices.sorted { left, right in
      precedesInUTF8(entries[left].key, entries[right].key)
    }
    for (left, right) in zip(order, order.dropFirst()) where !precedesInUTF8(entries[left].key, entries[right].key) {
      return nil
    }
    self.entries = entries
    self.order = order
  }

  subscript(key: String) -> BinaryValue? {
    var low = 0
    var high = order.count
    while low < high {
      let middle = (low + high) / 2
      if precedesInUTF8(entries[order[middle]].key, key) { low = middle + 1 } else { high = middle }
    }
    guard low < order.count, !precedesInUTF8(key, entries[order[low]].key) else { return nil }
    return entries[order[low]].value
  }
}

/// The order of strings by their UTF-8 bytes: the same on every system, unlike `<` of `String`.
@usableFromInline
func precedesInUTF8(_ left: String, _ right: String) -> Bool { left.utf8.lexicographicallyPrecedes(right.utf8) }

extension ReplicaSink {
  /// Seven bits a byte, low ones first; the top bit says that more follow.
  fileprivate mutating func variable(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      uint8(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    uint8(UInt8(rest))
  }

  fileprivate mutating func variableText(_ text: String) {
    variable(UInt64(text.utf8.count))
    raw(text.utf8)
  }
}

extension ReplicaReader {
  fileprivate mutating func variable() throws(DecodeError) -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while true {
      let byte = try uint8()
      guard shift < 63 || byte <= 1 else { throw .invalid("variable integer") }
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 {
        guard byte != 0 || shift == 0 else { throw .invalid("variable integer") }
        return value
      }
      shift += 7
    }
  }

  fileprivate mutating func variableCount(elementSize: Int) throws(DecodeError) -> Int {
    let count = try variable()
    guard count <= UInt64(remaining / elementSize) else { throw .truncated }
    return Int(count)
  }

  fileprivate mutating func variableText() throws(DecodeError) -> String {
    let bytes = try raw(try variableCount(elementSize: 1))
    guard let text = String(validating: bytes, as: UTF8.self) else { throw .invalid("text") }
    return text
  }
}
