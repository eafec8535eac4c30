public import SeloVM

// The bytes of a village, written by hand.

extension Village: Replicated {
  public func write(to sink: inout some ReplicaSink) {
    count.write(to: &sink)
    avatars.write(to: &sink)
    balls.write(to: &sink)
    strokes.write(to: &sink)
  }

  public init(from reader: inout ReplicaReader) throws {
    count = try Int(from: &reader)
    avatars = try Table(from: &reader)
    balls = try Array(from: &reader)
    strokes = try Array(from: &reader)
    guard balls.count <= Self.ballLimit, strokes.count <= Self.strokeLimit else {
      throw DecodeError.tooLarge("village")
    }
  }
}

/// One byte for the case, then its values.
extension Village.Message: Replicated {
  public func write(to sink: inout some ReplicaSink) {
    switch self {
    case .increment: sink.uint8(0)
    case .decrement: sink.uint8(1)
    case .move(let point):
      sink.uint8(2)
      point.write(to: &sink)
    case .stroke(let stroke):
      sink.uint8(3)
      stroke.write(to: &sink)
    case .clear: sink.uint8(4)
    case .ball: sink.uint8(5)
    case .pop: sink.uint8(6)
    }
  }

  public init(from reader: inout ReplicaReader) throws {
    switch try reader.uint8() {
    case 0: self = .increment
    case 1: self = .decrement
    case 2: self = .move(try Point(from: &reader))
    case 3: self = .stroke(try Stroke(from: &reader))
    case 4: self = .clear
    case 5: self = .ball
    case 6: self = .pop
    default: throw DecodeError.invalid("village message")
    }
  }
}
