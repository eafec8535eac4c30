#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A call to the operating system that failed: which, and with what `errno`.
package struct SocketError: Error, Equatable, Sendable, CustomStringConvertible {
  package let call: String
  package let number: CInt

  package init(_ call: String, _ number: CInt = errno) {
    self.call = call
    self.number = number
  }

  /// The operating system's own words, for the `why` of an error text; never the whole text.
  package var description: String { "\(call): \(Self.text(number))" }

  package var isAddressInUse: Bool { number == EADDRINUSE }

  package static func text(_ number: CInt) -> String { String(cString: strerror(number)) }
}

/// Retries a call that a signal interrupted; throws what it failed with.
@discardableResult
package func checked(_ call: String, _ body: () -> CInt) throws(SocketError) -> CInt {
  while true {
    let result = body()
    if result >= 0 { return result }
    let number = errno
    if number != EINTR { throw SocketError(call, number) }
  }
}

extension SessionError {
  /// No socket could be opened, and what to do about it.
  static func notBound(_ error: SocketError, port: UInt16) -> SessionError {
    if error.isAddressInUse {
      return SessionError(
        .portInUse, "the UDP port \(port) is in use.", why: "Another program on this machine holds it.",
        remedy: "leave out --port and let the system choose, or name another one")
    }
    return SessionError(
      .network, "no UDP socket could be opened.", why: "The system says: \(error).",
      remedy: "another interface: --interface lo; the limits of this process: ulimit -n")
  }
}
