/// A place for one value that is still being encoded: containers may be filled in any order and nested in each other.
final class EncodingSlot {
  private enum Content {
    case single(BinaryValue)
    case keyed([(key: String, slot: EncodingSlot)])
    case unkeyed([EncodingSlot])
  }

  private var content: Content?

  /// What has been encoded; a type that encodes nothing at all is an empty keyed value.
  var value: BinaryValue {
    switch content {
    case nil: return .keyed(.empty)
    case .single(let value): return value
    case .unkeyed(let slots): return .unkeyed(slots.map(\.value))
    case .keyed(let slots):
      guard let fields = BinaryFields(slots.map { ($0.key, $0.slot.value) }) else {
        preconditionFailure("a key is encoded twice among \(slots.map(\.key))")
      }
      return .keyed(fields)
    }
  }

  var count: Int {
    if case .unkeyed(let slots) = content { slots.count } else { 0 }
  }

  func becomeKeyed() {
    if case .keyed = content { return }
    precondition(content == nil, "a value is encoded in two ways")
    content = .keyed([])
  }

  func becomeUnkeyed() {
    if case .unkeyed = content { return }
    precondition(content == nil, "a value is encoded in two ways")
    content = .unkeyed([])
  }

  func set(_ value: BinaryValue) {
    precondition(content == nil, "a value is encoded in two ways")
    content = .single(value)
  }

  func slot(forKey key: String) -> EncodingSlot {
    guard case .keyed(var slots) = content else { preconditionFailure("not a keyed container") }
    let slot = EncodingSlot()
    content = nil
    slots.append((key, slot))
    content = .keyed(slots)
    return slot
  }

  func appendSlot() -> EncodingSlot {
    guard case .unkeyed(var slots) = content else { preconditionFailure("not an unkeyed container") }
    let slot = EncodingSlot()
    content = nil
    slots.append(slot)
    content = .unkeyed(slots)
    return slot
  }
}

/// Encodes one value into its slot.
struct BinaryEncoder: Encoder {
  let slot: EncodingSlot
  let codingPath: [any CodingKey]
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    slot.becomeKeyed()
    return KeyedEncodingContainer(KeyedEncoder(slot: slot, codingPath: codingPath))
  }

  func unkeyedContainer() -> any UnkeyedEncodingContainer {
    slot.becomeUnkeyed()
    return UnkeyedEncoder(slot: slot, codingPath: codingPath)
  }

  func singleValueContainer() -> any SingleValueEncodingContainer {
    SingleValueEncoder(slot: slot, codingPath: codingPath)
  }

  /// Encodes `value` one level deeper; primitives come back through ``SingleValueEncoder``.
  static func encode(_ value: some Encodable, into slot: EncodingSlot, at codingPath: [any CodingKey]) throws {
    guard codingPath.count <= BinaryValue.depthLimit else {
      throw EncodingError.invalidValue(value, .init(codingPath: codingPath, debugDescription: "nested too deep"))
    }
    try value.encode(to: BinaryEncoder(slot: slot, codingPath: codingPath))
  }
}

private struct KeyedEncoder<Key: CodingKey>: KeyedEncodingContainerProtocol {
  let slot: EncodingSlot
  let codingPath: [any CodingKey]

  func encodeNil(forKey key: Key) { slot.slot(forKey: key.stringValue).set(.nil) }

  func encode<Value: Encodable>(_ value: Value, forKey key: Key) throws {
    try BinaryEncoder.encode(value, into: slot.slot(forKey: key.stringValue), at: codingPath + [key])
  }

  func nestedContainer<Inner: CodingKey>(keyedBy type: Inner.Type, forKey key: Key) -> KeyedEncodingContainer<Inner> {
    nested(key).container(keyedBy: type)
  }

  func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer { nested(key).unkeyedContainer() }
  func superEncoder() -> any Encoder { nested(PlaceKey.super) }
  func superEncoder(forKey key: Key) -> any Encoder { nested(key) }

  private func nested(_ key: some CodingKey) -> BinaryEncoder {
    BinaryEncoder(slot: slot.slot(forKey: key.stringValue), codingPath: codingPath + [key])
  }
}

private struct UnkeyedEncoder: UnkeyedEncodingContainer {
  let slot: EncodingSlot
  let codingPath: [any CodingKey]
  var count: Int { slot.count }

  func encodeNil() { slot.appendSlot().set(.nil) }

  func encode<Value: Encodable>(_ value: Value) throws {
    let key = PlaceKey(count)
    try BinaryEncoder.encode(value, into: slot.appendSlot(), at: codingPath + [key])
  }

  func nestedContainer<Inner: CodingKey>(keyedBy type: Inner.Type) -> KeyedEncodingContainer<Inner> {
    nested().container(keyedBy: type)
  }

  func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { nested().unkeyedContainer() }
  func superEncoder() -> any Encoder { nested() }

  private func nested() -> BinaryEncoder {
    let key = PlaceKey(count)
    return BinaryEncoder(slot: slot.appendSlot(), codingPath: codingPath + [key])
  }
}

private struct SingleValueEncoder: SingleValueEncodingContainer {
  let slot: EncodingSlot
  let codingPath: [any CodingKey]

  func encodeNil() { slot.set(.nil) }
  func encode(_ value: Bool) { slot.set(.bool(value)) }
  func encode(_ value: String) { slot.set(.text(value)) }
  func encode(_ value: Double) { slot.set(.double(value)) }
  func encode(_ value: Float) { slot.set(.float(value)) }
  func encode(_ value: Int) { slot.set(.signed(Int64(value))) }
  func encode(_ value: Int8) { slot.set(.signed(Int64(value))) }
  func encode(_ value: Int16) { slot.set(.signed(Int64(value))) }
  func encode(_ value: Int32) { slot.set(.signed(Int64(value))) }
  func encode(_ value: Int64) { slot.set(.signed(value)) }
  func encode(_ value: UInt) { slot.set(.unsigned(UInt64(value))) }
  func encode(_ value: UInt8) { slot.set(.unsigned(UInt64(value))) }
  func encode(_ value: UInt16) { slot.set(.unsigned(UInt64(value))) }
  func encode(_ value: UInt32) { slot.set(.unsigned(UInt64(value))) }
  func encode(_ value: UInt64) { slot.set(.unsigned(value)) }
  func encode<Value: Encodable>(_ value: Value) throws {
    try BinaryEncoder.encode(value, into: slot, at: codingPath)
  }
}

/// The place of an element in an unkeyed container, or the key of a superclass.
struct PlaceKey: CodingKey {
  let stringValue: String
  let intValue: Int?

  static let `super` = PlaceKey(stringValue: "super")

  init(_ place: Int) {
    stringValue = "\(place)"
    intValue = place
  }

  init(stringValue: String) {
    self.stringValue = stringValue
    intValue = nil
  }

  init(intValue: Int) { self.init(intValue) }
}
