import SeloVM
import SeloWire

/// Law 17: no (key, nonce) pair is used twice. The key is named by the receiver and its index in the datagram's head,
/// the nonce by the counter behind it, which must rise with every datagram a process seals.
struct NoncesAreFresh {
  private struct Key: Hashable {
    let source: Int
    let life: UInt64
    let target: Endpoint
    let index: UInt32
  }

  private var counters: [Key: UInt64] = [:]
  private static let sealed: UInt8 = 0x10

  mutating func check(_ datagram: [UInt8], from source: Int, life: UInt64, to target: Endpoint) -> String? {
    var reader = ByteReader(datagram)
    guard let kind = try? reader.uint8(), kind == Self.sealed, (try? reader.uint8()) != nil,
      let index = try? reader.uint32(), let counter = try? reader.uint64()
    else { return nil }
    let key = Key(source: source, life: life, target: target, index: index)
    if let known = counters[key], counter <= known { return "counter \(counter) after \(known)" }
    counters[key] = counter
    return nil
  }
}
