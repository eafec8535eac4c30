package import SeloWire

/// The last message of each author in a prefix of the log: what makes every message count exactly once.
///
/// Derived from the log and part of snapshots, never only in a reflector's memory.
package struct AuthorTable: Hashable, Sendable {
  private struct Record: Hashable, Sendable {
    let author: Author
    var last: UInt64
    /// The frame that held it: departed authors are forgotten in this order.
    var frame: UInt64
  }

  // Sorted by author.
  private var records: [Record] = []

  package init() {}

  /// The author sequence of the author's newest message in the log; 0 when there is none. O(log authors).
  package func last(of author: Author) -> UInt64 {
    let index = position(of: author)
    return index < records.count && records[index].author == author ? records[index].last : 0
  }

  /// The frame that holds the author's newest message; 0 when there is none. O(log authors).
  package func frame(of author: Author) -> UInt64 {
    let index = position(of: author)
    return index < records.count && records[index].author == author ? records[index].frame : 0
  }

  /// All authors and their newest sequences, sorted by author.
  package var all: [(author: Author, last: UInt64)] { records.map { ($0.author, $0.last) } }

  /// Notes an envelope that stands in the log. Above 1,024 authors those not on the roster are forgotten, oldest first.
  mutating func record(_ envelope: Envelope, frame: UInt64, roster: Roster) {
    let index = position(of: envelope.author)
    if index < records.count, records[index].author == envelope.author {
      records[index].last = envelope.last
      records[index].frame = frame
    } else {
      records.insert(Record(author: envelope.author, last: envelope.last, frame: frame), at: index)
      if records.count > Limits.authors { forgetOldest(outside: roster) }
    }
  }

  private mutating func forgetOldest(outside roster: Roster) {
    let departed = records.indices.filter { roster.entry(of: records[$0].author) == nil }
    if let oldest = departed.min(by: { records[$0].frame < records[$1].frame }) { records.remove(at: oldest) }
  }

  private func position(of author: Author) -> Int {
    var low = 0
    var high = records.count
    while low < high {
      let middle = (low + high) / 2
      if records[middle].author < author { low = middle + 1 } else { high = middle }
    }
    return low
  }

  package func write(to writer: inout ByteWriter) {
    writer.count(records.count)
    for record in records {
      record.author.write(to: &writer)
      writer.uint64(record.last)
      writer.uint64(record.frame)
    }
  }

  package init(reading reader: inout ByteReader) throws(DecodeError) {
    for _ in 0..<(try reader.count(limit: Limits.authors + Limits.members, elementSize: 56)) {
      let record = Record(author: try Author(reading: &reader), last: try reader.uint64(), frame: try reader.uint64())
      if let last = records.last, last.author >= record.author { throw .invalid("author order") }
      guard record.last > 0, record.last < .max else { throw .invalid("author sequence") }
      records.append(record)
    }
  }
}
