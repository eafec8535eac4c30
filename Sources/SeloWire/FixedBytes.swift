/// Sixteen bytes held inline: identifiers of sessions and lineages.
package struct Bytes16: Hashable, Comparable, Sendable {
  // Big-endian words, so that comparing words compares bytes from the front.
  private let high: UInt64
  private let low: UInt64

  /// The first sixteen of `bytes`; missing ones are zero.
  package init(_ bytes: some Collection<UInt8>) {
    self.init(Array(bytes.prefix(16)), at: 0)
  }

  /// The sixteen bytes from `offset` on. Not generic: a generic initialiser costs microseconds across modules.
  init(_ bytes: [UInt8], at offset: Int) {
    high = bigEndianWord(bytes, at: offset)
    low = bigEndianWord(bytes, at: offset + 8)
  }

  package static let zero = Bytes16([])

  package var bytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(16)
    append(to: &bytes)
    return bytes
  }

  fileprivate func append(to bytes: inout [UInt8]) {
    appendBigEndian(high, to: &bytes)
    appendBigEndian(low, to: &bytes)
  }

  package func write(to writer: inout ByteWriter) {
    writer.uint64(high.byteSwapped)
    writer.uint64(low.byteSwapped)
  }

  package static func < (left: Bytes16, right: Bytes16) -> Bool { (left.high, left.low) < (right.high, right.low) }
}

/// Thirty-two bytes held inline: hashes and public keys. Never secrets: those live in locked memory.
package struct Bytes32: Hashable, Comparable, Sendable {
  private let first: Bytes16
  private let last: Bytes16

  /// The first thirty-two of `bytes`; missing ones are zero.
  package init(_ bytes: some Collection<UInt8>) {
    self.init(Array(bytes.prefix(32)), at: 0)
  }

  init(_ bytes: [UInt8], at offset: Int) {
    first = Bytes16(bytes, at: offset)
    last = Bytes16(bytes, at: offset + 16)
  }

  package static let zero = Bytes32([])

  package var bytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(32)
    append(to: &bytes)
    return bytes
  }

  fileprivate func append(to bytes: inout [UInt8]) {
    first.append(to: &bytes)
    last.append(to: &bytes)
  }

  package func write(to writer: inout ByteWriter) {
    first.write(to: &writer)
    last.write(to: &writer)
  }

  package static func < (left: Bytes32, right: Bytes32) -> Bool { (left.first, left.last) < (right.first, right.last) }
}

/// Sixty-four bytes held inline: an Ed25519 signature.
package struct Signature: Hashable, Sendable {
  private let first: Bytes32
  private let last: Bytes32

  /// The first sixty-four of `bytes`; missing ones are zero.
  package init(_ bytes: some Collection<UInt8>) {
    self.init(Array(bytes.prefix(64)), at: 0)
  }

  init(_ bytes: [UInt8], at offset: Int) {
    first = Bytes32(bytes, at: offset)
    last = Bytes32(bytes, at: offset + 32)
  }

  package func write(to writer: inout ByteWriter) {
    first.write(to: &writer)
    last.write(to: &writer)
  }

  package var bytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(64)
    first.append(to: &bytes)
    last.append(to: &bytes)
    return bytes
  }

  /// Adds nothing to the hash of what it stands in: one signer can make many for the same bytes.
  package func hash(into hasher: inout Hasher) {}
}

/// Eight bytes from `offset` on as one word, the first the highest; missing ones count as zero.
private func bigEndianWord(_ bytes: [UInt8], at offset: Int) -> UInt64 {
  var word: UInt64 = 0
  for place in offset..<(offset + 8) { word = word << 8 | (place < bytes.count ? UInt64(bytes[place]) : 0) }
  return word
}

private func appendBigEndian(_ word: UInt64, to bytes: inout [UInt8]) {
  for shift in stride(from: UInt64(56), through: 0, by: -8) { bytes.append(UInt8(truncatingIfNeeded: word >> shift)) }
}
