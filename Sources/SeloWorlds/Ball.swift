public import SeloVM

/// A ball that bounces off the edges of the field, in whole numbers, by messages to itself.
public struct Ball: Node {
  /// Where it is, always in the field.
  public private(set) var position: Point
  /// How far it goes in one step.
  public private(set) var velocity: Point

  /// From step to step.
  public static let period = Delay.milliseconds(50)
  private static let speedLimit: Int32 = 20

  /// A ball at a place and with a direction of chance.
  init(throwing random: RandomStream) {
    position = Point(throwing: random)
    velocity = Point(
      x: Int32(random.int(in: 1...Int(Self.speedLimit))) * (random.bool() ? 1 : -1),
      y: Int32(random.int(in: 1...Int(Self.speedLimit))) * (random.bool() ? 1 : -1))
  }

  /// What it says to itself.
  public enum Message: Hashable, Sendable {
    case step
  }

  /// What views hear when a ball hits an edge.
  public struct Bounce: Hashable, Sendable {
    /// Where it is after bouncing.
    public let position: Point
  }

  public mutating func receive(_ message: Message, _ turn: inout Turn<Ball>) {
    let x = Self.bounced(position.x, &velocity.x, Point.width)
    let y = Self.bounced(position.y, &velocity.y, Point.height)
    position = Point(x: x.place, y: y.place)
    if x.hit || y.hit { turn.emit(Bounce(position: position)) }
    turn.future(Self.period, .step)
  }

  /// One step in one direction: what would leave `0..<size` comes back as far as it would have gone out.
  private static func bounced(_ place: Int32, _ speed: inout Int32, _ size: Int32) -> (place: Int32, hit: Bool) {
    let next = place + speed
    if (0..<size).contains(next) { return (next, false) }
    speed = -speed
    return (next < 0 ? -next : 2 * (size - 1) - next, true)
  }
}

extension Ball: Replicated {
  public func write(to sink: inout some ReplicaSink) {
    position.write(to: &sink)
    velocity.write(to: &sink)
  }

  /// Refuses what could leave the field.
  public init(from reader: inout ReplicaReader) throws {
    position = try Point(from: &reader)
    velocity = try Point(from: &reader)
    let speeds = -Self.speedLimit...Self.speedLimit
    guard position.isInField, speeds.contains(velocity.x), speeds.contains(velocity.y) else {
      throw DecodeError.invalid("ball")
    }
  }
}

extension Ball.Message: Replicated {
  public func write(to sink: inout some ReplicaSink) { sink.uint8(0) }
  public init(from reader: inout ReplicaReader) throws {
    guard try reader.uint8() == 0 else { throw DecodeError.invalid("ball message") }
    self = .step
  }
}
