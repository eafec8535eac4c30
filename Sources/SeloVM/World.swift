/// The root of a world: it alone hears external messages and presence, and in its turns it may touch every node.
///
/// A world without further nodes is a plain reducer. State lives in the stored properties; it starts as `init()` makes
/// it, then ``start(_:)`` runs once at time zero.
public protocol World: Node {
  /// The state before ``start(_:)``. Must not depend on anything but the program.
  init()

  /// The name that the charter carries. The default is the type's name in lower case.
  static var name: String { get }

  /// The version of the state's shape; raise it when ``Replicated/write(to:)`` changes meaning. The default is one.
  static var version: Int { get }

  /// The types of nodes that may live in this world, at most 255. Their order is part of the world's definition.
  static var nodes: [any Node.Type] { get }

  /// The first turn, at time zero: spawn what is there from the beginning, schedule what goes on by itself.
  mutating func start(_ turn: inout Turn<Self>)

  /// A peer came or went. The default does nothing.
  mutating func presence(_ presence: Presence, _ turn: inout Turn<Self>) throws

  /// A letter of another world arrived (``Turn/post(_:toWorld:)``); each arrives once. The default refuses it.
  mutating func letter(_ letter: Letter, _ turn: inout Turn<Self>) throws

  /// Whether an external message of this author may become a turn. Pure: it sees no state. Its author asks it before
  /// publishing and every peer asks it at delivery. The default accepts everything.
  static func accepts(_ message: Message, from author: PeerID) -> Bool

  /// The root as this version would hold it, made from a snapshot of an older one; see ``SnapshotReader``.
  ///
  /// It is called when such a snapshot is restored, and then only: peers that migrate do so from the same snapshot, at
  /// the same checkpoint (VM rule 32). Must not depend on anything but the snapshot. The default throws
  /// ``SnapshotError/wrongVersion(_:)``.
  static func migrate(_ reader: inout SnapshotReader, from version: Int) throws -> Self

  /// A short recording with its digests, which a peer replays before it votes: ``Timeline/exported(keyframes:)`` made
  /// it, ``Machine/selfTest(golden:)`` replays it. The default is none.
  static var goldenLog: [UInt8]? { get }
}

extension World {
  /// The type's name in lower case, version 1, and no nodes besides the root.
  public static var name: String { lowercasedASCII(typeName(of: Self.self)) }
  public static var version: Int { 1 }
  public static var nodes: [any Node.Type] { [] }
  public mutating func start(_ turn: inout Turn<Self>) {}
  public mutating func presence(_ presence: Presence, _ turn: inout Turn<Self>) throws {}
  /// Refuses every letter.
  public mutating func letter(_ letter: Letter, _ turn: inout Turn<Self>) throws {
    throw TurnError.rejected("\(Self.name) takes no letters")
  }
  /// The operations of this type, specialised where the type is defined.
  @inlinable
  public static func operations() -> Operations { Operations(of: Self.self) }
  /// Accepts everything.
  public static func accepts(_ message: Message, from author: PeerID) -> Bool { true }
  /// Migrates from nowhere.
  public static func migrate(_ reader: inout SnapshotReader, from version: Int) throws -> Self {
    throw SnapshotError.wrongVersion(version)
  }
  /// None.
  public static var goldenLog: [UInt8]? { nil }
}

/// The name of a type without its module: the full one of a private type holds an address and differs between runs.
func typeName(of type: Any.Type) -> String { String(describing: type) }

/// Lower case of A to Z only: Unicode's tables belong to the system.
private func lowercasedASCII(_ text: String) -> String {
  String(decoding: text.utf8.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }, as: UTF8.self)
}
