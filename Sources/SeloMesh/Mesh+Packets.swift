import SeloWire

// Which packet goes to which concern: the table of contents of the mesh.

extension Mesh {
  mutating func receive(
    _ packet: Packet, from sender: Member, _ moment: Moment<some Notary>, _ effects: inout [MeshEffect]
  ) {
    // Two lineages that have nobody in common would tell each other so for ever.
    if case .removed = packet, !contacts.contains(sender) { return effects.append(.rejected(.notMember, from: sender)) }
    guard knows(sender, in: packet.lineage, moment, &effects) else { return }
    switch packet {
    // Ordering
    case .ack(let reign, let received, let vote):
      receiveAck(reign, received, vote, from: sender, moment, &effects)
    case .progress(let reign, let agreed, let final):
      receiveProgress(reign, agreed, final, from: sender, moment, &effects)
    case .repair(let reign, let first, let count): serveRepair(reign, first, count, to: sender, moment, &effects)
    // Change of term
    case .suspect(let reign, let received, let reason):
      receiveSuspect(reign, received, reason, from: sender, moment, &effects)
    case .joinTerm(let signed): receivePromise(signed, from: sender, moment, &effects)
    case .term(let start): receiveTerm(start, from: sender, moment, &effects)
    case .fenced(let reign): hear(ofNumber: reign.term.number)
    case .fetch(let next, let first, let through):
      serveFetch(next, first, through, to: sender, moment, &effects)
    case .staged(let next, let frames): receiveStaged(frames, for: next, from: sender, moment, &effects)
    case .evidence(let one, let other): receiveEvidence(one, other, from: sender, moment, &effects)
    case .hail(let reign): receiveHail(reign, from: sender, moment, &effects)
    // Roster
    case .admit(let entry): admit(entry, moment, &effects)
    case .leave: receiveLeave(of: sender, moment, &effects)
    case .kick(let identity): receive(Decision.kick(identity), from: sender, moment, &effects)
    case .tick(let period): receive(Decision.tick(period), from: sender, moment, &effects)
    case .removed(let lineage, let sequence): receiveRemoval(lineage, sequence, from: sender, moment, &effects)
    // These belong to the peer, or come another way.
    case .frames, .envelopes, .welcome, .deny, .snapshotWanted, .snapshotOffer, .chunksWanted, .chunk, .statementWanted,
      .statement, .question, .answer, .relay, .relayed, .unheard:
      effects.append(.rejected(.unexpected, from: sender))
    }
  }

  /// Whether the sender is a member; one that was removed is told so. Who speaks in another lineage is not heard: it is
  /// somewhere else for good, or not here yet.
  mutating func knows(
    _ sender: Member, in lineage: LineageID?, _ moment: Moment<some Notary>, _ effects: inout [MeshEffect]
  ) -> Bool {
    if contacts.contains(sender) {
      if lineage ?? promise.lineage == promise.lineage { hear(sender, at: moment.now) }
      return true
    }
    effects.append(.rejected(.notMember, from: sender))
    if sender.id <= roster.highest {
      effects.append(.send(.removed(promise.lineage, sequence: agreed), to: sender))
    }
    return false
  }

  mutating func hear(_ sender: Member, at now: Instant) {
    contacts.update(sender) { contact in
      contact.heard = now
      contact.everHeard = true
    }
  }

  /// Whether this member may be answered again, and if so notes that it is: answers stay few.
  mutating func mayAnswer(_ member: Member, every spacing: Delay, at now: Instant) -> Bool {
    if let answered = contacts[member]?.answered, now.since(answered) < spacing { return false }
    contacts.update(member) { $0.answered = now }
    return true
  }

  /// Answers one who speaks for a lower term than the one promised here: with the proof of the newest term on whose log
  /// this peer stands, when that is news there, else with what is promised.
  mutating func correct(
    _ member: Member, speaking reign: Reign, _ moment: Moment<some Notary>, _ effects: inout [MeshEffect]
  ) {
    guard reign.lineage == promise.lineage, reign.term < promise.term else { return }
    guard mayAnswer(member, every: .milliseconds(10), at: moment.now) else { return }
    if let proof, proof.reign.lineage == promise.lineage, proof.reign.term > reign.term {
      effects.append(.send(.term(proof), to: member))
    } else {
      effects.append(.send(.fenced(promise), to: member))
    }
  }

  /// Frames in packets of one datagram each where that is possible, so that a lost datagram costs no other frames.
  func batches(_ frames: [SignedFrame]) -> [[SignedFrame]] {
    var batches: [[SignedFrame]] = []
    var size = 0
    for frame in frames {
      if size + frame.encodedSize + 4 > Limits.lonePacketBytes - Reign.encodedSize - 5 || batches.isEmpty {
        batches.append([])
        size = 0
      }
      batches[batches.count - 1].append(frame)
      size += frame.encodedSize + 4
    }
    return batches
  }

  /// To every other member of the rosters in force.
  func sendAll(_ packet: Packet, _ effects: inout [MeshEffect]) {
    for contact in contacts.all { effects.append(.send(packet, to: contact.member)) }
  }
}

extension Packet {
  /// The lineage that the sender speaks in, as far as the packet tells.
  var lineage: LineageID? {
    switch self {
    case .frames(let reign, _), .envelopes(let reign, _), .ack(let reign, _, _), .progress(let reign, _, _),
      .repair(let reign, _, _), .suspect(let reign, _, _), .fenced(let reign), .fetch(let reign, _, _),
      .staged(let reign, _), .hail(let reign), .welcome(_, let reign):
      reign.lineage
    case .joinTerm(let signed): signed.promise.next.lineage
    case .term(let start): start.reign.lineage
    case .evidence(let one, _): one.frame.reign.lineage
    case .removed(let lineage, _): lineage
    case .admit, .deny, .leave, .kick, .tick, .snapshotWanted, .snapshotOffer, .chunksWanted, .chunk, .statementWanted,
      .statement,
      .question, .answer, .relay, .relayed, .unheard:
      nil
    }
  }
}
