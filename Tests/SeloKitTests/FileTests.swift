import Foundation
import SeloCrypto
import SeloKit
import Testing

/// A directory of the test's own, removed at its end.
func withScratch(_ body: (String) throws -> Void) throws {
  let path = FileManager.default.temporaryDirectory.appendingPathComponent("selo-\(UUID())").path
  try FileManager.default.createDirectory(
    atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
  defer { try? FileManager.default.removeItem(atPath: path) }
  try body(path)
}

func mode(_ path: String) throws -> Int {
  (try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? NSNumber)?.intValue ?? -1
}

func setMode(_ path: String, _ mode: Int) throws {
  try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
}

func code(_ body: () throws -> Void) -> SessionError.Code? {
  do {
    try body()
    return nil
  } catch {
    return (error as? SessionError)?.code
  }
}

@Suite struct IdentityStoreTests {
  @Test func aNewIdentityIsPrivateAndStays() throws {
    try withScratch { path in
      let store = IdentityStore(directory: path + "/a/b/selo")
      let first = try store.take().keys.identity
      #expect(try mode(path + "/a/b/selo") == 0o700)
      #expect(try mode(path + "/a/b/selo/identity") == 0o600)
      let again = try store.take()
      #expect(again.keys.identity == first)
      #expect(!again.isNew)
      #expect(try FileManager.default.contentsOfDirectory(atPath: path + "/a/b/selo") == ["identity"])
    }
  }

  @Test func aSecondPeerTakesASecondIdentity() throws {
    try withScratch { path in
      let store = IdentityStore(directory: path + "/selo")
      let first = try store.take()
      let second = try store.take()
      #expect(first.slot == 1 && second.slot == 2)
      #expect(second.path.hasSuffix("/identity-2"))
      #expect(first.keys.identity != second.keys.identity)
      #expect(code { _ = try IdentityStore.take(file: first.path) } == .unsafeFile)
      withExtendedLifetime((first, second)) {}
    }
  }

  @Test func linksStrangersAndOpenModesAreRefused() throws {
    try withScratch { path in
      let store = IdentityStore(directory: path + "/selo")
      _ = try store.take()
      try setMode(path + "/selo/identity", 0o644)
      #expect(code { _ = try store.take() } == .unsafeFile)
      try setMode(path + "/selo/identity", 0o600)
      try setMode(path + "/selo", 0o755)
      #expect(code { _ = try store.take() } == .unsafeFile)
      try setMode(path + "/selo", 0o700)
      try FileManager.default.moveItem(atPath: path + "/selo/identity", toPath: path + "/elsewhere")
      try FileManager.default.createSymbolicLink(
        atPath: path + "/selo/identity", withDestinationPath: path + "/elsewhere")
      #expect(code { _ = try store.take() } == .unsafeFile)
      try FileManager.default.createSymbolicLink(atPath: path + "/link", withDestinationPath: path + "/selo")
      #expect(code { _ = try IdentityStore(directory: path + "/link").take() } == .unsafeFile)
    }
  }

  @Test(arguments: [0, 1, 43, 75, 5_000]) func aBrokenFileIsNamedAndLeftAlone(_ size: Int) throws {
    try withScratch { path in
      let file = path + "/identity"
      let bytes = Data(Array("selo-id\n".utf8) + [UInt8](repeating: 1, count: 5_000)).prefix(size)
      #expect(FileManager.default.createFile(atPath: file, contents: bytes, attributes: [.posixPermissions: 0o600]))
      #expect(code { _ = try IdentityStore(directory: path).take() } == .badFile)
      #expect(FileManager.default.contents(atPath: file) == bytes)
    }
  }
}

@Suite struct RunDirectoryTests {
  private func description(_ control: String) -> RunDirectory.Description {
    .init(
      session: "studio", name: "ada", world: "counter", fingerprint: "k7f2·p9xw", pid: 1, addresses: ["127.0.0.1:1"],
      control: control)
  }

  @Test func aRunningPeerIsSeenAndADeadOneIsRemoved() throws {
    try withScratch { path in
      let run = RunDirectory(path: path + "/selo")
      let control = run.freshControlName()
      var entry: RunDirectory.Entry? = try run.register(description(control))
      #expect(run.peers() == [description(control)])
      #expect(try mode(run.path) == 0o700)
      entry = nil
      #expect(entry == nil)
      #expect(run.peers() == [])

      // What SIGKILL leaves: a description that nobody locks, and a socket.
      let left = try JSONEncoder().encode(description("peer-9-9.sock"))
      for name in ["peer-9-9.json", "peer-9-9.sock"] {
        let attributes: [FileAttributeKey: Any] = [.posixPermissions: 0o600]
        #expect(FileManager.default.createFile(atPath: run.path(name), contents: left, attributes: attributes))
      }
      #expect(run.peers() == [])
      #expect(try FileManager.default.contentsOfDirectory(atPath: run.path) == [])
    }
  }

  @Test func aDirectoryThatOthersMayEnterIsRefused() throws {
    try withScratch { path in
      try FileManager.default.createDirectory(
        atPath: path + "/selo", withIntermediateDirectories: false, attributes: [.posixPermissions: 0o777])
      try setMode(path + "/selo", 0o777)
      let run = RunDirectory(path: path + "/selo")
      #expect(code { _ = try run.register(description("peer-1-1.sock")) } == .unsafeFile)
      #expect(run.peers() == [])
    }
  }
}

@Suite struct PassphraseSourceTests {
  private func source(_ file: String?) -> PassphraseSource { PassphraseSource(file: file, canPrompt: false, [:]) }

  private func write(_ text: String, _ path: String, mode: Int = 0o600) throws {
    let attributes: [FileAttributeKey: Any] = [.posixPermissions: mode]
    #expect(FileManager.default.createFile(atPath: path, contents: Data(text.utf8), attributes: attributes))
    try setMode(path, mode)
  }

  @Test func theFirstLineOfTheFileIsThePassphraseInNormalFormC() throws {
    try withScratch { path in
      var warnings: [String] = []
      try write("cafe\u{301} society\nnot this\n", path + "/a")
      try write("caf\u{e9} society", path + "/b", mode: 0o644)
      let first = try source(path + "/a").passphrase(for: "studio") { warnings.append($0) }
      #expect(warnings == [])
      let second = try source(path + "/b").passphrase(for: "studio") { warnings.append($0) }
      #expect(first != nil)
      #expect(first == second)
      #expect(warnings.count == 1)
    }
  }

  @Test func badFilesAreNamed() throws {
    try withScratch { path in
      try write("short\n", path + "/short")
      try write("long enough\n", path + "/open", mode: 0o666)
      try write(String(repeating: "x", count: 5_000), path + "/long")
      #expect(code { _ = try source(path + "/missing").passphrase(for: "s") { _ in } } == .unreadableFile)
      #expect(code { _ = try source(path).passphrase(for: "s") { _ in } } == .unreadableFile)
      #expect(code { _ = try source(path + "/short").passphrase(for: "s") { _ in } } == .passphrase)
      #expect(code { _ = try source(path + "/open").passphrase(for: "s") { _ in } } == .badFile)
      #expect(code { _ = try source(path + "/long").passphrase(for: "s") { _ in } } == .badFile)
      let none = try source(nil).passphrase(for: "s") { _ in }
      #expect(none == nil)
    }
  }
}
