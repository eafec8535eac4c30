import SeloCrypto
import SeloMesh
import SeloVM
import SeloWire

// From one lineage into a better one (PROTOCOL section 8): the way is that of a stranger, taken while the membership
// goes on; the step is one.

extension Peer {
  /// The way of a member to the doors of another lineage, with a run and channels of its own.
  struct Crossing {
    var phase: Phase
    var run: Run
    var channels = ChannelTable()
    /// Whose doors it goes to.
    let session: SessionID
    let since: Instant
    /// Of one that has no term: it looks for reflectors of its session, in whatever lineage.
    var isLookout = false

    var deadline: Instant? {
      let own: Instant? =
        switch phase {
        case .seeking(let seeking): seeking.deadline
        case .entering(let entering): entering.deadline
        case .member, .quarantined, .ended: nil
        }
      return [own, since + Limits.crossingPatience].compactMap { $0 }.min()
    }
  }

  /// A lineage that was met, and when it may be looked at again.
  struct Encounter: Equatable {
    let session: SessionID
    let lineage: LineageID
    let since: Instant
    /// Of an unlisted session that may have nothing to do with this one.
    let isForeign: Bool
    var until: Instant
  }

  /// A beacon of this session's other lineage, or of another founding of its name: which is better is asked at its
  /// door.
  mutating func noticeBeacon(
    _ datagram: [UInt8], from source: Endpoint, _ now: Instant, _ notary: some Notary, _ effects: inout [PeerEffect]
  ) {
    guard let beacon = try? Beacon(datagram: datagram), let mesh = membership?.mesh, !isCrossing else { return }
    encounters.removeAll { $0.until <= now }
    if crossing == nil, concerns(beacon, mesh, now) {
      if encounters.count >= Limits.beaconSources { encounters.removeFirst() }
      let isForeign = beacon.session != mesh.facts.session && beacon.listing == nil
      encounters.append(
        Encounter(
          session: beacon.session, lineage: beacon.lineage, since: now, isForeign: isForeign,
          until: now + (isForeign ? Limits.foreignSpacing : Limits.crossingPatience)))
      let seeking = Seeking(
        .join, given: [], returning: Returning(to: beacon.session), apart: mesh.promise.lineage, options: options,
        at: now, &entropy)
      crossing = Crossing(phase: .seeking(seeking), run: nextRun(), session: beacon.session, since: now)
    }
    cross { peer in
      peer.receiveBeacon(datagram, from: source, now, &effects)
      peer.wakeSeeking(now, notary, &effects)
    }
  }

  /// A run that no other of this process comes after, not even one of a crossing that led nowhere: a door may have let
  /// that one in, and lets no older one in from then on.
  mutating func nextRun() -> Run {
    newestRun = Incarnation(newestRun.value + 1)
    return Run(incarnation: newestRun, staticKey: KeyPair(from: &entropy))
  }

  private func concerns(_ beacon: Beacon, _ mesh: Mesh, _ now: Instant) -> Bool {
    if encounters.contains(where: { $0.lineage == beacon.lineage }) { return false }
    if beacon.session == mesh.facts.session { return beacon.lineage != mesh.promise.lineage }
    if let listing = beacon.listing { return listing.name == options.sessionName }
    // One peer of a session asks whether an unlisted one is another founding of its name.
    let hasAsked = encounters.contains { $0.isForeign && now.since($0.since) < Limits.foreignSpacing }
    return mesh.isReflector && beacon.isReflector && !hasAsked
  }

  /// The door of a session takes another passphrase: it is not asked again for long.
  mutating func remember(refusalBy session: SessionID, _ now: Instant) {
    for index in encounters.indices where encounters[index].session == session && encounters[index].isForeign {
      encounters[index].until = now + Limits.foreignPatience
    }
  }

  /// Lets the crossing act: what it is made of stands in the peer's own places meanwhile, and the peer's in its.
  mutating func cross(_ act: (inout Peer) -> Void) {
    guard !isCrossing, crossing != nil else { return }
    swapCrossing()
    isCrossing = true
    act(&self)
    isCrossing = false
    // The step has been made: what stands here stays.
    guard crossing != nil else { return }
    swapCrossing()
    guard case .ended(let reason) = crossing?.phase else { return }
    // The session's better lineage has put this peer out: it ends here, too, when it wakes.
    isOut = reason == .denied(.banned) && crossing?.session == membership?.mesh.facts.session
    crossing = nil
  }

  private mutating func swapCrossing() {
    guard var other = crossing else { return }
    swap(&phase, &other.phase)
    swap(&run, &other.run)
    swap(&channels, &other.channels)
    crossing = other
  }

