#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Files and directories that belong to this user alone: 0700 and 0600, never behind a link, owner checked.
package enum PrivateFile {
  /// Makes the directory and those above it that are missing; refuses one that others may enter.
  package static func ensureDirectory(_ path: String) throws(SessionError) {
    makeAbove(path)
    if mkdir(path, 0o700) != 0, errno != EEXIST { throw refused("make the directory", path, SocketError("mkdir")) }
    var facts = stat()
    guard lstat(path, &facts) == 0 else { throw refused("look at", path, SocketError("lstat")) }
    guard facts.st_mode & S_IFMT == S_IFDIR else { throw unsafe(path, "It is not a directory.", "remove it") }
    try checkOwner(facts, path, isDirectory: true)
  }

  /// Opens an existing file for reading and writing; nil when there is none.
  package static func open(_ path: String) throws(SessionError) -> FileHandleOwner? {
    let descriptor = systemOpen(path, O_RDWR | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0)
    if descriptor < 0 {
      if errno == ENOENT { return nil }
      if errno == ELOOP { throw unsafe(path, "It is a link, and could lead anywhere.", "remove the link") }
      throw refused("open", path, SocketError("open"))
    }
    let file = FileHandleOwner(descriptor)
    var facts = stat()
    guard fstat(descriptor, &facts) == 0 else { throw refused("look at", path, SocketError("fstat")) }
    guard facts.st_mode & S_IFMT == S_IFREG else { throw unsafe(path, "It is not an ordinary file.", "remove it") }
    try checkOwner(facts, path, isDirectory: false)
    return file
  }

  /// Writes a file that others shall only ever see whole, and locks it before they see it: temporary file, fsync, link.
  /// Nil when there is one of that name already.
  package static func make(_ bytes: [UInt8], at path: String) throws(SessionError) -> FileHandleOwner? {
    let temporary = "\(path).\(getpid())-\(UInt32.random(in: 0 ... .max)).new"
    let descriptor = systemOpen(temporary, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw refused("make", path, SocketError("open")) }
    defer { unlink(temporary) }
    let file = FileHandleOwner(descriptor)
    guard file.lock(), file.writeAll(bytes), fsync(descriptor) == 0 else {
      throw refused("write", path, SocketError("write"))
    }
    // Unlike rename, link never replaces what is there.
    if link(temporary, path) != 0 {
      if errno == EEXIST { return nil }
      throw refused("make", path, SocketError("link"))
    }
    syncDirectory(parent(of: path))
    return file
  }

  package static func refused(_ verb: String, _ path: String, _ error: SocketError) -> SessionError {
    SessionError(
      .unsafeFile, "cannot \(verb) \(path).", why: "The system says: \(SocketError.text(error.number)).",
      remedy: "look at the rights of the directory: ls -ld \(parent(of: path))")
  }

  static func unsafe(_ path: String, _ why: String, _ remedy: String) -> SessionError {
    SessionError(.unsafeFile, "\(path) is not safe to use.", why: why, remedy: remedy)
  }

  static func parent(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/"), slash > path.startIndex else { return "/" }
    return String(path[..<slash])
  }

  private static func checkOwner(_ facts: stat, _ path: String, isDirectory: Bool) throws(SessionError) {
    guard facts.st_uid == geteuid() else {
      throw unsafe(path, "It belongs to another user (uid \(facts.st_uid)).", "remove it, or ask its owner to")
    }
    guard facts.st_mode & 0o077 == 0 else {
      throw unsafe(path, "Other users may read or change it.", "chmod \(isDirectory ? 700 : 600) \(path)")
    }
  }

  private static func syncDirectory(_ path: String) {
    let descriptor = systemOpen(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }

  private static func makeAbove(_ path: String) {
    let above = parent(of: path)
    if above == "/" || access(above, F_OK) == 0 { return }
    makeAbove(above)
    mkdir(above, 0o700)
  }

  private static func systemOpen(_ path: String, _ flags: CInt, _ mode: mode_t) -> CInt {
    #if canImport(Glibc)
      Glibc.open(path, flags, mode)
    #else
      Darwin.open(path, flags, mode)
    #endif
  }
}

/// An open file that is closed, and unlocked, when its owner lets go.
package final class FileHandleOwner: Sendable {
  private let descriptor: CInt

  init(_ descriptor: CInt) { self.descriptor = descriptor }

  deinit { close(descriptor) }

  /// Takes the lock for this process's life; false when somebody holds it.
  package func lock() -> Bool { flock(descriptor, LOCK_EX | LOCK_NB) == 0 }

  /// Everything in the file up to `limit`; nil when it holds more or cannot be read.
  package func readAll(limit: Int) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: limit + 1)
    var count = 0
    while count <= limit {
      let more = bytes.withUnsafeMutableBytes { buffer in
        pread(descriptor, buffer.baseAddress.map { $0 + count }, limit + 1 - count, off_t(count))
      }
      if more < 0, errno == EINTR { continue }
      if more < 0 { return nil }
      if more == 0 { return Array(bytes.prefix(count)) }
      count += more
    }
    return nil
  }

  func writeAll(_ bytes: [UInt8]) -> Bool {
    var done = 0
    while done < bytes.count {
      let more = bytes.withUnsafeBytes { buffer in
        write(descriptor, buffer.baseAddress.map { $0 + done }, bytes.count - done)
      }
      if more < 0, errno == EINTR { continue }
      if more <= 0 { return false }
      done += more
    }
    return true
  }
}
