import SeloWire

/// Who comes and goes, or falls behind again and again, as the log shows it: the more often within a minute, the longer
/// the wait for the next entry or seat.
///
/// Derived from the log and part of snapshots, so that every reflector judges alike.
package struct Flapping: Hashable, Sendable {
  private struct Record: Hashable, Sendable {
    let identity: Identity
    var times: UInt32
    var newest: VirtualTime
  }

  // Sorted by identity.
  private var records: [Record] = []
  /// Older comings are forgotten.
  private static let memory = Delay.seconds(60)
  /// So often is no flapping: a restart, a return from a branch.
  private static let free: UInt32 = 3

  init() {}

  /// This identity entered, or lost its vote because it fell behind.
  mutating func note(_ identity: Identity, at time: VirtualTime) {
    if let index = records.firstIndex(where: { $0.identity == identity }) {
      let isRecent = time <= records[index].newest + Self.memory
      records[index].times = isRecent ? min(records[index].times + 1, 64) : 1
      records[index].newest = time
      return
    }
    if records.count >= Limits.members,
      let oldest = records.indices.min(by: { records[$0].newest < records[$1].newest })
    {
      records.remove(at: oldest)
    }
    records.append(Record(identity: identity, times: 1, newest: time))
    records.sort { $0.identity < $1.identity }
  }

  /// Until when this identity has to wait: 1, 2, 4 … 60 s behind the newest of more than three comings in a minute.
  func wait(_ identity: Identity) -> VirtualTime {
    guard let record = records.first(where: { $0.identity == identity }), record.times > Self.free else { return .zero }
    return record.newest + min(.seconds(60), .seconds(1) * (1 << UInt64(min(record.times - Self.free - 1, 6))))
  }

  func write(to writer: inout ByteWriter) {
    writer.count(records.count)
    for record in records {
      writer.raw(record.identity.key.bytes)
      writer.uint32(record.times)
      writer.int64(record.newest.nanoseconds)
    }
  }

  init(reading reader: inout ByteReader) throws(DecodeError) {
    for _ in 0..<(try reader.count(limit: Limits.members, elementSize: 44)) {
      let record = Record(
        identity: Identity(try reader.bytes32()), times: try reader.uint32(), newest: try reader.time())
      if let last = records.last, last.identity >= record.identity { throw .invalid("flapping order") }
      guard record.times <= 64 else { throw .invalid("flapping") }
      records.append(record)
    }
  }
}
