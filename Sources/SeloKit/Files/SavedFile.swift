import SeloCrypto
package import SeloPeer
public import SeloVM
import SeloWire

/// What a session left on disk so that it is not lost: the world of a branch that was given up, or evidence of worlds
/// that differed.
///
///     let file = try SavedFile(contentsOf: path)
///     let counter = try file.world(as: Counter.self)
///
/// `SessionEvent.saved` tells where it is. docs/PROTOCOL.md has the bytes.
public struct SavedFile: Equatable, Sendable {
  /// What was saved.
  public enum Kind: UInt8, Sendable, CaseIterable {
    /// The session as a branch knew it when it was left for a better lineage.
    case branch = 1
    /// A world that was not what another peer computed, and what is known of why.
    case evidence = 2
  }

  /// What was saved.
  public let kind: Kind
  /// The session's name.
  public let session: String
  /// The name of the peer that saved it.
  public let peer: String
  /// Name and version of the world definition.
  public let worldName: String
  public let worldVersion: Int
  /// For a branch the last tick that it shares with its parent, for evidence that at which worlds differed.
  public let tick: UInt64
  /// What a person reads: for a branch one line, for evidence all that is known.
  public let text: String
  /// Log state and world: a session snapshot.
  package let snapshot: [UInt8]
  /// Of evidence: the world at the checkpoint before, and the frames that lead from there to the snapshot's world.
  package let before: Evidence.Moment?
  package let frames: [[UInt8]]

  package init(
    _ kind: Kind, session: String, peer: String, worldName: String, worldVersion: Int, tick: UInt64, text: String,
    snapshot: [UInt8], before: Evidence.Moment? = nil, frames: [[UInt8]] = []
  ) {
    self.kind = kind
    self.session = session
    self.peer = peer
    self.worldName = worldName
    self.worldVersion = worldVersion
    self.tick = tick
    self.text = text
    self.snapshot = snapshot
    self.before = before
    self.frames = frames
  }

  /// The world as it was. Throws when the file is of another world, or of another version of it.
  public func world<W: World>(as type: W.Type) throws(SessionError) -> Frozen<W> {
    guard W.name == worldName, W.version == worldVersion else {
      throw SessionError(
        .badFile, "the file holds another world.",
        why: "It is of \(worldName) version \(worldVersion), and this is \(W.name) version \(W.version).",
        remedy: "open it with the program that ran the session")
    }
    do {
      return try Machine<W>(snapshot: SessionSnapshot(snapshot).world).frozen()
    } catch {
      throw SessionError(
        .badFile, "the world in the file cannot be read.", why: "\(error)",
        remedy: "open it with the version of the program that saved it")
    }
  }
}

extension SavedFile {
  static let magic = Array("selosave".utf8)
  static let version: UInt16 = 2
  static let hashBytes = 32

  /// The bytes of the file:
  ///
  ///     size  name       meaning
  ///     8     magic      "selosave"
  ///     2     version    2
  ///     1     kind       1 branch, 2 evidence
  ///     8     tick       see `tick`
  ///     …     names      session, peer and world as text, version of the world (4), what a person reads as text
  ///     …     snapshot   as data: log state, the machine's snapshot as data
  ///     …     before     0, or 1 with tick (8) and the machine's snapshot as data
  ///     …     frames     count (4), then each frame as data
  ///     32    hash       H("saved", all bytes before)
  package var bytes: [UInt8] {
    var writer = ByteWriter(reserving: snapshot.count + 65_536)
    writer.raw(Self.magic)
    writer.uint16(Self.version)
    writer.uint8(kind.rawValue)
    writer.uint64(tick)
    for name in [session, peer, worldName] { writer.text(name) }
    writer.uint32(UInt32(truncatingIfNeeded: worldVersion))
    writer.text(text)
    writer.data(snapshot)
    writer.bool(before != nil)
    if let before {
      writer.uint64(before.sequence)
      writer.data(before.world)
    }
    writer.count(frames.count)
    for frame in frames { writer.data(frame) }
    return writer.bytes + Hashing.hash("saved", writer.bytes).bytes
  }

  /// Reads what ``bytes`` wrote; every bit is checked.
  package init(reading bytes: [UInt8]) throws(SavedFileError) {
    guard bytes.starts(with: Self.magic) else { throw .notSaved }
    guard bytes.count > Self.magic.count + 2 + Self.hashBytes else { throw .damaged }
    let version = UInt16(bytes[8]) | UInt16(bytes[9]) << 8
    guard version == Self.version else { throw .unknownVersion(version) }
    let body = Array(bytes.dropLast(Self.hashBytes))
    guard Hashing.hash("saved", body).bytes.elementsEqual(bytes.suffix(Self.hashBytes)) else { throw .damaged }
    do {
      self = try Self(body: Array(body.dropFirst(Self.magic.count + 2)))
    } catch {
      throw .damaged
    }
  }

  private init(body: [UInt8]) throws(DecodeError) {
    var reader = ByteReader(body)
    guard let kind = Kind(rawValue: try reader.uint8()) else { throw .invalid("kind") }
    self.kind = kind
    tick = try reader.uint64()
    session = try reader.text(limit: 256)
    peer = try reader.text(limit: 256)
    worldName = try reader.text(limit: 256)
    worldVersion = Int(try reader.uint32())
    text = try reader.text(limit: 1 << 20)
    snapshot = try reader.data(limit: Limits.snapshotBytes + Limits.logBytes)
    if try reader.bool() {
      before = Evidence.Moment(sequence: try reader.uint64(), world: try reader.data(limit: Limits.snapshotBytes))
    } else {
      before = nil
    }
    var frames: [[UInt8]] = []
    for _ in 0..<(try reader.count(limit: Limits.evidenceFrames, elementSize: 4)) {
      frames.append(try reader.data(limit: Limits.frameBytes))
    }
    self.frames = frames
    try reader.finish()
  }
}

/// Why a file is none that a session saved.
package enum SavedFileError: Error, Equatable, Sendable {
  case notSaved
  case unknownVersion(UInt16)
  case damaged

  var sentence: String {
    switch self {
    case .notSaved: "It does not begin as saved files do."
    case .unknownVersion(let version):
      "Another version of Selo wrote it (format \(version), here \(SavedFile.version))."
    case .damaged: "It is cut short or altered."
    }
  }
}
