import Foundation

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Where the running peers of this user on this machine meet: a control socket and a description for each.
///
/// A description is locked while its peer runs, so that what a killed peer left behind is known for what it is and
/// removed.
package struct RunDirectory: Sendable {
  package let path: String

  package init(path: String) { self.path = path }

  /// `$XDG_RUNTIME_DIR/selo`, else `/tmp/selo-<uid>`.
  package static func standard(_ environment: [String: String]) -> RunDirectory {
    let runtime = environment["XDG_RUNTIME_DIR"].flatMap { $0.hasPrefix("/") ? $0 : nil }
    return RunDirectory(path: runtime.map { $0 + "/selo" } ?? "/tmp/selo-\(geteuid())")
  }

  /// One running peer.
  package struct Description: Codable, Equatable, Sendable {
    package var schema = "selo.peer/1"
    package var session: String
    package var name: String
    package var world: String
    package var fingerprint: String
    package var pid: Int32
    /// Where its unicast socket is bound, as text: HOST:PORT.
    package var addresses: [String]
    /// File name of its control socket in this directory.
    package var control: String

    package init(
      session: String, name: String, world: String, fingerprint: String, pid: Int32, addresses: [String],
      control: String
    ) {
      self.session = session
      self.name = name
      self.world = world
      self.fingerprint = fingerprint
      self.pid = pid
      self.addresses = addresses
      self.control = control
    }
  }

  /// The description of a peer of this process; it goes when its owner lets go.
  package final class Entry: Sendable {
    package let description: Description
    private let paths: [String]
    private let lock: FileHandleOwner

    fileprivate init(_ description: Description, paths: [String], lock: FileHandleOwner) {
      self.description = description
      self.paths = paths
      self.lock = lock
    }

    deinit { for path in paths { unlink(path) } }
  }

  /// A name that no other peer here has, for the control socket.
  package func freshControlName() -> String { "peer-\(getpid())-\(UInt32.random(in: 0...0xffff)).sock" }

  package func ensure() throws(SessionError) { try PrivateFile.ensureDirectory(path) }

  package func register(_ description: Description) throws(SessionError) -> Entry {
    try ensure()
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let bytes = (try? encoder.encode(description)).map { Array($0) } ?? []
    let file = path(descriptionName(description.control))
    guard let lock = try PrivateFile.make(bytes, at: file) else {
      throw PrivateFile.unsafe(file, "Another peer uses this name.", "start again")
    }
    return Entry(description, paths: [file, path(description.control)], lock: lock)
  }

  /// The peers that run now; what dead ones left is removed on the way.
  package func peers() -> [Description] {
    guard (try? ensure()) != nil, let names = try? FileManager.default.contentsOfDirectory(atPath: path) else {
      return []
    }
    return names.sorted().filter { $0.hasPrefix("peer-") && $0.hasSuffix(".json") }.compactMap(live)
  }

  package func path(_ name: String) -> String { path + "/" + name }

  private func live(_ name: String) -> Description? {
    guard let file = try? PrivateFile.open(path(name)) else { return nil }
    if file.lock() {
      unlink(path(name))
      unlink(path(String(name.dropLast(5)) + ".sock"))
      return nil
    }
    guard let bytes = file.readAll(limit: 16_384) else { return nil }
    return try? JSONDecoder().decode(Description.self, from: Data(bytes))
  }

  private func descriptionName(_ control: String) -> String { String(control.dropLast(5)) + ".json" }
}
