/// Why bytes are not a snapshot of this world. A snapshot comes from other peers: it is refused, it never traps.
public enum SnapshotError: Error, Hashable, Sendable {
  /// The bytes do not begin as a snapshot does.
  case notASnapshot
  /// A snapshot of another format than this machine's.
  case unknownFormat(UInt16)
  /// The bytes end too early, or go on too long.
  case wrongLength
  /// The bytes are not those that were written: their checksum differs.
  case corrupted
  /// A snapshot of the world with this name.
  case wrongWorld(String)
  /// A snapshot of another version of this world, which it does not migrate from.
  case wrongVersion(Int)
  /// ``World/migrate(_:from:)`` gave up on a snapshot of this older version.
  case notMigrated(from: Int)
  /// The types of the world's nodes are others.
  case wrongFingerprint(UInt64)
  /// A part holds what no machine writes; the text names it.
  case invalid(StaticText)
  /// The state or a message of the type with this name does not decode.
  case unreadable(type: String)
}
