/// Where datagrams go: an IPv4 or IPv6 address and a port. Text is for people; the core compares bytes.
package struct Endpoint: Hashable, Comparable, Sendable {
  package enum Family: UInt8, Sendable, Comparable {
    case v4 = 4
    case v6 = 6

    package static func < (left: Family, right: Family) -> Bool { left.rawValue < right.rawValue }
  }

  package let family: Family
  /// The address in network order; an IPv4 address fills the first four bytes.
  package let address: Bytes16
  package let port: UInt16
  /// The interface index of a link-local IPv6 address; 0 elsewhere. It never travels.
  package let scope: UInt32

  package init(family: Family, address: Bytes16, port: UInt16, scope: UInt32 = 0) {
    self.family = family
    self.address = address
    self.port = port
    self.scope = scope
  }

  package static func < (left: Endpoint, right: Endpoint) -> Bool {
    (left.family, left.address, left.port, left.scope) < (right.family, right.address, right.port, right.scope)
  }

  package static let encodedSize = 19

  package func write(to writer: inout ByteWriter) {
    writer.uint8(family.rawValue)
    address.write(to: &writer)
    writer.uint16(port)
  }

  package init(reading reader: inout ByteReader) throws(DecodeError) {
    guard let family = Family(rawValue: try reader.uint8()) else { throw .invalid("address family") }
    let address = try reader.raw(16)
    if family == .v4, address[4...].contains(where: { $0 != 0 }) { throw .invalid("address padding") }
    self.init(family: family, address: Bytes16(address), port: try reader.uint16())
  }
}
