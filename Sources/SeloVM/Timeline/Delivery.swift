/// What the log delivers to a machine, as it is recorded: an external message as it travels, or a presence.
struct Delivery: Hashable, Sendable {
  enum Content: Hashable, Sendable {
    case external([UInt8], author: PeerID, authorKey: UInt64, authorSequence: UInt64)
    case presence(Presence)
  }

  let content: Content
  let time: VirtualTime
  let sequence: UInt64
  let place: UInt32

  /// About how much memory it takes, for limits.
  var size: Int {
    switch content {
    case .external(let bytes, _, _, _): 96 + bytes.count
    case .presence(.joined(_, let name)): 96 + name.utf8.count
    case .presence(.left): 96
    }
  }
}

/// One tick of a recording: what came, then an advance, and the digest of the world after it.
struct RecordedTick: Hashable, Sendable {
  let deliveries: [Delivery]
  let time: VirtualTime
  let digest: Digest
}

extension Machine {
  func deliver(_ delivery: Delivery) {
    switch delivery.content {
    case .external(let bytes, let author, let authorKey, let authorSequence):
      external(
        encoded: bytes, author: author, authorKey: authorKey, authorSequence: authorSequence, at: delivery.time,
        sequence: delivery.sequence, place: delivery.place)
    case .presence(let presence):
      self.presence(presence, at: delivery.time, sequence: delivery.sequence, place: delivery.place)
    }
  }

  /// Runs one tick of a recording.
  func run(_ tick: RecordedTick) {
    for delivery in tick.deliveries { deliver(delivery) }
    advance(to: tick.time)
  }
}

extension Delivery {
  func write(to sink: inout some ReplicaSink) {
    time.write(to: &sink)
    sink.uint64(sequence)
    sink.uint32(place)
    switch content {
    case .external(let bytes, let author, let authorKey, let authorSequence):
      sink.uint8(0)
      author.write(to: &sink)
      sink.uint64(authorKey)
      sink.uint64(authorSequence)
      sink.data(bytes)
    case .presence(let presence):
      sink.uint8(1)
      presence.write(to: &sink)
    }
  }

  init(from reader: inout ReplicaReader) throws {
    time = try VirtualTime(from: &reader)
    sequence = try reader.uint64()
    place = try reader.uint32()
    switch try reader.uint8() {
    case 0:
      let author = try PeerID(from: &reader)
      let authorKey = try reader.uint64()
      let authorSequence = try reader.uint64()
      content = .external(try reader.data(), author: author, authorKey: authorKey, authorSequence: authorSequence)
    case 1: content = .presence(try Presence(from: &reader))
    default: throw DecodeError.invalid("delivery")
    }
  }
}
