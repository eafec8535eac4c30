package import SeloVM

// By hand, since every digest of a program writes the scripts that wait.
extension Step: Replicated {
  package func write(to sink: inout some ReplicaSink) {
    switch self {
    case .send(let index, let delay, let script): Self.put(0, [UInt64(index), delay], script, &sink)
    case .tell(let count, let first, let delay, let script):
      Self.put(1, [UInt64(count), UInt64(first), delay], script, &sink)
    case .report(let delay, let script): Self.put(2, [delay], script, &sink)
    case .future(let delay, let script): Self.put(3, [delay], script, &sink)
    case .again(let delay): Self.put(4, [delay], nil, &sink)
    case .chain(let length): Self.put(5, [UInt64(length)], nil, &sink)
    case .cancel(let index): Self.put(6, [UInt64(index)], nil, &sink)
    case .cancelAll: Self.put(7, [], nil, &sink)
    case .falter(let index): Self.put(26, [UInt64(index)], nil, &sink)
    case .spawn: Self.put(8, [], nil, &sink)
    case .crowd(let count): Self.put(9, [UInt64(count)], nil, &sink)
    case .spawnAndSend(let script): Self.put(10, [], script, &sink)
    case .destroy(let index): Self.put(11, [UInt64(index)], nil, &sink)
    case .ring(let index, let delay, let stroke):
      Self.put(12, [UInt64(index), delay], nil, &sink)
      stroke.write(to: &sink)
    case .ringMany(let count, let first, let delay, let stroke):
      Self.put(13, [UInt64(count), UInt64(first), delay], nil, &sink)
      stroke.write(to: &sink)
    case .store(let index, let delay, let hops): Self.put(14, [UInt64(index), delay, hops], nil, &sink)
    case .emit(let number): Self.put(15, [UInt64(number)], nil, &sink)
    case .post(let number): Self.put(16, [UInt64(number)], nil, &sink)
    case .draw: Self.put(17, [], nil, &sink)
    case .fail: Self.put(18, [], nil, &sink)
    case .reject: Self.put(19, [], nil, &sink)
    case .set(let index, let number): Self.put(20, [UInt64(index), UInt64(number)], nil, &sink)
    case .raiseAll: Self.put(21, [], nil, &sink)
    case .tuneAll: Self.put(22, [], nil, &sink)
    case .count: Self.put(23, [], nil, &sink)
    case .introduce: Self.put(24, [], nil, &sink)
    case .acquaint(let count): Self.put(25, [UInt64(count)], nil, &sink)
    }
  }

  private static func put(_ kind: UInt8, _ numbers: [UInt64], _ script: Script?, _ sink: inout some ReplicaSink) {
    sink.uint8(kind)
    for number in numbers { sink.uint64(number) }
    script?.write(to: &sink)
  }

  package init(from reader: inout ReplicaReader) throws {
    switch try reader.uint8() {
    case 0: self = .send(try Self.index(&reader), after: try reader.uint64(), try Script(from: &reader))
    case 1:
      self = .tell(
        try Self.index(&reader), from: try Self.index(&reader), after: try reader.uint64(), try Script(from: &reader))
    case 2: self = .report(after: try reader.uint64(), try Script(from: &reader))
    case 3: self = .future(try reader.uint64(), try Script(from: &reader))
    case 4: self = .again(try reader.uint64())
    case 5: self = .chain(try Self.index(&reader))
    case 6: self = .cancel(try Self.index(&reader))
    case 7: self = .cancelAll
    case 8: self = .spawn
    case 9: self = .crowd(try Self.index(&reader))
    case 10: self = .spawnAndSend(try Script(from: &reader))
    case 11: self = .destroy(try Self.index(&reader))
    case 12: self = .ring(try Self.index(&reader), after: try reader.uint64(), try Stroke(from: &reader))
    case 13:
      self = .ringMany(
        try Self.index(&reader), from: try Self.index(&reader), after: try reader.uint64(), try Stroke(from: &reader))
    case 14: self = .store(try Self.index(&reader), after: try reader.uint64(), hops: try reader.uint64())
    case 15: self = .emit(try Self.index(&reader))
    case 16: self = .post(try Self.index(&reader))
    case 17: self = .draw
    case 18: self = .fail
    case 19: self = .reject
    case 20: self = .set(try Self.index(&reader), try Self.index(&reader))
    case 21: self = .raiseAll
    case 22: self = .tuneAll
    case 23: self = .count
    case 24: self = .introduce
    case 25: self = .acquaint(try Self.index(&reader))
    case 26: self = .falter(try Self.index(&reader))
    default: throw DecodeError.invalid("step")
    }
  }

  /// An index or a count: never negative, and small enough to be added up.
  private static func index(_ reader: inout ReplicaReader) throws -> Int {
    let number = try reader.uint64()
    guard number < 1 << 32 else { throw DecodeError.invalid("index") }
    return Int(number)
  }
}
