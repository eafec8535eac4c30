package import SeloWire

/// Whose world differed from what more than half of the voters computed, as verdicts in the log tell it. Two verdicts
/// within ten checkpoints make an observer of an identity: it is told what is right like anybody else and has no vote
/// on it, until a minute has passed without another.
///
/// Derived from the log and part of snapshots, so that every reflector judges alike.
package struct Offences: Hashable, Sendable {
  private struct Record: Hashable, Sendable {
    let identity: Identity
    var newest: VirtualTime
    /// Until then it has no vote; in the past when it may vote.
    var until: VirtualTime
  }

  // Sorted by identity.
  private var records: [Record] = []

  init() {}

  /// A verdict names this identity.
  mutating func note(_ identity: Identity, at time: VirtualTime) {
    if let index = records.firstIndex(where: { $0.identity == identity }) {
      let record = records[index]
      let isRepeated = time <= max(record.newest + Limits.offencesApart, record.until)
      records[index].newest = time
      if isRepeated { records[index].until = time + Limits.offenderPatience }
      return
    }
    if records.count >= Limits.members,
      let oldest = records.indices.min(by: { records[$0].newest < records[$1].newest })
    {
      records.remove(at: oldest)
    }
    records.append(Record(identity: identity, newest: time, until: .zero))
    records.sort { $0.identity < $1.identity }
  }

  /// Whether this identity may have a vote at this time.
  package func mayVote(_ identity: Identity, at time: VirtualTime) -> Bool {
    records.first { $0.identity == identity }.map { $0.until <= time } ?? true
  }

  func write(to writer: inout ByteWriter) {
    writer.count(records.count)
    for record in records {
      writer.raw(record.identity.key.bytes)
      writer.int64(record.newest.nanoseconds)
      writer.int64(record.until.nanoseconds)
    }
  }

  init(reading reader: inout ByteReader) throws(DecodeError) {
    for _ in 0..<(try reader.count(limit: Limits.members, elementSize: 48)) {
      let record = Record(
        identity: Identity(try reader.bytes32()), newest: try reader.time(), until: try reader.time())
      if let last = records.last, last.identity >= record.identity { throw .invalid("offences order") }
      records.append(record)
    }
  }
}
