package import SeloWire

// Nobody with a vote is left: those who hold the world without one carry it on (PROTOCOL section 6, "No quorum").

extension Mesh {
  /// Whether this peer, which has no vote, has had no term for a while. It keeps its log meanwhile: it may be the last
  /// one that holds the world. If a reflector of its session can be found it does better to come in there as a new run.
  package func isStranded(at now: Instant) -> Bool {
    switch phase {
    case .suspecting(let suspecting): !isVoter && now.since(suspecting.since) >= onlookerPatience
    case .joining: !isVoter
    case .following, .staging, .reflecting, .detached: false
    }
  }

  /// Whether it could ever become part of a branch. Who does not stand on the roster of its own log has nothing to go
  /// on with: it is no member yet.
  package var mayCarryOn: Bool { isBranchAllowed && log.head.roster[facts.me] != nil }

  /// One without a vote promises a term only when nobody with a vote is left. It can only become a branch.
  mutating func considerCarryingOn(_ moment: Moment<some Notary>, _ effects: inout [MeshEffect]) {
    guard case .suspecting(let suspecting) = phase, leaving == nil else { return }
    guard moment.now.since(suspecting.since) >= carryOnPatience, areVotersGone(moment) else { return }
    startJoining(moment, &effects)
  }

  /// Whether all of those who can be heard promise the same, and nobody with a vote can be heard. Who had missed the
  /// others' words has a second to hear their promises.
  func carriesOn(with promises: [SignedJoinTerm], since: Instant, _ moment: Moment<some Notary>) -> Bool {
    guard moment.now.since(since) >= branchPatience, areVotersGone(moment) else { return false }
    return contacts.all.allSatisfy { contact in
      isSilent(contact, at: moment.now) || promises.contains { $0.promise.member == contact.member }
    }
  }

  /// Whether nobody with a vote has been heard for long, and nobody else who still is in the term.
  private func areVotersGone(_ moment: Moment<some Notary>) -> Bool {
    guard mayCarryOn else { return false }
    let voters = voters
    return contacts.all.allSatisfy { contact in
      if voters.contains(contact.member) { return moment.now.since(contact.heard) >= carryOnPatience }
      return isSilent(contact, at: moment.now) || suspicions.says(contact.member, over: currentReign, at: moment.now)
    }
  }

  private func isSilent(_ contact: Contacts.Contact, at now: Instant) -> Bool {
    now.since(contact.heard) >= branchPatience
  }

  private var carryOnPatience: Delay { max(Timing.carryOnPatience, branchPatience) }
}

extension Roster {
  /// The first roster of a branch: those who go along, as they stand. Where none of them has a vote, the seven oldest
  /// get one and the others observe, so that there are quorums; all of them hold the log up to here.
  package func branch(of ids: [MemberID]) -> Roster {
    var along = entries.filter { ids.contains($0.id) }
    if !along.contains(where: { $0.standing == .voter }) {
      for index in along.indices { along[index].standing = index < Limits.voters ? .voter : .observer }
    }
    return Roster(version: version + 1, highest: highest, entries: along, banned: banned)
  }
}
