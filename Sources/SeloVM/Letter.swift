/// A message from one world to another, by way of their hosts: the only thing that leaves a world for a world.
///
/// A turn posts it (``Turn/post(_:toWorld:)``), each peer's host takes it out (``Machine/drainLetters()``), and one of
/// them publishes it in the session of the other world, where it becomes a turn (``World/letter(_:_:)``). Several hosts
/// may publish the same letter: it is taken once, by (source world, cause) (VM rule 23).
public struct Letter: Hashable, Sendable {
  /// The name of the world that posted it, as the host knows it.
  public let source: String
  /// The name of the world it is for.
  public let destination: String
  /// Its identity within the source: the same on every peer and in every fork.
  public let cause: UInt64
  /// The content as ``Replicated`` bytes.
  public let content: [UInt8]

  /// A letter from its parts, as they travelled.
  public init(source: String, destination: String, cause: UInt64, content: [UInt8]) {
    self.source = source
    self.destination = destination
    self.cause = cause
    self.content = content
  }

  /// The content as a value. Throws ``DecodeError`` or what the type itself throws. O(bytes).
  public func read<Content: Replicated>(as type: Content.Type = Content.self) throws -> Content {
    try Content(encoded: content)
  }
}

extension Letter {
  /// Source and cause in one word: equal for two deliveries of one letter.
  package var name: UInt64 {
    var sink = DigestSink(key: cause)
    sink.text(source)
    return UInt64(truncatingIfNeeded: sink.value)
  }
}

extension Letter: Replicated {
  public func write(to sink: inout some ReplicaSink) {
    sink.text(source)
    sink.text(destination)
    sink.uint64(cause)
    sink.data(content)
  }

  public init(from reader: inout ReplicaReader) throws {
    source = try reader.text()
    destination = try reader.text()
    cause = try reader.uint64()
    content = try reader.data()
  }
}

/// The letters a world has taken lately, so that it takes each once: the newest 1,024. Part of the state.
package struct TakenLetters: Sendable {
  package static let limit = 1_024

  /// Source and cause mixed into one word, the oldest first.
  package private(set) var newest: [UInt64] = []

  package init() {}

  package init?(newest: [UInt64]) {
    guard newest.count <= Self.limit else { return nil }
    self.newest = newest
  }

  /// False for a letter that was taken before.
  package mutating func take(_ letter: Letter) -> Bool {
    let name = letter.name
    if newest.contains(name) { return false }
    if newest.count == Self.limit { newest.removeFirst() }
    newest.append(name)
    return true
  }
}
