/// What a ``Table`` sorts by: an order that is the same on every system.
public protocol TableKey: Replicated, Sendable {
  /// Whether `left` comes before `right`; keys of which neither does are the same key.
  static func precedes(_ left: Self, _ right: Self) -> Bool
}

extension TableKey where Self: Comparable {
  /// The order that the type has anyway.
  @inlinable public static func precedes(_ left: Self, _ right: Self) -> Bool { left < right }
}

extension Int: TableKey {}
extension Int64: TableKey {}
extension Int32: TableKey {}
extension UInt64: TableKey {}
extension UInt32: TableKey {}
extension UInt16: TableKey {}
extension UInt8: TableKey {}
extension VirtualTime: TableKey {}
extension PeerID: TableKey {}
extension NodeID: TableKey {}
extension Ref: TableKey {}

extension String: TableKey {
  /// By UTF-8: Unicode's order and equality come with the system and change with it.
  public static func precedes(_ left: String, _ right: String) -> Bool { precedesInUTF8(left, right) }
}

/// Values by key, always in the order of the keys: what a `Dictionary` would be if its order were the same everywhere.
///
/// Look-up is O(log n); adding and removing is O(n) moves, which suits tables up to some ten thousand entries.
public struct Table<Key: TableKey, Value> {
  /// All keys in order.
  public private(set) var keys: [Key] = []
  /// The values in the order of their keys.
  public private(set) var values: [Value] = []

  /// An empty table.
  public init() {}

  /// The value under a key; assigning nil removes it. O(log n); O(n) moves where a key is added or removed.
  public subscript(key: Key) -> Value? {
    get {
      let place = place(of: key)
      return holds(key, at: place) ? values[place] : nil
    }
    set {
      let place = place(of: key)
      switch (holds(key, at: place), newValue) {
      case (true, let value?): values[place] = value
      case (true, nil):
        keys.remove(at: place)
        values.remove(at: place)
      case (false, let value?):
        keys.insert(key, at: place)
        values.insert(value, at: place)
      case (false, nil): break
      }
    }
  }

  /// The value under a key, or `standard` where there is none; changing it adds it. O(log n), O(n) moves where it
  /// is added.
  public subscript(key: Key, default standard: @autoclosure () -> Value) -> Value {
    get { self[key] ?? standard() }
    set { self[key] = newValue }
  }

  /// Removes everything. O(n).
  public mutating func removeAll() { self = Table() }

  private func holds(_ key: Key, at place: Int) -> Bool { place < keys.count && !Key.precedes(key, keys[place]) }

  private func place(of key: Key) -> Int {
    var low = 0
    var high = keys.count
    while low < high {
      let middle = (low + high) / 2
      if Key.precedes(keys[middle], key) { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Adds behind the last key; false if the key does not come after it.
  mutating func append(_ key: Key, _ value: Value) -> Bool {
    if let last = keys.last, !Key.precedes(last, key) { return false }
    keys.append(key)
    values.append(value)
    return true
  }
}

extension Table: Sequence {
  /// Keys and values in the order of the keys.
  public struct Iterator: IteratorProtocol {
    private let table: Table
    private var place = 0

    fileprivate init(_ table: Table) { self.table = table }

    public mutating func next() -> (key: Key, value: Value)? {
      guard place < table.count else { return nil }
      defer { place += 1 }
      return (table.keys[place], table.values[place])
    }
  }

  public func makeIterator() -> Iterator { Iterator(self) }

  /// How many entries there are.
  public var count: Int { keys.count }

  /// Whether there is none.
  public var isEmpty: Bool { keys.isEmpty }

  /// The same, for `Sequence`.
  public var underestimatedCount: Int { count }
}

extension Table: ExpressibleByDictionaryLiteral {
  /// Of equal keys the last one counts. O(n²) moves unless the keys ascend.
  public init(dictionaryLiteral elements: (Key, Value)...) {
    for (key, value) in elements { self[key] = value }
  }
}

extension Table: Sendable where Value: Sendable {}
extension Table: Equatable where Key: Equatable, Value: Equatable {}

extension Table: Replicated where Value: Replicated {
  public func write(to sink: inout some ReplicaSink) {
    sink.count(count)
    for (key, value) in self {
      key.write(to: &sink)
      value.write(to: &sink)
    }
  }

  public init(from reader: inout ReplicaReader) throws {
    for _ in 0..<(try reader.count()) {
      let key = try Key(from: &reader)
      guard append(key, try Value(from: &reader)) else { throw DecodeError.invalid("order of a table") }
    }
  }
}

extension Table: Encodable where Key: Encodable, Value: Encodable {
  /// Keys and values in turn.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.unkeyedContainer()
    for (key, value) in self {
      try container.encode(key)
      try container.encode(value)
    }
  }
}

extension Table: Decodable where Key: Decodable, Value: Decodable {
  public init(from decoder: any Decoder) throws {
    var container = try decoder.unkeyedContainer()
    while !container.isAtEnd {
      let key = try container.decode(Key.self)
      guard append(key, try container.decode(Value.self)) else {
        throw DecodingError.dataCorruptedError(in: container, debugDescription: "the keys of a table ascend")
      }
    }
  }
}
