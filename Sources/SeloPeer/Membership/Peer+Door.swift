import SeloCrypto
import SeloMesh
import SeloVM
import SeloWire

// A member's face to strangers: beacons, the door, and the way of a guest onto the roster.

extension Peer {
  /// Datagrams that are not sealed.
  mutating func receiveOpen(
    _ kind: DatagramKind, _ datagram: [UInt8], from source: Endpoint, _ now: Instant, _ notary: some Notary,
    _ effects: inout [PeerEffect]
  ) {
    switch (phase, kind) {
    case (.seeking, .beacon): receiveBeacon(datagram, from: source, now, &effects)
    case (.seeking, .query): receiveQuery(datagram, now, &effects)
    case (.seeking, .cookie), (.seeking, .exchanged), (.seeking, .noise2):
      receiveAnswer(datagram, from: source, now, notary, &effects)
    case (.member, .query): answerQuery(datagram, from: source, now, &effects)
    case (.member, .hello), (.member, .exchange), (.member, .noise1), (.member, .noise3):
      receiveAtDoor(datagram, from: source, now, notary, &effects)
    case (.member, .pair1), (.member, .pair2): receivePair(kind, datagram, from: source, now, notary, &effects)
    case (.member, .beacon): noticeBeacon(datagram, from: source, now, notary, &effects)
    case (.member, .cookie), (.member, .exchanged), (.member, .noise2):
      if crossing == nil { return effects.append(.rejected(.untimely)) }
      cross { $0.receiveOpen(kind, datagram, from: source, now, notary, &effects) }
    case (.entering, _), (.quarantined, _): break
    default: effects.append(.rejected(.untimely))
    }
  }

  private mutating func receiveAtDoor(
    _ datagram: [UInt8], from source: Endpoint, _ now: Instant, _ notary: some Notary, _ effects: inout [PeerEffect]
  ) {
    guard let mesh = membership?.mesh else { return }
    var head = ByteWriter(reserving: 128)
    mesh.claim.write(to: &head)
    var doorEffects: [DoorEffect] = []
    membership?.door.step(datagram, from: source, at: now, head: head.bytes, &entropy, into: &doorEffects)
    for effect in doorEffects {
      switch effect {
      case .send(let answer, let endpoint): effects.append(.send(answer, to: endpoint))
      case .admitted(let arrival): welcome(arrival, now, notary, &effects)
      case .rejected(let reason): effects.append(.rejected(.admission("door.\(reason)")))
      }
    }
  }

  /// Somebody holds the passphrase: whether the session takes them in is for the reflector to order.
  private mutating func welcome(
    _ arrival: Arrival, _ now: Instant, _ notary: some Notary, _ effects: inout [PeerEffect]
  ) {
    let author = arrival.ident.author
    channels.open(arrival.channel, to: author, at: arrival.endpoint, isInitiator: false, now: now)
    channels.confirm(author)
    if let reason = denial(of: arrival) { return send(.deny(reason), to: author, &effects) }
    let entry = RosterEntry(
      id: MemberID(0), ident: arrival.ident, standing: .learner, role: arrival.wish.role, name: arrival.wish.name,
      addresses: [arrival.endpoint])
    membership?.guests.removeAll { $0.entry.author == author }
    membership?.guests.append(Membership.Guest(entry: entry, since: now, next: now))
    wakeGuests(now, notary, &effects)
  }

  private func denial(of arrival: Arrival) -> DenyReason? {
    guard let membership else { return .doorClosed }
    // A ban that is not agreed yet may never have been: its guest waits.
    if membership.mesh.roster.bans(arrival.ident.author.identity) { return .banned }
    let roster = membership.mesh.log.head.roster
    let author = arrival.ident.author
    if roster.entries.count >= Limits.members { return .full }
    let same = roster.entries.filter { $0.identity == author.identity }
    if same.contains(where: { $0.author.incarnation > author.incarnation }) { return .duplicate }
    let strangers = roster.entries.filter { $0.identity != author.identity }
    let copied = strangers.contains {
      $0.ident.staticKey == arrival.ident.staticKey || $0.author.incarnation == author.incarnation
    }
    return copied ? .duplicate : nil
  }

