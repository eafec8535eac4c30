public import SeloVM

// The bytes of a painter, written by hand.

extension Painter: Replicated {
  public func write(to sink: inout some ReplicaSink) {
    cursors.write(to: &sink)
    marks.write(to: &sink)
  }

  public init(from reader: inout ReplicaReader) throws {
    cursors = try Table(from: &reader)
    marks = try Array(from: &reader)
    guard marks.count <= Self.markLimit else { throw DecodeError.tooLarge("painter") }
  }
}

extension Painter.Cursor: Replicated {
  public func write(to sink: inout some ReplicaSink) {
    name.write(to: &sink)
    position.write(to: &sink)
    colour.write(to: &sink)
  }

  public init(from reader: inout ReplicaReader) throws {
    name = try String(from: &reader)
    position = try Point(from: &reader)
    colour = try Stroke.Colour(from: &reader)
  }
}

extension Painter.Mark: Replicated {
  public func write(to sink: inout some ReplicaSink) {
    painter.write(to: &sink)
    stroke.write(to: &sink)
  }

  public init(from reader: inout ReplicaReader) throws {
    painter = try PeerID(from: &reader)
    stroke = try Stroke(from: &reader)
  }
}

/// One byte for the case, then its value.
extension Painter.Message: Replicated {
  public func write(to sink: inout some ReplicaSink) {
    switch self {
    case .move(let point):
      sink.uint8(0)
      point.write(to: &sink)
    case .line(let point):
      sink.uint8(1)
      point.write(to: &sink)
    case .colour(let colour):
      sink.uint8(2)
      colour.write(to: &sink)
    case .undo: sink.uint8(3)
    case .clear: sink.uint8(4)
    }
  }

  public init(from reader: inout ReplicaReader) throws {
    switch try reader.uint8() {
    case 0: self = .move(try Point(from: &reader))
    case 1: self = .line(to: try Point(from: &reader))
    case 2: self = .colour(try Stroke.Colour(from: &reader))
    case 3: self = .undo
    case 4: self = .clear
    default: throw DecodeError.invalid("painter message")
    }
  }
}
