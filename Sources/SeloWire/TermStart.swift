/// The start of a term: its first frame, the history of the log it stands on, and the promises of a quorum.
///
/// Any member that is normal in the term may hand it on; it proves itself.
package struct TermStart: Hashable, Sendable {
  /// The `term` (or `branch`) frame, signed by the elected reflector.
  package let frame: SignedFrame
  /// Where each reign of the log begins, oldest first; the last line is this term's own.
  package let history: [ReignStart]
  package let promises: [SignedJoinTerm]

  package init(frame: SignedFrame, history: [ReignStart], promises: [SignedJoinTerm]) {
    self.frame = frame
    self.history = history
    self.promises = promises
  }

  package var reign: Reign { frame.frame.reign }

  package func write(to writer: inout ByteWriter) {
    frame.write(to: &writer)
    writer.count(history.count)
    for line in history { line.write(to: &writer) }
    writer.count(promises.count)
    for promise in promises { promise.write(to: &writer) }
  }

  package init(reading reader: inout ByteReader, notary: some Notary) throws(DecodeError) {
    frame = try SignedFrame(reading: &reader, notary: notary)
    var history: [ReignStart] = []
    for _ in 0..<(try reader.count(limit: Limits.history, elementSize: ReignStart.encodedSize)) {
      let line = try ReignStart(reading: &reader)
      if let last = history.last, last.first >= line.first { throw .invalid("history order") }
      history.append(line)
    }
    guard history.last == ReignStart(reign: frame.frame.reign, first: frame.sequence) else {
      throw .invalid("history end")
    }
    var promises: [SignedJoinTerm] = []
    for _ in 0..<(try reader.count(limit: Limits.members, elementSize: SignedJoinTerm.encodedSize)) {
      promises.append(try SignedJoinTerm(reading: &reader))
    }
    self.history = history
    self.promises = promises
  }
}
