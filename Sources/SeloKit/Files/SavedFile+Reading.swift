#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

// Saved files as they are opened again: by anybody who may read them, wherever they were copied to.

extension SavedFile {
  /// Reads a file that a session saved. It blocks; the errors say what is wrong with the file.
  public init(contentsOf path: String) throws(SessionError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      throw SessionError(
        .unreadableFile, "the file \(path) cannot be read.", why: "The system says: \(SocketError.text(errno)).",
        remedy: "ls -l \(path), then name a file that you may read")
    }
    let file = FileHandleOwner(descriptor)
    var facts = stat()
    guard fstat(descriptor, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else {
      throw SessionError(
        .unreadableFile, "the file \(path) cannot be read.", why: "It is not an ordinary file.",
        remedy: "name a file that a session saved")
    }
    let size = Int(facts.st_size)
    guard size <= SavedFiles.size, let bytes = file.readAll(limit: size) else {
      throw Self.bad(path, "It is too large, or changes just now.")
    }
    do {
      self = try SavedFile(reading: bytes)
    } catch {
      throw Self.bad(path, error.sentence)
    }
  }

  private static func bad(_ path: String, _ why: String) -> SessionError {
    SessionError(
      .badFile, "\(path) is no file that a session saved.", why: why,
      remedy: "name a file NAME@branch-TICK or NAME@evidence-TICK, or restore it from a copy")
  }
}
