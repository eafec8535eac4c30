package import SeloWire

// What can be read off a mesh.

extension Mesh {
  /// Following or reflecting the reign that was promised.
  package var isNormal: Bool {
    switch phase {
    case .following, .suspecting, .reflecting: true
    case .joining, .staging, .detached: false
    }
  }

  package var isReflector: Bool {
    if case .reflecting = phase { return true }
    return false
  }

  /// The reign in which frames are taken or made here; while staging, the one that is being taken up.
  package var currentReign: Reign {
    switch phase {
    case .following(let following): following.reign
    case .suspecting(let suspecting): suspecting.following.reign
    case .staging(let staging): staging.start.reign
    case .reflecting(let reflecting): reflecting.reign
    case .joining, .detached: lastNormal
    }
  }

  /// Who reflects, while somebody does.
  package var reflector: Member? {
    switch phase {
    case .following(let following): following.reflector
    case .suspecting(let suspecting): suspecting.following.reflector
    case .reflecting: facts.me
    case .joining, .staging, .detached: nil
    }
  }

  /// Who signs the frames of a reign, as far as it is known here: the one elected, or the last that was handed it.
  package func reflector(of reign: Reign) -> Member? {
    if reign == log.head.reign { return log.head.reflector }
    if reign.lineage == log.head.reign?.lineage, reign.term == log.head.reign?.term.handedOver {
      return log.head.successor
    }
    return reign.term.handover == 0 ? reign.term.elected : nil
  }

  /// Who reflects the current reign, or did, as far as is known here.
  var currentReflector: Member? { reflector ?? log.head.successor ?? reflector(of: currentReign) }

  /// Whether this peer has said that it leaves.
  package var isLeaving: Bool { leaving != nil }

  /// How long the reflector's silence may last here: T.
  package var silenceLimit: Delay { detector.limit }

  /// How long the reflector may be silent here, on a machine that gives this peer its time.
  package var silence: Delay { detector.silence }

  /// Members of the newest agreed roster.
  package var roster: Roster { log.head.agreedRoster(agreed) }

  /// The rosters of which quorums are needed.
  var rosters: [Roster] { rostersInForce(log.head, agreed: agreed) }

  /// Voters of any roster in force, oldest first, without repetition.
  var voters: [Member] {
    let rosters = rosters
    // Mostly one roster is in force, and its voters are in order.
    return rosters.count == 1 ? rosters[0].voters : Array(Set(rosters.flatMap(\.voters))).sorted()
  }

  var isVoter: Bool { rosters.contains { $0.voters.contains(facts.me) } }
  var isAlone: Bool { !voters.contains { $0 != facts.me } }

  /// Whether the log or the queue has every message of an envelope already, as far as their numbers tell.
  package func hasTaken(_ envelope: SignedEnvelope) -> Bool {
    let author = envelope.envelope.author
    if envelope.envelope.last <= log.head.authors.last(of: author) { return true }
    guard case .reflecting(let reflecting) = phase else { return false }
    return reflecting.queue.holds(envelope.envelope)
  }

  /// Author sequence of the newest own message in the log.
  var loggedOwn: UInt64 { log.head.authors.last(of: facts.author) }

  /// Since when the session has had no quorum here, and who of the voters is not heard: what `halted` says.
  package func missingVoters(at now: Instant, for patience: Delay = .seconds(1)) -> [Member] {
    voters.filter { voter in
      voter != facts.me && (contacts[voter].map { now.since($0.heard) >= patience } ?? true)
    }
  }
}

extension Mesh {
  /// Since when nothing can be agreed here, as far as this peer can tell; nil while all is well.
  package var stalledSince: Instant? {
    switch phase {
    case .suspecting(let suspecting): suspecting.since
    case .joining(let joining): joining.waiting.stalled
    case .reflecting(let reflecting): reflecting.hailing?.since
    case .following, .staging, .detached: nil
    }
  }
}
