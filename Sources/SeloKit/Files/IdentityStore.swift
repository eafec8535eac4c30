package import SeloCrypto
import SeloWire

/// The identities of this user on disk: `identity`, and `identity-2` and on for peers that run at the same time.
///
/// A running peer holds the lock of its file, so that no two runs speak with one key.
package struct IdentityStore: Sendable {
  package let directory: String

  /// How many peers of one user run at once with identities of their own.
  static let slots = 64
  /// More than the largest identity file has.
  static let fileBytes = 4_096

  package init(directory: String) { self.directory = directory }

  /// `$XDG_STATE_HOME/selo`, else `~/.local/state/selo`.
  package static func standard(_ environment: [String: String]) -> IdentityStore {
    let home = environment["HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? "/"
    let state = environment["XDG_STATE_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
    return IdentityStore(directory: (state ?? home + "/.local/state") + "/selo")
  }

  /// An identity that this process holds until it lets go of the value.
  package struct Held: Sendable {
    package let keys: IdentityKeys
    package let path: String
    /// 1 for `identity`, 2 for `identity-2`; 0 for a file that was named.
    package let slot: Int
    package let isNew: Bool
    let lock: FileHandleOwner
  }

  /// The first identity that no running peer holds, made when there is none.
  package func take() throws(SessionError) -> Held {
    try PrivateFile.ensureDirectory(directory)
    for slot in 1...Self.slots {
      if let held = try take(path(slot), slot: slot) { return held }
    }
    throw SessionError(
      .unsafeFile, "all \(Self.slots) identities in \(directory) are held by running peers.",
      why: "Each peer of a user runs with a key of its own.", remedy: "stop some, or name a file: --identity FILE")
  }

  /// The identity in exactly this file, made when it is missing.
  package static func take(file path: String) throws(SessionError) -> Held {
    let store = IdentityStore(directory: PrivateFile.parent(of: path))
    if let held = try store.take(path, slot: 0) { return held }
    throw SessionError(
      .unsafeFile, "the identity \(path) is in use.",
      why: "A running peer holds it, and no two may speak with one key.",
      remedy: "stop that peer, or name another file")
  }

  /// An identity as people look at it.
  package struct Card: Codable, Equatable, Sendable {
    package private(set) var schema = "selo.id/1"
    /// `k7f2·p9xw`.
    package let fingerprint: String
    /// The public key in hexadecimal.
    package let identity: String
    package let path: String
  }

  /// What stands in `file`, or in the first one of this user, without holding it; made when there is none yet.
  package func card(_ file: String? = nil) throws(SessionError) -> Card {
    let path = file ?? path(1)
    if let file = try PrivateFile.open(path) { return Self.card(try Self.keys(file, path), path) }
    let held = try file == nil ? take() : Self.take(file: path)
    return Self.card(held.keys, held.path)
  }

  private static func card(_ keys: IdentityKeys, _ path: String) -> Card {
    Card(fingerprint: keys.identity.fingerprint, identity: hexadecimal(keys.identity.key.bytes), path: path)
  }

  private func path(_ slot: Int) -> String { directory + (slot == 1 ? "/identity" : "/identity-\(slot)") }

  /// Nil when another process holds it.
  private func take(_ path: String, slot: Int) throws(SessionError) -> Held? {
    for _ in 0..<2 {
      if let file = try PrivateFile.open(path) {
        guard file.lock() else { return nil }
        return Held(keys: try Self.keys(file, path), path: path, slot: slot, isNew: false, lock: file)
      }
      var entropy = Entropy(seed: Sodium.randomSeed())
      let keys = IdentityKeys(from: &entropy)
      let file = try PrivateFile.make(IdentityFile.plainBytes(of: keys), at: path)
      // Somebody else may have made it in between: then the second try finds theirs.
      if let file { return Held(keys: keys, path: path, slot: slot, isNew: true, lock: file) }
    }
    return nil
  }

  private static func keys(_ file: FileHandleOwner, _ path: String) throws(SessionError) -> IdentityKeys {
    guard let bytes = file.readAll(limit: fileBytes) else { throw bad(path, "It is too long, or cannot be read.") }
    let content: IdentityFile
    do {
      content = try IdentityFile(reading: bytes)
    } catch {
      throw bad(path, reason(error))
    }
    switch content {
    case .plain(let keys): return keys
    case .wrapped: throw bad(path, "It is wrapped with a passphrase, which this version cannot ask for.")
    }
  }

  private static func bad(_ path: String, _ why: String) -> SessionError {
    SessionError(
      .badFile, "\(path) is no identity that can be used.", why: why,
      remedy: "restore it from a copy; or move it away, and a new identity is made (others will not recognise it)")
  }

  private static func reason(_ error: IdentityFileError) -> String {
    switch error {
    case .notAnIdentityFile: "It does not begin as identity files do."
    case .unknownVersion(let version): "A newer Selo wrote it (version \(version))."
    case .malformed: "It is cut short or altered."
    case .mismatch: "The key in it does not belong to the identity it names."
    case .absurdCost: "It names costs that are not sensible."
    case .wrongPassphrase: "The passphrase is wrong, or the file was altered."
    case .outOfMemory: "There is not the memory that it asks for."
    }
  }
}
