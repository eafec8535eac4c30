import SeloCrypto
import SeloMesh
import SeloVM
import SeloWire

// From an open door to a place in the session: welcome, snapshot, world.

extension Peer {
  mutating func enter(_ entry: Entry, _ knock: Knock, _ now: Instant, _ effects: inout [PeerEffect]) {
    guard case .seeking(let seeking) = phase else { return }
    if let difference = difference(from: entry.charter) { return end(.otherWorld(difference), &effects) }
    channels.closeAll()
    channels.open(entry.channel, to: entry.ident.author, at: entry.endpoint, isInitiator: true, now: now)
    phase = .entering(
      Entering(
        charter: entry.charter, admitter: entry.ident.author, knock: knock, returning: seeking.returning,
        progressed: now, begun: seeking.begun, nextWish: now))
  }

  /// What of the world differs between the session and this program; nil when nothing does.
  private func difference(from charter: Charter) -> String? {
    let here = (Machine<W>.worldName, UInt32(truncatingIfNeeded: Machine<W>.worldVersion))
    if charter.worldName != here.0 { return "the session runs \(charter.worldName), this program \(here.0)" }
    if charter.worldVersion != here.1 {
      return "the session runs \(here.0) version \(charter.worldVersion), this program version \(here.1)"
    }
    if charter.schema != Machine<W>.schemaFingerprint { return "the types of \(here.0) differ" }
    if charter.limitsHash != MachineLimits.standard.fingerprint { return "the limits of the machine differ" }
    return nil
  }

  mutating func receiveEntering(
    _ packet: Packet, from author: Author, _ now: Instant, _ notary: some Notary, _ effects: inout [PeerEffect]
  ) {
    guard case .entering(var entering) = phase, author == entering.admitter else { return }
    entering.knock.confirm()
    switch packet {
    case .welcome(let member, _):
      if entering.member == nil { entering.progressed = now }
      entering.member = member
    case .deny(let reason): return end(.denied(reason), &effects)
    case .snapshotOffer(let offer, let giver):
      entering.giver = giver
      take(offer, &entering, now, &effects)
    case .chunk(let sequence, let index, let bytes):
      switch entering.fetch?.take(bytes, index: index, sequence: sequence, notary: notary) {
      case .kept: entering.progressed = now
      case .badList, .badBlock:
        effects.append(.rejected(.admission("snapshot.block")))
        entering.badBlocks += 1
        if entering.badBlocks >= Limits.badBlocks {
          return knockAgain(entering, entering.remains, isFalse: true, now, &effects)
        }
      case .ignored, nil: break
      }
    default: break
    }
    phase = .entering(entering)
    if entering.fetch?.isComplete == true { return install(entering, now, notary, &effects) }
    wakeEntering(now, notary, &effects)
  }

  /// An offer is taken up when it is the first, or when the mark that was being fetched cannot be had any more. What
  /// was fetched of the same mark elsewhere is here already.
  private mutating func take(
    _ offer: SnapshotOffer, _ entering: inout Entering, _ now: Instant, _ effects: inout [PeerEffect]
  ) {
    if let fetch = entering.fetch, offer.sequence <= fetch.offer.sequence { return }
    entering.progressed = now
    if let begun = entering.begun, begun.offer == offer {
      entering.fetch = begun
      effects.append(.event(.snapshotResumed(held: begun.progress.held, all: begun.progress.all)))
    } else {
      entering.fetch = SnapshotFetch(offer)
    }
    entering.begun = nil
  }

  mutating func wakeEntering(_ now: Instant, _ notary: some Notary, _ effects: inout [PeerEffect]) {
    guard case .entering(var entering) = phase else { return }
    var knockEffects: [KnockEffect] = []
    entering.knock.wake(at: now, into: &knockEffects)
    for case .send(let datagram, let endpoint) in knockEffects { effects.append(.send(datagram, to: endpoint)) }
    if now.since(entering.progressed) >= Limits.entryPatience {
      return knockAgain(entering, entering.remains, now, &effects)
    }
    var packets: [Packet] = []
    if entering.member != nil, entering.nextWish <= now {
      // The mark comes a moment after the roster frame. Who is served needs no other offer.
      if entering.fetch == nil { packets.append(.snapshotWanted(begun: entering.begun?.offer.sequence ?? 0)) }
      entering.nextWish = now + (entering.fetch == nil ? .milliseconds(20) : .milliseconds(500))
    }
    packets += entering.fetch?.requests(at: now) ?? []
    phase = .entering(entering)
    for packet in packets { send(packet, to: entering.admitter, &effects) }
  }

  /// The admitter is gone, or what it gives is no good: another door, or this one again, with what is good already.
  private mutating func knockAgain(
    _ entering: Entering, _ remains: SnapshotFetch?, isFalse: Bool = false, _ now: Instant,
    _ effects: inout [PeerEffect]
  ) {
    channels.closeAll()
    run = nextRun()
    var seeking = Seeking(
      entering.returning == nil ? options.purpose : .join, given: options.given, returning: entering.returning,
      options: options, at: now, &entropy)
    seeking.begun = remains
    if isFalse { seeking.shunned = entering.knock.endpoint }
    phase = .seeking(seeking)
  }

  /// Everything is here, and is what was offered. It counts only if it decodes, was made at a mark, and knows no other
  /// member by this id.
  private mutating func install(
    _ entering: Entering, _ now: Instant, _ notary: some Notary, _ effects: inout [PeerEffect]
  ) {
    guard let member = entering.member, let bytes = entering.fetch?.assembled,
      let snapshot = try? SessionSnapshot(bytes), let reign = snapshot.state.reign,
      snapshot.state.sequence == entering.fetch?.offer.sequence, snapshot.state.mark == snapshot.state.sequence,
      // The snapshot may be older than the roster frame that names us, but not know better.
      snapshot.state.roster.highest < member.id || snapshot.state.roster[member]?.author == author,
      let world = try? WorldLine<W>(snapshot: snapshot.world, at: snapshot.state.sequence)
    else {
      effects.append(.rejected(.admission("snapshot")))
      return knockAgain(entering, nil, isFalse: true, now, &effects)
    }
    let session = entering.charter.session
    if isCrossing {
      guard isBetter(snapshot.state, in: session) else { return end(.left, &effects) }
      leaveLineage(for: snapshot.state, in: session, now, notary, &effects)
    }
    let facts = Mesh.Facts(
      session: session, me: member, author: author, policy: entering.charter.policy,
      yielding: options.yielding)
    let guide = entering.giver.map { id in
      Membership<W>.Guide(
        member: Member(id: id, incarnation: entering.admitter.incarnation), author: entering.admitter)
    }
    let mesh = Mesh(joining: facts, behind: snapshot.state, reign: reign, guide: guide?.member, at: now)
    let vouching = Vouching(nonce: Bytes16(entropy.bytes(16)), at: now)
    become(member: mesh, of: entering.charter, world: world, credential(for: session), vouching, now)
    membership?.guide = guide
    membership?.marks.keep(snapshot.state, world.agreed)
    noticeRoster(now, &effects)
    stepMesh(.flush, now, notary, &effects)
  }
}
