import SeloWire

// Handing a reign over without an election (PROTOCOL section 6, "Hand-over").

extension Mesh {
  /// The reflector's duty goes to the oldest voter that keeps up; nobody else can do it.
  mutating func stepDown(_ moment: Moment<some Notary>, _ effects: inout [MeshEffect]) {
    if !handOver(moment, &effects) { effects.append(.rejected(.unexpected, from: nil)) }
  }

  /// Stamps what is queued and then the last frame of this reign, which names its successor. False when this peer does
  /// not reflect for sure, or when nobody could go on at once: then an election is no worse.
  @discardableResult
  mutating func handOver(_ moment: Moment<some Notary>, _ effects: inout [MeshEffect]) -> Bool {
    guard case .reflecting(let reflecting) = phase, reflecting.hailing == nil else { return false }
    guard reflecting.reign.term.handover < Limits.termNumber, let heir = heir(at: moment.now) else { return false }
    stampQueue(moment, &effects)
    let last = stamp(.handover(successor: heir), moment, &effects)
    var following = Following(reign: reflecting.reign, reflector: heir)
    following.owesAck = false
    following.parting = Following.Parting(frame: last, nextWord: moment.now + Timing.wordSpacing)
    phase = .following(following)
    detector.restart(at: moment.now)
    return true
  }

  /// The oldest voter of the newest roster that holds nearly everything and acked just now.
  private func heir(at now: Instant) -> Member? {
    log.head.roster.voters.first { voter in
      voter != facts.me && !leavers.contains(voter) && hasCaughtUp(voter, at: now)
    }
  }

  /// A reflector that is no voter of the agreed roster any more, or that leaves, reflects no longer.
  mutating func handOverIfOut(_ moment: Moment<some Notary>, _ effects: inout [MeshEffect]) {
    guard case .reflecting(let reflecting) = phase, agreed >= reflecting.started else { return }
    if leaving != nil || !roster.voters.contains(facts.me) { handOver(moment, &effects) }
  }

  /// The frame that hands the reign over to this very peer is the newest of its log, and nothing higher is promised:
  /// the next term begins, without a vote.
  mutating func takeOverIfNamed(_ moment: Moment<some Notary>, _ effects: inout [MeshEffect]) {
    guard case .following(let following) = phase, following.reign == promise else { return }
    guard let successor = log.head.successor else { return }
    guard successor == facts.me else {
      self.following?.reflector = successor
      return
    }
    let reign = Reign(lineage: promise.lineage, term: handedOver)
    promise = reign
    let promises = proof.flatMap { $0.reign.isOfSameElection(as: reign) ? $0.promises : nil } ?? []
    startTerm(promises, moment, &effects)
  }

  /// The frame that handed the reign over is repeated until the successor shows its term, or is suspected.
  mutating func repeatParting(_ moment: Moment<some Notary>, _ effects: inout [MeshEffect]) {
    guard var following, let parting = following.parting, parting.nextWord <= moment.now else { return }
    following.parting?.nextWord = moment.now + Timing.wordSpacing
    self.following = following
    effects.append(.send(.frames(following.reign, [parting.frame]), to: following.reflector))
  }
}

extension Reign {
  /// Whether both go back to one election: hand-overs inside it need no promises of their own.
  func isOfSameElection(as other: Reign) -> Bool {
    lineage == other.lineage && term.election == other.term.election
  }
}
