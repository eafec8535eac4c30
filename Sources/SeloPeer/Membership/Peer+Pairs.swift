import SeloCrypto
import SeloMesh
import SeloVM
import SeloWire

// Channels to every other member: the newer member knocks; after a moment the older one does so too.

extension Peer {
  /// Brings handshakes in line with the newest roster. Learners that joined through another door are found by the
  /// address their admitter saw.
  mutating func connect(_ now: Instant, _ effects: inout [PeerEffect]) {
    guard let membership, let own = membership.mesh.log.head.roster[membership.mesh.facts.me] else { return }
    let others = membership.mesh.log.head.roster.entries.filter { $0.author != author }
    self.membership?.pairs.door.setRoster(others.map(\.ident.staticKey))
    self.membership?.pairs.attempts.removeAll { attempt in
      channels.isOpen(to: attempt.author) || !others.contains { $0.author == attempt.author }
    }
    self.membership?.pairs.pauses.removeAll { $0.until <= now }
    for entry in others where !channels.isOpen(to: entry.author) {
      guard let pairs = self.membership?.pairs, pairs.isIdle(entry.author) else { continue }
      if entry.id > own.id, !pairs.waited(for: entry.author) {
        self.membership?.pairs.wait(for: entry.author, until: now + .milliseconds(200))
      } else if let endpoint = entry.addresses.first {
        knock(at: endpoint, entry, now, &effects)
      }
    }
  }

  private mutating func knock(
    at endpoint: Endpoint, _ entry: RosterEntry, _ now: Instant, _ effects: inout [PeerEffect]
  ) {
    guard var pairs = membership?.pairs, let session = membership?.charter.session else { return }
    var pairEffects: [PairEffect] = []
    pairs.timestamp += 1
    let knock = try? PairKnock(
      at: endpoint, session: session, ownStatic: run.staticKey, remoteStatic: entry.ident.staticKey,
      localIndex: entropy.uint32(), timestamp: pairs.timestamp, now: now, &entropy, into: &pairEffects)
    if let knock { pairs.attempts.append(Pairs.Attempt(author: entry.author, knock: knock)) }
    membership?.pairs = pairs
    carryOut(pairEffects, isInitiator: true, now, &effects)
  }

  mutating func receivePair(
    _ kind: DatagramKind, _ datagram: [UInt8], from source: Endpoint, _ now: Instant, _ notary: some Notary,
    _ effects: inout [PeerEffect]
  ) {
    guard var pairs = membership?.pairs else { return effects.append(.rejected(.untimely)) }
    var pairEffects: [PairEffect] = []
    if kind == .pair1 {
      pairs.door.step(
        datagram, from: source, at: now, localIndex: entropy.uint32(), &entropy, into: &pairEffects)
    } else {
      for index in pairs.attempts.indices where pairs.attempts[index].knock.endpoint == source {
        pairs.attempts[index].knock.step(datagram, from: source, into: &pairEffects)
      }
    }
    membership?.pairs = pairs
    carryOut(pairEffects, isInitiator: kind == .pair2, now, &effects)
    noticeReached(pairEffects, now, notary, &effects)
  }

  /// A handshake that came through a third, of a member that is at this place.
  mutating func receivePair(
    _ kind: DatagramKind, _ datagram: [UInt8], of author: Author, at endpoint: Endpoint, through third: Member,
    _ now: Instant, _ notary: some Notary, _ effects: inout [PeerEffect]
  ) {
    guard var pairs = membership?.pairs else { return }
    var pairEffects: [PairEffect] = []
    if kind == .pair1 {
      pairs.door.step(
        datagram, from: endpoint, at: now, localIndex: entropy.uint32(), &entropy, into: &pairEffects)
    } else {
      for index in pairs.attempts.indices where pairs.attempts[index].author == author {
        let known = pairs.attempts[index].knock.endpoint
        pairs.attempts[index].knock.step(datagram, from: known, into: &pairEffects)
      }
    }
    membership?.pairs = pairs
    carryOut(pairEffects, isInitiator: kind == .pair2, through: third, now, &effects)
    for case .send(let answer, _) in pairEffects {
      detourTo(author, [answer], by: .through(third), now, &effects)
    }
    noticeReached(pairEffects, now, notary, &effects)
  }

