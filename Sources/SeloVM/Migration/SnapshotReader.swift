/// A snapshot of an older version of a world, while ``World/migrate(_:from:)`` makes today's state of it.
///
/// Keep the old shapes as types of their own, and say what becomes of each:
///
///     static var version: Int { 2 }
///     static func migrate(_ reader: inout SnapshotReader, from version: Int) throws -> Garden {
///       try reader.convert(Flower1.self, to: Flower.self) { _, old in Flower(height: old.height, colour: .red) }
///       return Garden(name: try reader.root(Garden1.self).name, visits: 0)
///     }
///
/// What is not converted is taken as it is: its bytes must be good for today's types. Node ids, times, causes and the
/// order of what waits stay. New types of nodes go to the end of ``World/nodes``; a type that is no longer used keeps
/// its place there.
public struct SnapshotReader: Sendable {
  private var parts: SnapshotParts
  private let types: [ObjectIdentifier]

  fileprivate init<W: World>(_ parts: SnapshotParts, of world: W.Type) {
    self.parts = parts
    types = [ObjectIdentifier(W.self)] + W.nodes.map { ObjectIdentifier($0) }
  }

  /// The root as the older version wrote it. Throws what `Old` throws. O(bytes).
  public func root<Old: Replicated>(_ old: Old.Type) throws -> Old { try Old(encoded: parts.root) }

  /// The nodes whose type is `type` today, as the older version wrote them, ids ascending. O(bytes).
  public func nodes<N: Node, Old: Replicated>(_ old: Old.Type, of type: N.Type) throws -> [(ref: Ref<N>, node: Old)] {
    guard let place = column(of: type), place < parts.columns.count else { return [] }
    return try parts.columns[place].map { (Ref($0.id), try Old(encoded: $0.bytes)) }
  }

  /// Makes today's nodes of older ones; a node for which `body` returns nil is gone. O(bytes).
  public mutating func convert<N: Node, Old: Replicated>(
    _ old: Old.Type, to type: N.Type, _ body: (Ref<N>, Old) throws -> N?
  ) throws {
    guard let place = column(of: type), place < parts.columns.count else { return }
    parts.columns[place] = try parts.columns[place].compactMap { part in
      let node = try body(Ref(part.id), try Old(encoded: part.bytes))
      return node.map { SnapshotParts.Part(id: part.id, bytes: $0.encoded()) }
    }
  }

  /// Makes today's messages of older ones that wait, for nodes of a type or the root; a message for which `body`
  /// returns nil is dropped. O(bytes).
  public mutating func convertMessages<N: Node, Old: Replicated>(
    _ old: Old.Type, to type: N.Type, _ body: (Old) throws -> N.Message?
  ) throws {
    guard let typeIndex = types.firstIndex(of: ObjectIdentifier(type)) else { return }
    parts.queue = try parts.queue.compactMap { message in
      guard let bytes = message.bytes, message.target.typeIndex == typeIndex else { return message }
      guard let converted = try body(try Old(encoded: bytes)) else { return nil }
      var message = message
      message.bytes = converted.encoded()
      return message
    }
  }

  private func column<N: Node>(of type: N.Type) -> Int? {
    types.dropFirst().firstIndex(of: ObjectIdentifier(type)).map { $0 - 1 }
  }
}

extension SnapshotReader {
  /// The bytes of a snapshot of today's version: the same ones, unless they are of an older version of this world. What
  /// is wrong with bytes in other ways is for the restore to say.
  static func migrated<W: World>(_ bytes: [UInt8], to world: W.Type) throws(SnapshotError) -> [UInt8] {
    var head = ReplicaReader(bytes, in: min(State.headerBytes, bytes.count)..<bytes.count)
    guard (try? head.text(limit: 1_024)) == W.name, let version = try? head.int(), version < W.version else {
      return bytes
    }
    let body = try State.unsealed(bytes)
    do {
      var parts = try SnapshotParts(body: bytes, in: body)
      var reader = SnapshotReader(parts, of: W.self)
      let root = try W.migrate(&reader, from: version)
      parts = reader.parts
      parts.root = root.encoded()
      return State.sealed(parts.body(for: W.self))
    } catch let error as SnapshotError {
      throw error
    } catch {
      throw .notMigrated(from: version)
    }
  }
}
