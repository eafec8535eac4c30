package import SeloCrypto
package import SeloWire

/// By which credential a joiner knocks.
package enum EntryMode: UInt8, Equatable, Sendable {
  case passphrase = 1
  case invite = 2
  case `return` = 3
}

/// HELLO: costs the responder no state. Its padding keeps it longer than its answer.
///
/// | offset | size | name |
/// |---|---|---|
/// | 0 | 2 | kind 0x03, version |
/// | 2 | 1 | mode |
/// | 3 | 1 | zero |
/// | 4 | 16 | session |
/// | 20 | 16 | nonce of the initiator |
/// | 36 | 28 | zero |
package struct Hello: Equatable, Sendable {
  package let mode: EntryMode
  package let session: SessionID
  package let nonce: Bytes16

  package init(mode: EntryMode, session: SessionID, nonce: Bytes16) {
    self.mode = mode
    self.session = session
    self.nonce = nonce
  }

  package var datagram: [UInt8] {
    var writer = ByteWriter(opening: .hello, reserving: Limits.helloBytes)
    write(to: &writer)
    writer.pad(to: Limits.helloBytes)
    return writer.bytes
  }

  package init(datagram: [UInt8]) throws(DecodeError) {
    guard datagram.count == Limits.helloBytes else { throw .invalid("length") }
    var reader = try ByteReader(datagram, opening: .hello)
    self = try Hello(reading: &reader)
    try reader.zeros()
  }

  fileprivate func write(to writer: inout ByteWriter) {
    writer.uint8(mode.rawValue)
    writer.uint8(0)
    writer.raw(session.bytes.bytes)
    writer.raw(nonce.bytes)
  }

  fileprivate init(reading reader: inout ByteReader) throws(DecodeError) {
    guard let mode = EntryMode(rawValue: try reader.uint8()) else { throw .invalid("mode") }
    guard try reader.uint8() == 0 else { throw .invalid("padding") }
    self.mode = mode
    session = SessionID(try reader.bytes16())
    nonce = try reader.bytes16()
  }
}

/// COOKIE: kind 0x04, version, nonce of the initiator 16, cookie 16. Who returns it receives at its address.
package struct Cookie: Equatable, Sendable {
  package let nonce: Bytes16
  package let cookie: Bytes16

  package init(nonce: Bytes16, cookie: Bytes16) {
    self.nonce = nonce
    self.cookie = cookie
  }

  package var datagram: [UInt8] {
    var writer = ByteWriter(opening: .cookie, reserving: 34)
    writer.raw(nonce.bytes)
    writer.raw(cookie.bytes)
    return writer.bytes
  }

  package init(datagram: [UInt8]) throws(DecodeError) {
    var reader = try ByteReader(datagram, opening: .cookie)
    nonce = try reader.bytes16()
    cookie = try reader.bytes16()
    try reader.finish()
  }
}

/// A: kind 0x05, version, then mode, zero, session, nonce as in HELLO, cookie 16, the initiator's share Ya 32.
package struct Exchange: Equatable, Sendable {
  package let hello: Hello
  package let cookie: Bytes16
  package let share: Bytes32

  package init(hello: Hello, cookie: Bytes16, share: Bytes32) {
    self.hello = hello
    self.cookie = cookie
    self.share = share
  }

  package var datagram: [UInt8] {
    var writer = ByteWriter(opening: .exchange, reserving: 84)
    hello.write(to: &writer)
    writer.raw(cookie.bytes)
    writer.raw(share.bytes)
    return writer.bytes
  }

  package init(datagram: [UInt8]) throws(DecodeError) {
    var reader = try ByteReader(datagram, opening: .exchange)
    hello = try Hello(reading: &reader)
    cookie = try reader.bytes16()
    share = try reader.bytes32()
    try reader.finish()
  }
}

/// B: kind 0x06, version, handle of the responder u32, both nonces 16, the responder's share Yb 32.
package struct Exchanged: Equatable, Sendable {
  /// Names this join at the responder, and the channel after it.
  package let handle: UInt32
  package let initiatorNonce: Bytes16
  package let responderNonce: Bytes16
  package let share: Bytes32

  package init(handle: UInt32, initiatorNonce: Bytes16, responderNonce: Bytes16, share: Bytes32) {
    self.handle = handle
    self.initiatorNonce = initiatorNonce
    self.responderNonce = responderNonce
    self.share = share
  }

  package var datagram: [UInt8] {
    var writer = ByteWriter(opening: .exchanged, reserving: 70)
    writer.uint32(handle)
    writer.raw(initiatorNonce.bytes)
    writer.raw(responderNonce.bytes)
    writer.raw(share.bytes)
    return writer.bytes
  }

  package init(datagram: [UInt8]) throws(DecodeError) {
    var reader = try ByteReader(datagram, opening: .exchanged)
    handle = try reader.uint32()
    initiatorNonce = try reader.bytes16()
    responderNonce = try reader.bytes16()
    share = try reader.bytes32()
    try reader.finish()
  }
}

/// The three datagrams of Noise: kind 0x07, 0x08 or 0x09, version, the receiver's handle u32, the message.
package struct NoiseDatagram: Equatable, Sendable {
  package let handle: UInt32
  package let message: [UInt8]

  package init(handle: UInt32, message: [UInt8]) {
    self.handle = handle
    self.message = message
  }

  package func datagram(_ kind: DatagramKind) -> [UInt8] {
    var writer = ByteWriter(opening: kind, reserving: 6 + message.count)
    writer.uint32(handle)
    writer.raw(message)
    return writer.bytes
  }

  package init(datagram: [UInt8], _ kind: DatagramKind) throws(DecodeError) {
    var reader = try ByteReader(datagram, opening: kind)
    handle = try reader.uint32()
    message = reader.rest()
  }
}
