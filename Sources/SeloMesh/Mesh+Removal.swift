import SeloWire

// Out against its will (PROTOCOL section 7). One member's word puts nobody out.

/// One member said that this peer does not belong to its roster, again and again.
struct RemovalWord: Hashable, Sendable {
  let since: Instant
  var newest: Instant

  /// Whether it still holds: who says so says it in answer to everything.
  func holds(at now: Instant) -> Bool { now.since(newest) < Timing.removalLife }
}

extension Mesh {
  /// A member says that this peer does not belong to its roster. Who hears its reflector knows better. In another
  /// lineage it matters to one without a vote: its voters went on as a branch of theirs, and nobody will start a term
  /// for it here.
  mutating func receiveRemoval(
    _ lineage: LineageID, _ sequence: UInt64, from sender: Member, _ moment: Moment<some Notary>,
    _ effects: inout [MeshEffect]
  ) {
    if hearsReflector(at: moment.now) { return effects.append(.rejected(.unexpected, from: sender)) }
    let isEvicted = lineage == promise.lineage && sequence > agreed
    guard isEvicted || isLeftBehind(by: lineage) else { return }
    contacts.update(sender) { contact in
      let holds = contact.removal.map { $0.holds(at: moment.now) } ?? false
      contact.removal = RemovalWord(
        since: holds ? contact.removal?.since ?? moment.now : moment.now, newest: moment.now)
    }
    if isRemoved(at: moment.now) { detach(isEvicted ? .evicted : .outvoted, &effects) }
  }

  private func isLeftBehind(by lineage: LineageID) -> Bool {
    guard case .suspecting = phase, !isVoter else { return false }
    return !log.head.history.contains { $0.reign.lineage == lineage }
  }

  /// Whether enough members say so: a quorum of the voters this peer knows. Where too few of those are left it is
  /// somebody for three seconds, while nobody who can be heard is in a term.
  private func isRemoved(at now: Instant) -> Bool {
    let says = { [self] (member: Member) in contacts[member]?.removal?.holds(at: now) ?? false }
    if Agreement.isQuorum(rosters, holds: says) { return true }
    let isSaidForLong = contacts.all.contains { contact in
      contact.removal.map { $0.holds(at: now) && now.since($0.since) >= onlookerPatience } ?? false
    }
    return isSaidForLong
      && contacts.all.allSatisfy { contact in
        now.since(contact.heard) >= branchPatience || says(contact.member)
          || suspicions.says(contact.member, over: lastNormal, at: now)
      }
  }
}
