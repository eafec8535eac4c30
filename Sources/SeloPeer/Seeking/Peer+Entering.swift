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
        progressed: now, nextWish: now))
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
    case .snapshotOffer(let offer):
      // Another offer replaces one that cannot be finished any more.
      if entering.fetch == nil || (entering.fetch?.offer != offer && now.since(entering.progressed) > .seconds(2)) {
        entering.fetch = SnapshotFetch(offer)
        entering.progressed = now
      }
    case .chunk(let sequence, let index, let bytes):
      let before = entering.fetch?.progress.held
      entering.fetch?.take(bytes, index: index, sequence: sequence)
      if entering.fetch?.progress.held != before { entering.progressed = now }
    default: break
    }
    phase = .entering(entering)
    if entering.fetch?.isComplete == true { return install(entering, now, notary, &effects) }
    wakeEntering(now, notary, &effects)
  }

  mutating func wakeEntering(_ now: Instant, _ notary: some Notary, _ effects: inout [PeerEffect]) {
    guard case .entering(var entering) = phase else { return }
    var knockEffects: [KnockEffect] = []
    entering.knock.wake(at: now, into: &knockEffects)
    for case .send(let datagram, let endpoint) in knockEffects { effects.append(.send(datagram, to: endpoint)) }
    if now.since(entering.progressed) >= Limits.entryPatience { return knockAgain(entering, now, &effects) }
    var packets: [Packet] = []
    let stuck = now.since(entering.progressed) > .seconds(2)
    if entering.member != nil, entering.fetch == nil || stuck, entering.nextWish <= now {
      packets.append(.snapshotWanted)
      entering.nextWish = now + .milliseconds(100)
    }
    if entering.fetch != nil, entering.nextWish <= now { entering.nextWish = now + .milliseconds(500) }
    packets += entering.fetch?.requests(at: now) ?? []
    phase = .entering(entering)
    for packet in packets { send(packet, to: entering.admitter, &effects) }
  }

  /// The admitter is gone: another door, or this one again.
  private mutating func knockAgain(_ entering: Entering, _ now: Instant, _ effects: inout [PeerEffect]) {
    channels.closeAll()
    run = Run(incarnation: Incarnation(run.incarnation.value + 1), staticKey: KeyPair(from: &entropy))
    phase = .seeking(
      Seeking(
        entering.returning == nil ? options.purpose : .join, given: options.given, returning: entering.returning,
        options: options, at: now, &entropy))
  }

  /// Everything is here. It counts only if it is what was offered, decodes, and names this peer.
  private mutating func install(
    _ entering: Entering, _ now: Instant, _ notary: some Notary, _ effects: inout [PeerEffect]
  ) {
    guard let member = entering.member, let bytes = entering.fetch?.assembled(notary: notary),
      let snapshot = try? SessionSnapshot(bytes), let reign = snapshot.state.reign,
      // The snapshot may be older than the roster frame that names us, but not know better.
      snapshot.state.roster.highest < member.id || snapshot.state.roster[member]?.author == author,
      let world = try? WorldLine<W>(snapshot: snapshot.world, at: snapshot.state.sequence)
    else {
      effects.append(.rejected(.admission("snapshot")))
      var again = entering
      again.fetch = nil
      phase = .entering(again)
      return
    }
    let session = entering.charter.session
    if isCrossing {
      guard isBetter(snapshot.state, in: session) else { return end(.left, &effects) }
      leaveLineage(for: snapshot.state, in: session, now, notary, &effects)
    }
    let facts = Mesh.Facts(
      session: session, me: member, author: author, policy: entering.charter.policy, tick: snapshot.tick)
    let mesh = Mesh(joining: facts, behind: snapshot.state, reign: reign, at: now)
    become(member: mesh, of: entering.charter, world: world, credential(for: session), now)
    noticeRoster(now, &effects)
    stepMesh(.flush, now, notary, &effects)
  }
}
