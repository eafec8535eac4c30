import SeloWire

// Which packet goes to which concern: the table of contents of the mesh.

extension Mesh {
  mutating func receive(
    _ packet: Packet, from sender: Member, _ moment: Moment<some Notary>, _ effects: inout [MeshEffect]
  ) {
    guard knows(sender, moment, &effects) else { return }
    switch packet {
    // Ordering
    case .ack(let reign, let received, _): receiveAck(reign, received, from: sender, moment, &effects)
    case .progress(let reign, let agreed, let final):
      receiveProgress(reign, agreed, final, from: sender, moment, &effects)
    case .repair(let reign, let first, let count): serveRepair(reign, first, count, to: sender, &effects)
    // Change of term
    case .suspect(let reign, _, let reason): receiveSuspect(reign, reason, from: sender, moment, &effects)
    case .joinTerm(let signed): receivePromise(signed, from: sender, moment, &effects)
    case .term(let start): receiveTerm(start, from: sender, moment, &effects)
    case .fenced(let reign): highestNumber = max(highestNumber, reign.term.number)
    case .fetch(let next, let first, let through): serveFetch(next, first, through, to: sender, &effects)
    case .staged(let next, let frames): receiveStaged(frames, for: next, from: sender, moment, &effects)
    case .hail(let reign): receiveHail(reign, from: sender, moment, &effects)
    // Roster
    case .admit(let entry): admit(entry, moment, &effects)
    case .leave: receiveLeave(of: sender, moment, &effects)
    case .removed(let sequence): if sequence > agreed { detach(.evicted, &effects) }
    // These belong to the peer, or come another way.
    case .frames, .envelopes, .welcome, .deny, .snapshotWanted, .snapshotOffer, .chunkWanted, .chunk:
      effects.append(.rejected(.unexpected, from: sender))
    }
  }

  /// Whether the sender is a member; one that was removed is told so, now and then.
  mutating func knows(
    _ sender: Member, _ moment: Moment<some Notary>, _ effects: inout [MeshEffect]
  ) -> Bool {
    if contacts[sender] != nil {
      contacts.update(sender) { $0.heard = moment.now }
      return true
    }
    effects.append(.rejected(.notMember, from: sender))
    if sender.id <= log.head.agreedRoster(agreed).highest { effects.append(.send(.removed(sequence: agreed), to: sender)) }
    return false
  }

  /// Answers one who speaks for a lower term: with the proof of the one followed here, else with what is promised.
  mutating func correct(_ member: Member, _ moment: Moment<some Notary>, _ effects: inout [MeshEffect]) {
    if let answered = contacts[member]?.answered, moment.now.since(answered) < .milliseconds(10) { return }
    contacts.update(member) { $0.answered = moment.now }
    if isNormal, let proof { return effects.append(.send(.term(proof), to: member)) }
    effects.append(.send(.fenced(promise), to: member))
  }

  /// To every other member of the rosters in force.
  func sendAll(_ packet: Packet, _ effects: inout [MeshEffect]) {
    for contact in contacts.all { effects.append(.send(packet, to: contact.member)) }
  }
}
