/// Decodes one value of a tree that has been parsed, so that nothing hostile is left but the wrong shape.
struct BinaryDecoder: Decoder {
  let value: BinaryValue
  let codingPath: [any CodingKey]
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
    guard case .keyed(let fields) = value else { throw mismatch([String: Any].self) }
    return KeyedDecodingContainer(KeyedDecoder(fields: fields, codingPath: codingPath))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
    guard case .unkeyed(let values) = value else { throw mismatch([Any].self) }
    return UnkeyedDecoder(values: values, codingPath: codingPath)
  }

  func singleValueContainer() -> any SingleValueDecodingContainer { self }

  var isNil: Bool {
    if case .nil = value { true } else { false }
  }

  private func mismatch(_ type: Any.Type) -> DecodingError {
    .typeMismatch(type, .init(codingPath: codingPath, debugDescription: "another kind of value is here"))
  }
}

extension BinaryDecoder: SingleValueDecodingContainer {
  func decodeNil() -> Bool { isNil }

  func decode(_ type: Bool.Type) throws -> Bool {
    guard case .bool(let value) = value else { throw mismatch(type) }
    return value
  }

  func decode(_ type: String.Type) throws -> String {
    guard case .text(let value) = value else { throw mismatch(type) }
    return value
  }

  func decode(_ type: Double.Type) throws -> Double {
    guard case .double(let value) = value else { throw mismatch(type) }
    return value
  }

  func decode(_ type: Float.Type) throws -> Float {
    guard case .float(let value) = value else { throw mismatch(type) }
    return value
  }

  func decode(_ type: Int.Type) throws -> Int { try signed() }
  func decode(_ type: Int8.Type) throws -> Int8 { try signed() }
  func decode(_ type: Int16.Type) throws -> Int16 { try signed() }
  func decode(_ type: Int32.Type) throws -> Int32 { try signed() }
  func decode(_ type: Int64.Type) throws -> Int64 { try signed() }
  func decode(_ type: UInt.Type) throws -> UInt { try unsigned() }
  func decode(_ type: UInt8.Type) throws -> UInt8 { try unsigned() }
  func decode(_ type: UInt16.Type) throws -> UInt16 { try unsigned() }
  func decode(_ type: UInt32.Type) throws -> UInt32 { try unsigned() }
  func decode(_ type: UInt64.Type) throws -> UInt64 { try unsigned() }
  func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try Value(from: self) }

  private func signed<Value: FixedWidthInteger>() throws -> Value {
    guard case .signed(let value) = value, let exact = Value(exactly: value) else { throw mismatch(Value.self) }
    return exact
  }

  private func unsigned<Value: FixedWidthInteger>() throws -> Value {
    guard case .unsigned(let value) = value, let exact = Value(exactly: value) else { throw mismatch(Value.self) }
    return exact
  }
}

private struct KeyedDecoder<Key: CodingKey>: KeyedDecodingContainerProtocol {
  let fields: BinaryFields
  let codingPath: [any CodingKey]

  var allKeys: [Key] { fields.entries.compactMap { Key(stringValue: $0.key) } }
  func contains(_ key: Key) -> Bool { fields[key.stringValue] != nil }
  func decodeNil(forKey key: Key) throws -> Bool { try nested(key).isNil }
  func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value { try Value(from: nested(key)) }

  func nestedContainer<Inner: CodingKey>(
    keyedBy type: Inner.Type, forKey key: Key
  ) throws -> KeyedDecodingContainer<Inner> {
    try nested(key).container(keyedBy: type)
  }

  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
    try nested(key).unkeyedContainer()
  }

  func superDecoder() throws -> any Decoder { try nested(PlaceKey.super) }
  func superDecoder(forKey key: Key) throws -> any Decoder { try nested(key) }

  private func nested(_ key: some CodingKey) throws -> BinaryDecoder {
    guard let value = fields[key.stringValue] else {
      throw DecodingError.keyNotFound(key, .init(codingPath: codingPath, debugDescription: "no such key"))
    }
    return BinaryDecoder(value: value, codingPath: codingPath + [key])
  }
}

private struct UnkeyedDecoder: UnkeyedDecodingContainer {
  let values: [BinaryValue]
  let codingPath: [any CodingKey]
  private(set) var currentIndex = 0

  init(values: [BinaryValue], codingPath: [any CodingKey]) {
    self.values = values
    self.codingPath = codingPath
  }

  var count: Int? { values.count }
  var isAtEnd: Bool { currentIndex == values.count }

  mutating func decodeNil() throws -> Bool {
    let isNil = try current().isNil
    if isNil { currentIndex += 1 }
    return isNil
  }

  mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
    let value = try Value(from: current())
    currentIndex += 1
    return value
  }

  mutating func nestedContainer<Inner: CodingKey>(keyedBy type: Inner.Type) throws -> KeyedDecodingContainer<Inner> {
    let container = try current().container(keyedBy: type)
    currentIndex += 1
    return container
  }

  mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
    let container = try current().unkeyedContainer()
    currentIndex += 1
    return container
  }

  mutating func superDecoder() throws -> any Decoder {
    let decoder = try current()
    currentIndex += 1
    return decoder
  }

  private func current() throws -> BinaryDecoder {
    let path = codingPath + [PlaceKey(currentIndex)]
    guard !isAtEnd else {
      throw DecodingError.valueNotFound(
        Any.self, .init(codingPath: path, debugDescription: "no more elements"))
    }
    return BinaryDecoder(value: values[currentIndex], codingPath: path)
  }
}
