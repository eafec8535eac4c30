public import SeloVM

/// A ball that collides: all discs weigh the same and are of one size.
///
/// It computes in whole 256ths, so every peer computes the same, and a collision keeps the sum of the velocities to the
/// last digit.
public struct Disc: Node, Equatable {
  private var place: Vector
  private var velocity: Vector

  /// In units of the field.
  public static let radius: Int32 = 16
  /// In each direction, in units of the field a step.
  private static let speedLimit: Int32 = 12
  private static let unit = 256

  /// A disc at a place and with a direction of chance.
  init(throwing random: RandomStream) {
    let (width, height, speed) = (Self.lastPlace(Point.width), Self.lastPlace(Point.height), Self.greatestSpeed / 2)
    place = Vector(x: random.int(in: Self.firstPlace...width), y: random.int(in: Self.firstPlace...height))
    velocity = Vector(x: random.int(in: -speed...speed), y: random.int(in: -speed...speed))
  }

  /// What it hears.
  public enum Message: Hashable, Sendable {
    /// Somebody kicked there.
    case kick(from: Point)
  }

  /// A kick is felt over ten radii, the less the farther.
  public mutating func receive(_ message: Message, _ turn: inout Turn<Disc>) {
    switch message {
    case .kick(let point):
      let away = place - Vector(point)
      let reach = Int(Self.radius) * 10 * Self.unit
      guard away.square < reach * reach else { return }
      velocity = (velocity + Vector(x: away.x / 16, y: away.y / 16)).limited(to: Self.greatestSpeed)
    }
  }

  /// Where it is.
  public var position: Point { place.point }

  func position(halfWayTo other: Disc) -> Point {
    let sum = place + other.place
    return Vector(x: sum.x / 2, y: sum.y / 2).point
  }

  /// One step; what would go through a wall comes back as far as it would have gone.
  mutating func move() {
    Self.move(&place.x, &velocity.x, Self.lastPlace(Point.width))
    Self.move(&place.y, &velocity.y, Self.lastPlace(Point.height))
  }

  private static func move(_ place: inout Int, _ speed: inout Int, _ last: Int) {
    place += speed
    if (firstPlace...last).contains(place) { return }
    speed = -speed
    place = place < firstPlace ? 2 * firstPlace - place : 2 * last - place
  }

  /// Both after they met; nil when they do not touch or already part.
  ///
  /// Equal masses exchange what of their velocities points from one to the other:
  /// `n · (v · n) / |n|²` changes hands, with `n` the way between them and `v` their velocity towards each other.
  package static func bounced(_ first: Disc, _ second: Disc) -> (first: Disc, second: Disc)? {
    let way = second.place - first.place
    let diameter = 2 * Int(radius) * unit
    guard way.square > 0, way.square < diameter * diameter else { return nil }
    let approach = (first.velocity - second.velocity).times(way)
    guard approach > 0 else { return nil }
    let exchanged = Vector(x: rounded(way.x * approach, way.square), y: rounded(way.y * approach, way.square))
    var (first, second) = (first, second)
    first.velocity = first.velocity - exchanged
    second.velocity = second.velocity + exchanged
    // Faster than the limit is nobody: what two would gain over it, neither gets.
    guard first.velocity.isLimited(to: greatestSpeed), second.velocity.isLimited(to: greatestSpeed) else { return nil }
    return (first, second)
  }

  /// To the nearest: cutting off would take a little speed at each collision.
  private static func rounded(_ number: Int, _ divisor: Int) -> Int {
    (2 * number + (number < 0 ? -divisor : divisor)) / (2 * divisor)
  }

  private static var greatestSpeed: Int { Int(speedLimit) * unit }
  private static var firstPlace: Int { Int(radius) * unit }
  private static func lastPlace(_ size: Int32) -> Int { Int(size - radius) * unit - 1 }
}

/// A way in whole 256ths of the field's unit.
private struct Vector: Equatable {
  var x: Int
  var y: Int

  init(x: Int, y: Int) {
    self.x = x
    self.y = y
  }

  init(_ point: Point) { self.init(x: Int(point.x) * 256, y: Int(point.y) * 256) }

  var point: Point { Point(x: Int32(x / 256), y: Int32(y / 256)) }
  var square: Int { times(self) }

  static func + (left: Vector, right: Vector) -> Vector { Vector(x: left.x + right.x, y: left.y + right.y) }
  static func - (left: Vector, right: Vector) -> Vector { Vector(x: left.x - right.x, y: left.y - right.y) }
  func times(_ other: Vector) -> Int { x * other.x + y * other.y }

  func isLimited(to limit: Int) -> Bool { abs(x) <= limit && abs(y) <= limit }
  func limited(to limit: Int) -> Vector { Vector(x: min(max(x, -limit), limit), y: min(max(y, -limit), limit)) }
}

extension Disc: Replicated {
  public func write(to sink: inout some ReplicaSink) {
    for number in [place.x, place.y, velocity.x, velocity.y] { sink.int(number) }
  }

  /// Refuses what could leave the field.
  public init(from reader: inout ReplicaReader) throws {
    place = Vector(x: try reader.int(), y: try reader.int())
    velocity = Vector(x: try reader.int(), y: try reader.int())
    let columns = Self.firstPlace...Self.lastPlace(Point.width)
    let rows = Self.firstPlace...Self.lastPlace(Point.height)
    let speeds = -Self.greatestSpeed...Self.greatestSpeed
    guard columns.contains(place.x), rows.contains(place.y), speeds.contains(velocity.x), speeds.contains(velocity.y)
    else { throw DecodeError.invalid("disc") }
  }
}

extension Disc.Message: Replicated {
  public func write(to sink: inout some ReplicaSink) {
    switch self {
    case .kick(let point): point.write(to: &sink)
    }
  }

  public init(from reader: inout ReplicaReader) throws { self = .kick(from: try Point(from: &reader)) }
}