  mutating func wakeCrossing(_ now: Instant, _ notary: some Notary, _ effects: inout [PeerEffect]) {
    if isOut { return end(.denied(.banned), &effects) }
    if isMissed { return comeBack(now, &effects) }
    if !isCrossing { lookOut(now) }
    guard let since = crossing?.since else { return }
    if now.since(since) >= Limits.crossingPatience { crossing = nil }
    cross { peer in
      switch peer.phase {
      case .seeking: peer.wakeSeeking(now, notary, &effects)
      case .entering: peer.wakeEntering(now, notary, &effects)
      case .member, .quarantined, .ended: break
      }
    }
  }

  /// The door showed a lineage that is no better: the peer stays where it is.
  mutating func stayHere(_ failure: KnockFailure, _ effects: inout [PeerEffect]) {
    phase = .ended(.left)
    isMissed = failure == .notBetter && crossing?.isLookout == true
    if failure == .rival { effects.append(.event(.rival)) }
  }

  // Without a term

  /// One without a vote that has no term may have lost touch, or may be the last one who holds the world. It finds out
  /// at the doors, as a crossing: the world stays where it is meanwhile.
  private mutating func lookOut(_ now: Instant) {
    guard membership?.mesh.isStranded(at: now) == true else {
      lookedOut = nil
      if let crossing, crossing.isLookout, case .seeking = crossing.phase { self.crossing = nil }
      return
    }
    let isTime = lookedOut.map { now.since($0) >= Limits.crossingPatience } ?? true
    guard crossing == nil, isTime, let membership else { return }
    lookedOut = now
    let session = membership.mesh.facts.session
    var seeking = Seeking(
      .join, given: addressesToReturn(membership) + options.given, returning: Returning(to: session), options: options,
      at: now, &entropy)
    seeking.passesFollowers = true
    crossing = Crossing(phase: .seeking(seeking), run: nextRun(), session: session, since: now, isLookout: true)
  }

  /// A reflector of this session, which holds the passphrase, opened its door, and its lineage is no better: it is this
  /// one, which goes on elsewhere, or the branch that its voters made.
  private mutating func comeBack(_ now: Instant, _ effects: inout [PeerEffect]) {
    isMissed = false
    if membership?.mesh.isStranded(at: now) == true { seekAgain(now, &effects) }
  }

  /// Whether what was fetched still beats what has been followed meanwhile.
  func isBetter(_ state: LogState, in session: SessionID) -> Bool {
    membership?.mesh.claim.ranking(against: state.claim(in: session)) == .loses
  }

  /// The old membership ends: its members hear a goodbye, what only its log holds is kept and told.
  mutating func leaveLineage(
    for state: LogState, in session: SessionID, _ now: Instant, _ notary: some Notary, _ effects: inout [PeerEffect]
  ) {
    guard let old = membership?.mesh, let world = membership?.world.agreed.snapshot() else { return }
    // The goodbye leaves by the channels of the old run.
    swapCrossing()
    stepMesh(.stepDown, now, notary, &effects)
    for contact in old.contacts.all {
      if let author = membership?.entry(of: contact.member)?.author { send(.leave, to: author, &effects) }
    }
    swapCrossing()
    crossing = nil
    pack(old)
    let saved = SessionSnapshot(state: old.log.floor, world: world)
    let to = state.claim(in: session).lineage
    effects.append(
      .event(
        .returned(
          Return(
            from: old.promise.lineage, to: to, cut: old.log.head.ancestry.cut ?? 0, agreed: old.agreed,
            abandoned: saved.bytes))))
  }

  // Luggage

  mutating func pack(_ mesh: Mesh) {
    luggage = Luggage(of: mesh, after: luggage)
  }

  /// Publishes what was brought along and the log lacks, as soon as this peer may publish: from then on no message of
  /// an earlier run can be ordered any more. Half of the outbox at a time.
  mutating func unpack(_ now: Instant, _ notary: some Notary, _ effects: inout [PeerEffect]) {
    guard !luggage.isEmpty, let mesh = membership?.mesh, mesh.log.head.mayPublish(author) else { return }
    if luggage.isSealed { luggage.unpack(in: mesh.log.head) }
    let lost = luggage.lost
    let count = luggage.count
    while membership?.mesh.outbox.count ?? 0 < Limits.outboxMessages / 2, let message = luggage.takeFirst() {
      stepMesh(.publish(message), now, notary, &effects)
      luggage.published(as: Luggage.Name(author: author, sequence: membership?.mesh.outbox.last ?? 0))
    }
    if luggage.isEmpty {
      luggage.close()
      effects.append(.event(.resubmitted(count: UInt64(count), lost: lost)))
    }
  }
}
