/// Sixteen bytes held inline: identifiers of sessions and lineages.
package struct Bytes16: Hashable, Comparable, Sendable {
  // Big-endian words, so that comparing words compares bytes from the front.
  private let high: UInt64
  private let low: UInt64

  /// The first sixteen of `bytes`; missing ones are zero.
  package init(_ bytes: some Collection<UInt8>) {
    high = bigEndianWord(bytes)
    low = bigEndianWord(bytes.dropFirst(8))
  }

  package static let zero = Bytes16([])

  package var bytes: [UInt8] { bigEndianBytes(high) + bigEndianBytes(low) }

  package static func < (left: Bytes16, right: Bytes16) -> Bool { (left.high, left.low) < (right.high, right.low) }
}

/// Thirty-two bytes held inline: hashes and public keys. Never secrets: those live in locked memory.
package struct Bytes32: Hashable, Comparable, Sendable {
  private let first: Bytes16
  private let last: Bytes16

  /// The first thirty-two of `bytes`; missing ones are zero.
  package init(_ bytes: some Collection<UInt8>) {
    first = Bytes16(bytes)
    last = Bytes16(bytes.dropFirst(16))
  }

  package static let zero = Bytes32([])

  package var bytes: [UInt8] { first.bytes + last.bytes }

  package static func < (left: Bytes32, right: Bytes32) -> Bool { (left.first, left.last) < (right.first, right.last) }
}

/// Sixty-four bytes held inline: an Ed25519 signature.
package struct Signature: Equatable, Sendable {
  private let first: Bytes32
  private let last: Bytes32

  /// The first sixty-four of `bytes`; missing ones are zero.
  package init(_ bytes: some Collection<UInt8>) {
    first = Bytes32(bytes)
    last = Bytes32(bytes.dropFirst(32))
  }

  package var bytes: [UInt8] { first.bytes + last.bytes }
}

/// Eight bytes from the front as one word; missing ones count as zero.
private func bigEndianWord(_ bytes: some Collection<UInt8>) -> UInt64 {
  var word: UInt64 = 0
  var count = 0
  for byte in bytes.prefix(8) {
    word = word << 8 | UInt64(byte)
    count += 1
  }
  return count == 8 ? word : word << UInt64(8 * (8 - count))
}

private func bigEndianBytes(_ word: UInt64) -> [UInt8] {
  withUnsafeBytes(of: word.bigEndian) { Array($0) }
}
