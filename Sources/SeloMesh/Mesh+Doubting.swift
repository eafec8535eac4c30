import SeloWire

// How little one member's word alone moves: numbers that run away, terms that prove nothing.

extension Mesh {
  /// Somebody names a term number. It is counted, but no word brings numbers to their end.
  mutating func hear(ofNumber number: UInt32) {
    highestNumber = max(highestNumber, min(number, highestBelievable))
  }

  /// The highest number that is believed of a promise or a word.
  var highestBelievable: UInt32 { promise.term.number &+ Limits.termAdvance }

  /// Whether what is agreed here was made up by a reflector that signed twice, and the others have elected without it:
  /// a term that shows promises of a quorum stands on another log. Then there is no way there but under a new id.
  func wasDeceived(_ start: TermStart, _ moment: Moment<some Notary>) -> Bool {
    guard let deceived, log[agreed]?.frame.reign == deceived, start.reign.lineage == deceived.lineage else {
      return false
    }
    return start.reign.term > deceived.term && isPlausible(start, moment)
  }

  /// Whether what the start of a term shows can be its proof, as far as is known here: promises of a quorum of some
  /// roster of this log, or the hand-over with which this log ends.
  ///
  /// Who hears its reflector leaves it for nothing less. Who does not may have missed whom to count, and looks closer:
  /// the log that leads to the term is fetched, and judges.
  func isPlausible(_ start: TermStart, _ moment: Moment<some Notary>) -> Bool {
    if tries(.termWithoutPromises) { return true }
    if log.head.successor != nil, start.reign.lineage == promise.lineage, start.reign.term == promise.term.handedOver {
      return true
    }
    let valid = start.promises.filter { signed in
      let word = signed.promise
      guard word.next.lineage == start.reign.lineage, word.next.term == start.reign.term.election else { return false }
      let entry = log.head.rosters.lazy.compactMap { $0.roster[word.member] }.first
      return entry.map { signed.isSigned(by: $0.identity, for: moment.session, notary: moment.notary) } ?? false
    }
    return log.head.rosters.contains { isQuorum(valid, in: [$0.roster]) }
  }
}
