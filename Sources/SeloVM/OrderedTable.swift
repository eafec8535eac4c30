/// Values by key in the order in which the keys came, which is the same everywhere.
///
/// A new value under a key keeps the key's place; a key that was removed and comes again is the last one. Two tables
/// are equal if they hold equal entries in the same order.
///
/// Look-up is O(log n). Adding costs O(log n) comparisons, removing too; both move O(n) words of memory at worst,
/// which suits tables up to some ten thousand entries. See ``Table`` for values in the order of their keys.
public struct OrderedTable<Key: TableKey, Value> {
  /// Where each key stands in `entries`. Arrivals are counted up for ever; nothing outside sees them.
  private var arrivals = Table<Key, UInt64>()
  private var entries = Table<UInt64, (key: Key, value: Value)>()

  /// An empty table.
  public init() {}

  /// The value under a key; assigning nil removes it.
  public subscript(key: Key) -> Value? {
    get { arrivals[key].flatMap { entries[$0]?.value } }
    set {
      switch (arrivals[key], newValue) {
      case (let arrival?, let value?): entries[arrival]?.value = value
      case (let arrival?, nil):
        arrivals[key] = nil
        entries[arrival] = nil
      case (nil, let value?): append(key, value)
      case (nil, nil): break
      }
    }
  }

  /// The value under a key, or `standard` where there is none; changing it adds it.
  public subscript(key: Key, default standard: @autoclosure () -> Value) -> Value {
    get { self[key] ?? standard() }
    set { self[key] = newValue }
  }

  /// Removes everything.
  public mutating func removeAll() { self = OrderedTable() }

  /// All keys in order. O(n).
  public var keys: [Key] { entries.values.map(\.key) }

  /// The values in the order of their keys. O(n).
  public var values: [Value] { entries.values.map(\.value) }

  /// The entry that came first; nil in an empty table.
  public var first: (key: Key, value: Value)? { entries.values.first }

  /// The entry that came last; nil in an empty table.
  public var last: (key: Key, value: Value)? { entries.values.last }

  private mutating func append(_ key: Key, _ value: Value) {
    let arrival = entries.keys.last.map { $0 + 1 } ?? 0
    arrivals[key] = arrival
    entries[arrival] = (key, value)
  }

  /// A table of these entries in their order; nil if two keys are the same. O(n log n), whatever the order of the keys.
  private init?(_ content: [(key: Key, value: Value)]) {
    for (arrival, entry) in content.enumerated() { _ = entries.append(UInt64(arrival), entry) }
    let places = content.indices.sorted { Key.precedes(content[$0].key, content[$1].key) }
    for place in places where !arrivals.append(content[place].key, UInt64(place)) { return nil }
  }
}

extension OrderedTable: Sequence {
  public func makeIterator() -> IndexingIterator<[(key: Key, value: Value)]> { entries.values.makeIterator() }

  /// How many entries there are.
  public var count: Int { entries.count }

  /// Whether there is none.
  public var isEmpty: Bool { entries.isEmpty }

  /// The same, for `Sequence`.
  public var underestimatedCount: Int { count }
}

extension OrderedTable: ExpressibleByDictionaryLiteral {
  /// Of equal keys the last value counts, at the place of the first.
  public init(dictionaryLiteral elements: (Key, Value)...) {
    for (key, value) in elements { self[key] = value }
  }
}

extension OrderedTable: Sendable where Value: Sendable {}

extension OrderedTable: Equatable where Value: Equatable {
  /// Keys are the same when neither comes before the other.
  public static func == (left: OrderedTable, right: OrderedTable) -> Bool {
    left.entries.values.elementsEqual(right.entries.values) { one, other in
      !Key.precedes(one.key, other.key) && !Key.precedes(other.key, one.key) && one.value == other.value
    }
  }
}

extension OrderedTable: Replicated where Value: Replicated {
  public func write(to sink: inout some ReplicaSink) {
    sink.count(count)
    for (key, value) in self {
      key.write(to: &sink)
      value.write(to: &sink)
    }
  }

  public init(from reader: inout ReplicaReader) throws {
    var content: [(key: Key, value: Value)] = []
    for _ in 0..<(try reader.count()) { content.append((try Key(from: &reader), try Value(from: &reader))) }
    guard let table = OrderedTable(content) else { throw DecodeError.invalid("doubled key of a table") }
    self = table
  }
}

extension OrderedTable: Encodable where Key: Encodable, Value: Encodable {
  /// Keys and values in turn.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.unkeyedContainer()
    for (key, value) in self {
      try container.encode(key)
      try container.encode(value)
    }
  }
}

extension OrderedTable: Decodable where Key: Decodable, Value: Decodable {
  public init(from decoder: any Decoder) throws {
    var container = try decoder.unkeyedContainer()
    var content: [(key: Key, value: Value)] = []
    while !container.isAtEnd { content.append((try container.decode(Key.self), try container.decode(Value.self))) }
    guard let table = OrderedTable(content) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "the keys of a table differ")
    }
    self = table
  }
}
