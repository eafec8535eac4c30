#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The other end of a peer's control socket. It blocks: for commands and threads of their own, never on an event loop.
package struct ControlClient: ~Copyable {
  private let descriptor: CInt
  private var unread: [UInt8] = []
  private let path: String

  /// Bytes of one answer line.
  static let lineBytes = 16 << 20

  /// Connects to a peer; every later wait ends after `patienceMilliseconds`.
  package init(_ path: String, patienceMilliseconds: Int = 5_000) throws(SessionError) {
    self.path = path
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let room = MemoryLayout.size(ofValue: address.sun_path)
    guard path.utf8.count < room else { throw Self.broken(path, "Its path has more than \(room - 1) bytes.") }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    #if canImport(Glibc)
      let kind = CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue)
    #else
      let kind = SOCK_STREAM
    #endif
    let descriptor = socket(AF_UNIX, kind, 0)
    guard descriptor >= 0 else { throw Self.broken(path, SocketError.text(errno)) }
    let connected = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { raw in
        connect(descriptor, raw, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard connected == 0 else {
      let number = errno
      close(descriptor)
      throw Self.broken(path, SocketError.text(number))
    }
    let wait = timeval(
      tv_sec: patienceMilliseconds / 1_000, tv_usec: numericCast(patienceMilliseconds % 1_000 * 1_000))
    withUnsafeBytes(of: wait) { wait in
      _ = setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, wait.baseAddress, socklen_t(wait.count))
      _ = setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, wait.baseAddress, socklen_t(wait.count))
    }
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  /// One request and its one answer.
  package static func ask<Answer: Decodable>(
    _ path: String, _ request: ControlRequest, for type: Answer.Type, patienceMilliseconds: Int = 5_000
  ) throws(SessionError) -> Answer {
    var client = try ControlClient(path, patienceMilliseconds: patienceMilliseconds)
    try client.send(request)
    guard let line = try client.next() else { throw broken(path, "It ended without an answer.") }
    return try decode(line, as: type, path)
  }

  package mutating func send(_ request: ControlRequest) throws(SessionError) {
    let bytes = JSONLine.encode(request) + [0x0a]
    var done = 0
    while done < bytes.count {
      let more = bytes.withUnsafeBytes { buffer in
        systemSend(descriptor, buffer.baseAddress.map { $0 + done }, bytes.count - done)
      }
      if more < 0, errno == EINTR { continue }
      guard more > 0 else { throw Self.broken(path, SocketError.text(errno)) }
      done += more
    }
  }

  /// The next object of the answer; nil at its end.
  package mutating func next<Answer: Decodable>(as type: Answer.Type) throws(SessionError) -> Answer? {
    guard let line = try next() else { return nil }
    return try Self.decode(line, as: type, path)
  }

  private mutating func next() throws(SessionError) -> [UInt8]? {
    var searched = 0
    while true {
      if let end = unread[searched...].firstIndex(of: 0x0a) {
        let line = Array(unread[..<end])
        unread.removeSubrange(...end)
        return line
      }
      searched = unread.count
      guard unread.count <= Self.lineBytes else { throw Self.broken(path, "An answer is too long.") }
      var chunk = [UInt8](repeating: 0, count: 65_536)
      let count = recv(descriptor, &chunk, chunk.count, 0)
      if count < 0, errno == EINTR { continue }
      if count == 0 { return nil }
      guard count > 0 else {
        let isLate = errno == EAGAIN || errno == EWOULDBLOCK
        throw Self.broken(path, isLate ? "It did not answer in time." : SocketError.text(errno))
      }
      unread += chunk.prefix(count)
    }
  }

  private static func decode<Answer: Decodable>(
    _ line: [UInt8], as type: Answer.Type, _ path: String
  ) throws(SessionError) -> Answer {
    if let answer = JSONLine.decode(type, line) { return answer }
    if let report = JSONLine.decode(ErrorReport.self, line) { throw report.error }
    throw broken(path, "Its answer was not understood.")
  }

  private static func broken(_ path: String, _ why: String) -> SessionError {
    SessionError(
      .control, "the peer at \(path) cannot be spoken to.", why: why,
      remedy: "selo status, to see which peers run here")
  }
}

private func systemSend(_ descriptor: CInt, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
  #if canImport(Glibc)
    send(descriptor, bytes, count, CInt(MSG_NOSIGNAL))
  #else
    send(descriptor, bytes, count, 0)
  #endif
}
