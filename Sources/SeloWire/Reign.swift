/// A lineage and a term: what a packet that carries frames names, and what its receiver must have promised exactly.
package struct Reign: Hashable, Sendable {
  package let lineage: LineageID
  package let term: Term

  package init(lineage: LineageID, term: Term) {
    self.lineage = lineage
    self.term = term
  }

  package static let encodedSize = 16 + Term.encodedSize

  package func write(to writer: inout ByteWriter) {
    lineage.bytes.write(to: &writer)
    term.write(to: &writer)
  }

  package init(reading reader: inout ByteReader) throws(DecodeError) {
    self.init(lineage: try reader.lineage(), term: try Term(reading: &reader))
  }
}

/// One line of term history: the first frame of a log that was stamped under this reign.
package struct ReignStart: Hashable, Sendable {
  package let reign: Reign
  package let first: UInt64

  package init(reign: Reign, first: UInt64) {
    self.reign = reign
    self.first = first
  }

  package static let encodedSize = Reign.encodedSize + 8

  package func write(to writer: inout ByteWriter) {
    reign.write(to: &writer)
    writer.uint64(first)
  }

  package init(reading reader: inout ByteReader) throws(DecodeError) {
    self.init(reign: try Reign(reading: &reader), first: try reader.uint64())
  }
}
