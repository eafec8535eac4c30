public import SeloVM

/// Balls that bounce off the walls and off each other, fifty times a second.
///
/// A collision changes two balls at once, so it is a matter of the root: its turns are exclusive and may change every
/// node, while a ball's own turn sees nothing but the ball.
public struct Balls: World {
  /// Balls at most.
  public static let ballLimit = 64
  /// From step to step.
  public static let period = Delay.milliseconds(20)

  /// An empty field.
  public init() {}

  public static var nodes: [any Node.Type] { [Disc.self] }

  /// What peers may publish, but for the step.
  public enum Message: Hashable, Sendable {
    /// Throws a ball from a place and in a direction of chance.
    case ball
    /// Takes a ball away.
    case pop
    /// Pushes the balls near a point away from it.
    case kick(Point)
    /// What the world says to itself.
    case step
  }

  /// What views hear when two balls meet.
  public struct Click: Hashable, Sendable {
    /// Half way between the two.
    public let position: Point
  }

  /// Only points of the field, and no steps.
  public static func accepts(_ message: Message, from author: PeerID) -> Bool {
    switch message {
    case .ball, .pop: true
    case .kick(let point): point.isInField
    case .step: false
    }
  }

  public mutating func start(_ turn: inout Turn<Balls>) { turn.future(Self.period, .step) }

  public mutating func receive(_ message: Message, _ turn: inout Turn<Balls>) throws {
    let refs = turn.all(Disc.self)
    switch message {
    case .ball:
      guard refs.count < Self.ballLimit else { throw TurnError.rejected("enough balls") }
      _ = turn.spawn(Disc(throwing: turn.random))
    case .pop:
      guard let ref = turn.random.pick(from: refs) else { throw TurnError.rejected("no ball") }
      turn.destroy(ref)
    case .kick(let point):
      for ref in refs { turn.send(.kick(from: point), to: ref) }
    case .step:
      var discs = refs.compactMap { turn[$0] }
      for place in discs.indices { discs[place].move() }
      for place in discs.indices {
        for other in discs.indices[(place + 1)...] {
          guard let (first, second) = Disc.bounced(discs[place], discs[other]) else { continue }
          (discs[place], discs[other]) = (first, second)
          turn.emit(Click(position: first.position(halfWayTo: second)))
        }
      }
      for (ref, disc) in zip(refs, discs) { turn[ref] = disc }
      turn.future(Self.period, .step)
    }
  }
}

extension Balls: Replicated {
  /// The balls are nodes; the root itself keeps nothing.
  public func write(to sink: inout some ReplicaSink) {}
  public init(from reader: inout ReplicaReader) throws {}
}

/// One byte for the case, then its value.
extension Balls.Message: Replicated {
  public func write(to sink: inout some ReplicaSink) {
    switch self {
    case .ball: sink.uint8(0)
    case .pop: sink.uint8(1)
    case .kick(let point):
      sink.uint8(2)
      point.write(to: &sink)
    case .step: sink.uint8(3)
    }
  }

  public init(from reader: inout ReplicaReader) throws {
    switch try reader.uint8() {
    case 0: self = .ball
    case 1: self = .pop
    case 2: self = .kick(try Point(from: &reader))
    case 3: self = .step
    default: throw DecodeError.invalid("balls message")
    }
  }
}
