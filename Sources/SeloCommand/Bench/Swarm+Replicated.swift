import SeloVM

// The bytes of the measured world, written by hand as a world that is large would.

extension Swarm {
  func write(to sink: inout some ReplicaSink) {
    sink.uint64(count)
    first.write(to: &sink)
    last.write(to: &sink)
  }

  init(from reader: inout ReplicaReader) throws {
    count = try reader.uint64()
    first = try Ref?(from: &reader)
    last = try Ref?(from: &reader)
  }
}

extension Swarm.Message: Replicated {
  func write(to sink: inout some ReplicaSink) {
    switch self {
    case .motes(let number, let aligned):
      sink.uint8(0)
      sink.uint32(number)
      sink.bool(aligned)
    case .relays(let number):
      sink.uint8(1)
      sink.uint32(number)
    case .close: sink.uint8(2)
    case .touch(let motes):
      sink.uint8(3)
      motes.write(to: &sink)
    case .increment: sink.uint8(4)
    case .stillMotes(let number):
      sink.uint8(5)
      sink.uint32(number)
    case .changeAll: sink.uint8(6)
    case .thinkers(let number):
      sink.uint8(7)
      sink.uint32(number)
    }
  }

  init(from reader: inout ReplicaReader) throws {
    switch try reader.uint8() {
    case 0: self = .motes(try reader.uint32(), aligned: try reader.bool())
    case 1: self = .relays(try reader.uint32())
    case 2: self = .close
    case 3: self = .touch(try Array(from: &reader))
    case 4: self = .increment
    case 5: self = .stillMotes(try reader.uint32())
    case 6: self = .changeAll
    case 7: self = .thinkers(try reader.uint32())
    default: throw DecodeError.invalid("swarm message")
    }
  }
}

extension Mote {
  func write(to sink: inout some ReplicaSink) {
    sink.double(x)
    sink.double(y)
    sink.double(dx)
    sink.double(dy)
    sink.uint64(count)
    sink.uint64(period)
  }

  init(from reader: inout ReplicaReader) throws {
    x = try reader.double()
    y = try reader.double()
    dx = try reader.double()
    dy = try reader.double()
    count = try reader.uint64()
    period = try reader.uint64()
  }
}

extension Mote.Message: Replicated {
  func write(to sink: inout some ReplicaSink) { sink.uint8(0) }
  init(from reader: inout ReplicaReader) throws {
    guard try reader.uint8() == 0 else { throw DecodeError.invalid("mote message") }
    self = .step
  }
}

extension Relay {
  func write(to sink: inout some ReplicaSink) {
    next.write(to: &sink)
    sink.uint64(count)
    sink.double(x)
    sink.double(y)
    sink.uint64(sum)
  }

  init(from reader: inout ReplicaReader) throws {
    next = try Ref?(from: &reader)
    count = try reader.uint64()
    x = try reader.double()
    y = try reader.double()
    sum = try reader.uint64()
  }
}

extension Relay.Message: Replicated {
  func write(to sink: inout some ReplicaSink) { sink.uint8(0) }
  init(from reader: inout ReplicaReader) throws {
    guard try reader.uint8() == 0 else { throw DecodeError.invalid("relay message") }
    self = .pass
  }
}

extension Thinker {
  func write(to sink: inout some ReplicaSink) {
    sink.uint64(count)
    sink.uint64(thought)
  }

  init(from reader: inout ReplicaReader) throws {
    count = try reader.uint64()
    thought = try reader.uint64()
  }
}

extension Thinker.Message: Replicated {
  func write(to sink: inout some ReplicaSink) { sink.uint8(0) }
  init(from reader: inout ReplicaReader) throws {
    guard try reader.uint8() == 0 else { throw DecodeError.invalid("thinker message") }
    self = .think
  }
}