  /// Wishes go to the reflector until the agreed roster names the guest; then it is told, until it answers.
  mutating func wakeGuests(_ now: Instant, _ notary: some Notary, _ effects: inout [PeerEffect]) {
    if membership?.guests.isEmpty ?? true { return }
    membership?.guests.removeAll { now.since($0.since) > Limits.guestPatience }
    for guest in membership?.guests ?? [] where guest.next <= now {
      if let index = membership?.guests.firstIndex(where: { $0.entry.author == guest.entry.author }) {
        membership?.guests[index].next = now + .milliseconds(50)
      }
      if membership?.mesh.roster.bans(guest.entry.identity) == true {
        membership?.guests.removeAll { $0.entry.author == guest.entry.author }
        send(.deny(.banned), to: guest.entry.author, &effects)
      } else if let entry = membership?.mesh.roster.entry(of: guest.entry.author), let reign = membership?.mesh.promise
      {
        send(.welcome(entry.member, reign), to: entry.author, &effects)
      } else {
        stepMesh(.admit(guest.entry), now, notary, &effects)
      }
    }
  }

  // Beacons

  private mutating func answerQuery(
    _ datagram: [UInt8], from source: Endpoint, _ now: Instant, _ effects: inout [PeerEffect]
  ) {
    guard let query = try? Query(datagram: datagram), let beacon = beacon(answering: query.nonce) else {
      return effects.append(.rejected(.malformed))
    }
    // An answer is never longer than its query.
    if beacon.count <= datagram.count { effects.append(.send(beacon, to: source)) }
  }

  private func beacon(answering nonce: UInt64) -> [UInt8]? {
    guard let membership, membership.mesh.isNormal else { return nil }
    let mesh = membership.mesh
    let listing = Beacon.Listing(name: options.sessionName, worldName: membership.charter.worldName)
    return Beacon(
      nonce: nonce, session: mesh.facts.session, port: options.port, isReflector: mesh.isReflector,
      listing: options.listed ? listing : nil, lineage: mesh.promise.lineage, term: mesh.promise.term.number,
      agreed: mesh.agreed, members: UInt16(truncatingIfNeeded: mesh.roster.entries.count)
    ).datagram
  }

  /// Everything of a member that is due besides the mesh's own.
  mutating func wakeMember(_ now: Instant, _ notary: some Notary, _ effects: inout [PeerEffect]) {
    // No copy of the membership is held over a step: its log would be copied on write, frame by frame.
    if let due = membership?.mesh.deadline, due <= now { stepMesh(.wake, now, notary, &effects) }
    if let due = membership?.door.deadline, due <= now { membership?.door.wake(at: now) }
    wakePairs(now, &effects)
    confirmChannels(now, &effects)
    wakeGuests(now, notary, &effects)
    wakeVouching(now, &effects)
    unpack(now, notary, &effects)
    wakeCrossing(now, notary, &effects)
    wakeInquest(now, &effects)
    guard let nextBeacon = self.membership?.nextBeacon, nextBeacon <= now else { return }
    self.membership?.nextBeacon = now + .seconds(1)
    tellOfLoading(now, notary, &effects)
    channels.expire(at: now)
    connect(now, &effects)
    if membership?.mesh.isReflector == true, let beacon = beacon(answering: 0) { announce(beacon, now, &effects) }
  }

  /// Who loads here is not heard by the reflector meanwhile: it is told. Marks that nobody needs go.
  private mutating func tellOfLoading(_ now: Instant, _ notary: some Notary, _ effects: inout [PeerEffect]) {
    if let oldest = membership?.mesh.log.oldest { membership?.marks.expire(at: now, oldest: oldest) }
    for author in membership?.marks.loading(at: now) ?? [] {
      guard let entry = membership?.mesh.log.head.roster.entry(of: author), entry.standing == .learner else { continue }
      stepMesh(.admit(entry), now, notary, &effects)
    }
  }

  /// By multicast, and to the addresses of those who vanished, so that sessions without multicast heal.
  private mutating func announce(_ beacon: [UInt8], _ now: Instant, _ effects: inout [PeerEffect]) {
    effects.append(.announce(beacon))
    membership?.formers.note(channels.formerEndpoints, at: now)
    for endpoint in membership?.formers.endpoints ?? [] { effects.append(.send(beacon, to: endpoint)) }
  }
}