  mutating func wakePairs(_ now: Instant, _ effects: inout [PeerEffect]) {
    guard let due = membership?.pairs.deadline, due <= now, var pairs = membership?.pairs else { return }
    var pairEffects: [PairEffect] = []
    var repeated: [(author: Author, request: [UInt8], repetitions: Int)] = []
    for index in pairs.attempts.indices {
      let before = pairEffects.count
      pairs.attempts[index].knock.wake(at: now, into: &pairEffects)
      for case .send(let request, _) in pairEffects[before...] {
        pairs.attempts[index].repetitions += 1
        repeated.append((pairs.attempts[index].author, request, pairs.attempts[index].repetitions))
      }
    }
    // Who did not answer is tried again in a second.
    for attempt in pairs.attempts where attempt.knock.hasEnded {
      pairs.pauses.append(Pairs.Pause(author: attempt.author, until: now + .seconds(1)))
    }
    pairs.attempts.removeAll(where: \.knock.hasEnded)
    membership?.pairs = pairs
    carryOut(pairEffects, isInitiator: true, now, &effects)
    // What had no answer on the direct way is tried through a third, too.
    for (author, request, repetitions) in repeated {
      detourTo(author, [request], by: .inTurn(repetitions), now, &effects)
    }
    connect(now, &effects)
  }

  private mutating func carryOut(
    _ pairEffects: [PairEffect], isInitiator: Bool, through third: Member? = nil, _ now: Instant,
    _ effects: inout [PeerEffect]
  ) {
    for effect in pairEffects {
      switch effect {
      case .send(let datagram, let endpoint): effects.append(.send(datagram, to: endpoint))
      case .opened(let channel, let staticKey, let endpoint):
        guard let entry = entry(withKey: staticKey) else { continue }
        if isInitiator { membership?.pairs.attempts.removeAll { $0.author == entry.author } }
        // Through a third it is what is known of the member it is said to be of: not of another.
        let place = third == nil ? endpoint : entry.addresses.first ?? endpoint
        channels.open(
          channel, to: entry.author, at: place, isInitiator: isInitiator, through: third, now: now)
        confirmChannels(now, &effects)
      case .failed: break
      case .rejected(let reason): effects.append(.rejected(.admission("pair.\(reason)")))
      }
    }
  }

  /// Members that follow have nothing to tell each other. That a channel to one was opened is the only sign of life
  /// that the mesh gets of it before it is silent in earnest.
  private mutating func noticeReached(
    _ pairEffects: [PairEffect], _ now: Instant, _ notary: some Notary, _ effects: inout [PeerEffect]
  ) {
    for case .opened(_, let staticKey, _) in pairEffects {
      if let entry = entry(withKey: staticKey) { stepMesh(.reached(entry.member), now, notary, &effects) }
    }
  }

  private func entry(withKey staticKey: Bytes32) -> RosterEntry? {
    membership?.mesh.log.head.roster.entries.first { $0.ident.staticKey == staticKey }
  }

  /// An initiator says something at once: before that the other side may not speak.
  mutating func confirmChannels(_ now: Instant, _ effects: inout [PeerEffect]) {
    for due in channels.confirmations(at: now) {
      for datagram in due.datagrams { effects.append(.send(datagram, to: due.endpoint)) }
      if let detour = due.detour { detourTo(due.author, due.datagrams, by: detour, now, &effects) }
    }
  }
}

extension Pairs {
  /// Whether the patience with a newer member, which is to knock first, is over.
  func waited(for author: Author) -> Bool { waits.contains(author) }

  mutating func wait(for author: Author, until: Instant) {
    waits.append(author)
    pauses.append(Pause(author: author, until: until))
  }
}
