public import SeloVM

/// A place in the village, or a way between two.
public struct Point: Hashable, Sendable, Codable {
  /// From the left.
  public var x: Int32
  /// From the top.
  public var y: Int32

  /// The field is `0..<width` by `0..<height`.
  public static let width: Int32 = 1_000
  /// See ``width``.
  public static let height: Int32 = 600

  /// Any point, in the field or not.
  public init(x: Int32, y: Int32) {
    self.x = x
    self.y = y
  }

  /// A place of chance in the field.
  init(throwing random: RandomStream) {
    x = Int32(random.int(in: 0..<Int(Self.width)))
    y = Int32(random.int(in: 0..<Int(Self.height)))
  }

  /// Whether it lies in the field.
  public var isInField: Bool { (0..<Self.width).contains(x) && (0..<Self.height).contains(y) }
}

/// A line that somebody painted.
public struct Stroke: Hashable, Sendable {
  /// Where it begins.
  public let start: Point
  /// Where it ends.
  public let end: Point
  /// What it is painted with.
  public let colour: Colour

  /// A line between two points.
  public init(from start: Point, to end: Point, _ colour: Colour) {
    self.start = start
    self.end = end
    self.colour = colour
  }

  /// Whether all of it lies in the field.
  public var isInField: Bool { start.isInField && end.isInField }

  /// The colours there are.
  public enum Colour: UInt8, Hashable, Sendable, CaseIterable {
    case black, red, orange, yellow, green, blue, purple, white

    /// The word for it.
    public var name: String { "\(self)" }
  }
}

extension Point: Replicated {
  public func write(to sink: inout some ReplicaSink) {
    x.write(to: &sink)
    y.write(to: &sink)
  }

  public init(from reader: inout ReplicaReader) throws {
    x = try Int32(from: &reader)
    y = try Int32(from: &reader)
  }
}

extension Stroke: Replicated {
  public func write(to sink: inout some ReplicaSink) {
    start.write(to: &sink)
    end.write(to: &sink)
    colour.write(to: &sink)
  }

  public init(from reader: inout ReplicaReader) throws {
    start = try Point(from: &reader)
    end = try Point(from: &reader)
    colour = try Colour(from: &reader)
  }
}

extension Stroke.Colour: Replicated {
  public func write(to sink: inout some ReplicaSink) { sink.uint8(rawValue) }

  public init(from reader: inout ReplicaReader) throws {
    guard let colour = Self(rawValue: try reader.uint8()) else { throw DecodeError.invalid("colour") }
    self = colour
  }
}
