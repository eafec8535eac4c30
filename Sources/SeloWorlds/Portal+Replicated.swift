public import SeloVM

// The bytes of a portal and of its letters, written by hand.

extension Portal: Replicated {
  public func write(to sink: inout some ReplicaSink) {
    strokes.write(to: &sink)
    windows.write(to: &sink)
    watchers.write(to: &sink)
    edition.write(to: &sink)
    showing.write(to: &sink)
  }

  public init(from reader: inout ReplicaReader) throws {
    strokes = try Array(from: &reader)
    windows = try Table(from: &reader)
    watchers = try Table(from: &reader)
    edition = try UInt64(from: &reader)
    showing = try Ticket?(from: &reader)
    guard strokes.count <= Self.strokeLimit, max(windows.count, watchers.count) <= Self.windowLimit else {
      throw DecodeError.tooLarge("portal")
    }
  }
}

extension Portal.Picture: Replicated {
  public func write(to sink: inout some ReplicaSink) {
    edition.write(to: &sink)
    strokes.write(to: &sink)
  }

  public init(from reader: inout ReplicaReader) throws {
    edition = try UInt64(from: &reader)
    strokes = try Array(from: &reader)
    guard strokes.count <= Portal.strokeLimit else { throw DecodeError.tooLarge("picture") }
  }
}

/// One byte for the case, then its values.
extension Portal.Message: Replicated {
  public func write(to sink: inout some ReplicaSink) {
    switch self {
    case .paint(let stroke):
      sink.uint8(0)
      stroke.write(to: &sink)
    case .clear: sink.uint8(1)
    case .open(let address):
      sink.uint8(2)
      address.write(to: &sink)
    case .close(let address):
      sink.uint8(3)
      address.write(to: &sink)
    case .reach(let address, let stroke):
      sink.uint8(4)
      address.write(to: &sink)
      stroke.write(to: &sink)
    case .show: sink.uint8(5)
    }
  }

  public init(from reader: inout ReplicaReader) throws {
    switch try reader.uint8() {
    case 0: self = .paint(try Stroke(from: &reader))
    case 1: self = .clear
    case 2: self = .open(try String(from: &reader))
    case 3: self = .close(try String(from: &reader))
    case 4: self = .reach(try String(from: &reader), try Stroke(from: &reader))
    case 5: self = .show
    default: throw DecodeError.invalid("portal message")
    }
  }
}

/// One byte for the case, then its value.
extension Portal.Word: Replicated {
  public func write(to sink: inout some ReplicaSink) {
    switch self {
    case .look: sink.uint8(0)
    case .turnAway: sink.uint8(1)
    case .picture(let picture):
      sink.uint8(2)
      picture.write(to: &sink)
    case .stroke(let stroke):
      sink.uint8(3)
      stroke.write(to: &sink)
    }
  }

  public init(from reader: inout ReplicaReader) throws {
    switch try reader.uint8() {
    case 0: self = .look
    case 1: self = .turnAway
    case 2: self = .picture(try Portal.Picture(from: &reader))
    case 3: self = .stroke(try Stroke(from: &reader))
    default: throw DecodeError.invalid("portal word")
    }
  }
}
