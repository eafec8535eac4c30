/// The first byte of every datagram; the second is the version, which names the whole suite of ciphers.
package enum DatagramKind: UInt8, CaseIterable, Sendable {
  case query = 0x01
  case beacon = 0x02
  case hello = 0x03
  case cookie = 0x04
  case exchange = 0x05
  case exchanged = 0x06
  case noise1 = 0x07
  case noise2 = 0x08
  case noise3 = 0x09
  case pair1 = 0x0A
  case pair2 = 0x0B
  case sealed = 0x10

  package static let version: UInt8 = 1

  /// The kind of a datagram of this version; nil for all else.
  package init?(of datagram: [UInt8]) {
    guard datagram.count >= 2, datagram.count <= 1_500, datagram[1] == Self.version else { return nil }
    self.init(rawValue: datagram[0])
  }
}
