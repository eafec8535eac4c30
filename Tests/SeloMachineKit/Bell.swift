package import SeloVM

/// A node of plain memory whose messages are so small that they lie in the queue itself.
package struct Bell: Node {
  package var sound: UInt64 = 0
  package var next: Ref<Bell>?
  var echo: Ticket?

  package init() {}

  package mutating func receive(_ stroke: Stroke, _ turn: inout Turn<Bell>) throws {
    sound = mix(sound &+ stroke.word &+ UInt64(bitPattern: turn.now.nanoseconds))
    switch stroke {
    case .ring: break
    case .chain(let length): if length > 0 { turn.future(.zero, .chain(length - 1)) }
    case .pass(let hops):
      if hops > 0, let next { turn.send(.pass(hops - 1), to: next, after: .milliseconds(UInt64(hops % 3) * 5)) }
    case .echo(let period):
      if sound % 16 > 0 { echo = turn.future(.milliseconds(UInt64(period)), .echo(period)) }
    case .muffle: if let echo { turn.cancel(echo) }
    case .vanish: turn.destroy(turn.me)
    case .crack:
      turn.future(.zero, .ring(1))
      turn.emit(0)
      if sound & 1 == 0 { throw Step.Mishap() }
      sound ^= turn.random.next()
    }
  }
}

package enum Stroke: Hashable, Sendable {
  case ring(UInt8)
  /// That many more, one after the other without delay.
  case chain(UInt8)
  /// To the next bell, and on, that many times.
  case pass(UInt8)
  /// Again after that many milliseconds, until chance ends it.
  case echo(UInt8)
  case muffle
  case vanish
  /// May fail after it has asked for something.
  case crack

  static let kinds = 7

  init?(kind: UInt8, number: UInt8) {
    switch kind {
    case 0: self = .ring(number)
    case 1: self = .chain(number)
    case 2: self = .pass(number)
    case 3: self = .echo(number)
    case 4: self = .muffle
    case 5: self = .vanish
    case 6: self = .crack
    default: return nil
    }
  }

  var parts: (kind: UInt8, number: UInt8) {
    switch self {
    case .ring(let number): (0, number)
    case .chain(let number): (1, number)
    case .pass(let number): (2, number)
    case .echo(let number): (3, number)
    case .muffle: (4, 0)
    case .vanish: (5, 0)
    case .crack: (6, 0)
    }
  }

  fileprivate var word: UInt64 { UInt64(parts.kind) << 8 | UInt64(parts.number) }
}

extension Stroke: Replicated, Codable {
  package func write(to sink: inout some ReplicaSink) {
    sink.uint8(parts.kind)
    sink.uint8(parts.number)
  }

  package init(from reader: inout ReplicaReader) throws {
    let (kind, number) = (try reader.uint8(), try reader.uint8())
    guard let stroke = Stroke(kind: kind, number: number) else { throw DecodeError.invalid("stroke") }
    self = stroke
  }
}

extension Bell: Replicated {
  package func write(to sink: inout some ReplicaSink) {
    sink.uint64(sound)
    next.write(to: &sink)
    echo.write(to: &sink)
  }

  package init(from reader: inout ReplicaReader) throws {
    sound = try reader.uint64()
    next = try Optional(from: &reader)
    echo = try Optional(from: &reader)
  }
}
