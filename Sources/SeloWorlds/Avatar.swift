public import SeloVM

/// The node that stands for a peer in the village.
public struct Avatar: Node {
  /// What its user is called.
  public let name: String
  /// Where it stands.
  public private(set) var position: Point

  /// An avatar that has just come.
  public init(name: String, at position: Point) {
    self.name = name
    self.position = position
  }

  /// What the village asks of it.
  public enum Message: Hashable, Sendable {
    case walk(to: Point)
  }

  public mutating func receive(_ message: Message, _ turn: inout Turn<Avatar>) {
    switch message {
    case .walk(let point): position = point
    }
  }
}

extension Avatar: Replicated {
  public func write(to sink: inout some ReplicaSink) {
    name.write(to: &sink)
    position.write(to: &sink)
  }

  public init(from reader: inout ReplicaReader) throws {
    name = try String(from: &reader)
    position = try Point(from: &reader)
  }
}

extension Avatar.Message: Replicated {
  public func write(to sink: inout some ReplicaSink) {
    switch self {
    case .walk(let point): point.write(to: &sink)
    }
  }

  public init(from reader: inout ReplicaReader) throws { self = .walk(to: try Point(from: &reader)) }
}
