// The standard types and the words of SeloVM as replicated values. Integers are little-endian and of fixed width.

extension Bool: Replicated {
  @inlinable public func write(to sink: inout some ReplicaSink) { sink.bool(self) }
  @inlinable public init(from reader: inout ReplicaReader) throws { self = try reader.bool() }
}

extension Int: Replicated {
  @inlinable public func write(to sink: inout some ReplicaSink) { sink.int(self) }
  @inlinable public init(from reader: inout ReplicaReader) throws { self = try reader.int() }
}

extension Int64: Replicated {
  @inlinable public func write(to sink: inout some ReplicaSink) { sink.int64(self) }
  @inlinable public init(from reader: inout ReplicaReader) throws { self = try reader.int64() }
}

extension Int32: Replicated {
  @inlinable public func write(to sink: inout some ReplicaSink) { sink.uint32(UInt32(bitPattern: self)) }
  @inlinable public init(from reader: inout ReplicaReader) throws { self = Int32(bitPattern: try reader.uint32()) }
}

extension Int16: Replicated {
  @inlinable public func write(to sink: inout some ReplicaSink) { sink.uint16(UInt16(bitPattern: self)) }
  @inlinable public init(from reader: inout ReplicaReader) throws { self = Int16(bitPattern: try reader.uint16()) }
}

extension UInt64: Replicated {
  @inlinable public func write(to sink: inout some ReplicaSink) { sink.uint64(self) }
  @inlinable public init(from reader: inout ReplicaReader) throws { self = try reader.uint64() }
}

extension UInt32: Replicated {
  @inlinable public func write(to sink: inout some ReplicaSink) { sink.uint32(self) }
  @inlinable public init(from reader: inout ReplicaReader) throws { self = try reader.uint32() }
}

extension UInt16: Replicated {
  @inlinable public func write(to sink: inout some ReplicaSink) { sink.uint16(self) }
  @inlinable public init(from reader: inout ReplicaReader) throws { self = try reader.uint16() }
}

extension UInt8: Replicated {
  @inlinable public func write(to sink: inout some ReplicaSink) { sink.uint8(self) }
  @inlinable public init(from reader: inout ReplicaReader) throws { self = try reader.uint8() }
}

extension Double: Replicated {
  @inlinable public func write(to sink: inout some ReplicaSink) { sink.double(self) }
  @inlinable public init(from reader: inout ReplicaReader) throws { self = try reader.double() }
}

extension Float: Replicated {
  @inlinable public func write(to sink: inout some ReplicaSink) { sink.float(self) }
  @inlinable public init(from reader: inout ReplicaReader) throws { self = try reader.float() }
}

extension String: Replicated {
  @inlinable public func write(to sink: inout some ReplicaSink) { sink.text(self) }
  @inlinable public init(from reader: inout ReplicaReader) throws { self = try reader.text() }
}

extension Optional: Replicated where Wrapped: Replicated {
  @inlinable public func write(to sink: inout some ReplicaSink) {
    sink.bool(self != nil)
    if let self { self.write(to: &sink) }
  }
  @inlinable public init(from reader: inout ReplicaReader) throws {
    self = try reader.bool() ? Wrapped(from: &reader) : nil
  }
}

extension Array: Replicated where Element: Replicated {
  @inlinable public func write(to sink: inout some ReplicaSink) {
    sink.count(count)
    for element in self { element.write(to: &sink) }
  }
  /// Elements that write no bytes at all can not be read back: their count could not be believed.
  @inlinable public init(from reader: inout ReplicaReader) throws {
    let count = try reader.count()
    self = []
    for _ in 0..<count { append(try Element(from: &reader)) }
  }
}

/// The message type of nodes that receive none.
extension Never: Replicated {
  public func write(to sink: inout some ReplicaSink) {}
  public init(from reader: inout ReplicaReader) throws { throw DecodeError.invalid("Never") }
}

extension VirtualTime: Replicated {
  @inlinable public func write(to sink: inout some ReplicaSink) { sink.int64(nanoseconds) }
  @inlinable public init(from reader: inout ReplicaReader) throws { self.init(nanoseconds: try reader.int64()) }
}

extension Delay: Replicated {
  @inlinable public func write(to sink: inout some ReplicaSink) { sink.uint64(nanoseconds) }
  @inlinable public init(from reader: inout ReplicaReader) throws { self.init(nanoseconds: try reader.uint64()) }
}

extension PeerID: Replicated {
  @inlinable public func write(to sink: inout some ReplicaSink) { sink.uint64(value) }
  @inlinable public init(from reader: inout ReplicaReader) throws { self.init(try reader.uint64()) }
}

extension NodeID: Replicated {
  @inlinable public func write(to sink: inout some ReplicaSink) { sink.uint64(value) }
  @inlinable public init(from reader: inout ReplicaReader) throws { self.init(try reader.uint64()) }
}

extension Ref: Replicated {
  @inlinable public func write(to sink: inout some ReplicaSink) { sink.uint64(id.value) }
  @inlinable public init(from reader: inout ReplicaReader) throws { self.init(NodeID(try reader.uint64())) }
}

extension Ticket: Replicated {
  @inlinable public func write(to sink: inout some ReplicaSink) {
    sink.int64(time.nanoseconds)
    sink.uint64(cause)
  }
  @inlinable public init(from reader: inout ReplicaReader) throws {
    self.init(time: try VirtualTime(from: &reader), cause: try reader.uint64())
  }
}

extension Presence: Replicated {
  public func write(to sink: inout some ReplicaSink) {
    switch self {
    case .joined(let peer, let name):
      sink.uint8(1)
      peer.write(to: &sink)
      sink.text(name)
    case .left(let peer):
      sink.uint8(2)
      peer.write(to: &sink)
    }
  }

  public init(from reader: inout ReplicaReader) throws {
    switch try reader.uint8() {
    case 1: self = .joined(try PeerID(from: &reader), name: try reader.text())
    case 2: self = .left(try PeerID(from: &reader))
    default: throw DecodeError.invalid("presence")
    }
  }
}
