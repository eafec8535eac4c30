import SeloWire

// How little one member's word alone moves: numbers that run away, terms that prove nothing.

extension Mesh {
  /// Somebody names a term number. It is counted, but no word brings numbers to their end.
  mutating func hear(ofNumber number: UInt32) {
    highestNumber = max(highestNumber, min(number, highestBelievable))
  }

  /// The highest number that is believed of a promise or a word.
  var highestBelievable: UInt32 { promise.term.number &+ Limits.termAdvance }

  /// A promise to a number that is not believed. It is a voter's word all the same that the term is over: two honest
  /// peers that a liar drove apart by their numbers come together, for each step takes the lower one nearer.
  mutating func hearBoast(of sender: Member, _ moment: Moment<some Notary>, _ effects: inout [MeshEffect]) {
    effects.append(.rejected(.badPromise, from: sender))
    suspicions.suspect(currentReign, by: sender, until: moment.now + max(detector.limit, Timing.wordLife))
    considerJoining(moment, &effects)
  }

  /// Whether a term that a quorum promised stands on a log without what is agreed here, which `frames` lead to: then
  /// a reflector, or who acknowledged to it, lied; this one, or the one before.
  ///
  /// Nothing of it is one member's word, unless it is a branch. The promises are a quorum's; the first frame of the
  /// term is signed by who was elected, or by whom it handed over to; what lies below is told by the hashes.
  func isContradicted(by start: TermStart, above frames: [SignedFrame], _ moment: Moment<some Notary>) -> Bool {
    // A branch has no quorum to show: this peer promised it, and is named.
    guard start.reign.lineage == promise.lineage else {
      return isSigned(start.frame, byKnown: start.reign.term.elected, moment)
    }
    guard showsQuorum(start, moment) else { return false }
    var signer = lastNormal.isOfSameElection(as: start.reign) ? log.head.reflector : start.reign.term.elected
    for frame in frames where frame.frame.reign.isOfSameElection(as: start.reign) {
      guard let successor = frame.frame.successor else { continue }
      guard isSigned(frame, byKnown: signer, moment) else { return false }
      signer = successor
    }
    return isSigned(start.frame, byKnown: signer, moment)
  }

  /// Whether somebody else than the elected signed this frame, the first above what is agreed here, which leads to the
  /// elected one's: then whoever signed it made two logs, and the elected made up none.
  func isInnocent(_ elected: Member, of frame: SignedFrame?, _ moment: Moment<some Notary>) -> Bool {
    guard let frame else { return false }
    return log.head.rosters.contains { level in
      level.roster.entries.contains { entry in
        entry.member != elected && frame.isSigned(by: entry.identity, for: moment.session, notary: moment.notary)
      }
    }
  }

  private func isSigned(_ frame: SignedFrame, byKnown member: Member?, _ moment: Moment<some Notary>) -> Bool {
    guard let member, let entry = log.head.rosters.lazy.compactMap({ $0.roster[member] }).first else { return false }
    return frame.isSigned(by: entry.identity, for: moment.session, notary: moment.notary)
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
    return showsQuorum(start, moment)
  }

  /// Whether the start of a term shows signed promises of a quorum of some roster of this log.
  private func showsQuorum(_ start: TermStart, _ moment: Moment<some Notary>) -> Bool {
    let valid = start.promises.filter { signed in
      let word = signed.promise
      guard word.next.lineage == start.reign.lineage, word.next.term == start.reign.term.election else { return false }
      let entry = log.head.rosters.lazy.compactMap { $0.roster[word.member] }.first
      return entry.map { signed.isSigned(by: $0.identity, for: moment.session, notary: moment.notary) } ?? false
    }
    return log.head.rosters.contains { isQuorum(valid, in: [$0.roster]) }
  }
}
