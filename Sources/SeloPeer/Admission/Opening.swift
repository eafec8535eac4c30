package import SeloCrypto
package import SeloWire

// How every datagram outside of channels begins and is filled up.

extension ByteWriter {
  /// Begins a datagram: its kind and the version.
  package init(opening kind: DatagramKind, reserving capacity: Int) {
    self.init(reserving: capacity)
    uint8(kind.rawValue)
    uint8(DatagramKind.version)
  }

  /// Zeros up to `length`; nothing when it is reached already.
  package mutating func pad(to length: Int) { raw(repeatElement(0, count: max(0, length - count))) }
}

extension ByteReader {
  /// Begins to read a datagram of `kind` and of our version.
  package init(_ datagram: [UInt8], opening kind: DatagramKind) throws(DecodeError) {
    guard datagram.count <= Limits.datagramBytes else { throw .tooLarge("datagram") }
    self.init(datagram)
    guard try uint8() == kind.rawValue else { throw .invalid("kind") }
    guard try uint8() == DatagramKind.version else { throw .invalid("version") }
  }

  /// Everything that is left is zero.
  package mutating func zeros() throws(DecodeError) {
    guard rest().allSatisfy({ $0 == 0 }) else { throw .invalid("padding") }
  }
}
