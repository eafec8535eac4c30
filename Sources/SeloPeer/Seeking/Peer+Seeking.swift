import SeloCrypto
import SeloMesh
import SeloVM
import SeloWire

// The way into a session: ask, listen, knock; or found one.

extension Peer {
  mutating func wakeSeeking(_ now: Instant, _ notary: some Notary, _ effects: inout [PeerEffect]) {
    guard case .seeking(var seeking) = phase else { return }
    switch seeking.decide(at: now, named: options.sessionName) {
    case .found: return found(now, notary, &effects)
    case .taken: return end(.alreadyThere, &effects)
    case .refused: return end(.notAdmitted, &effects)
    case nil: break
    }
    if seeking.queryIsDue(at: now) {
      let query = seeking.query(at: now).datagram
      effects.append(.announce(query))
      for endpoint in seeking.given { effects.append(.send(query, to: endpoint)) }
    }
    var knockEffects: [(Knock, KnockEffect)] = []
    for index in seeking.knocks.indices {
      var woken: [KnockEffect] = []
      seeking.knocks[index].wake(at: now, into: &woken)
      knockEffects += woken.map { (seeking.knocks[index], $0) }
    }
    phase = .seeking(seeking)
    carryOut(knockEffects, now, notary, &effects)
    knockAtDoors(now, notary, &effects)
    guard case .seeking(let still) = phase, let verdict = still.verdict(at: now) else { return }
    end(verdict, &effects)
  }

  mutating func receiveBeacon(
    _ datagram: [UInt8], from source: Endpoint, _ now: Instant, _ effects: inout [PeerEffect]
  ) {
    guard case .seeking(var seeking) = phase else { return }
    guard let beacon = try? Beacon(datagram: datagram) else { return effects.append(.rejected(.malformed)) }
    let endpoint = Endpoint(
      family: source.family, address: source.address, port: beacon.port, scope: source.scope)
    seeking.hear(beacon, at: endpoint, named: options.sessionName, now: now)
    phase = .seeking(seeking)
  }

  /// Another one seeks, too.
  mutating func receiveQuery(_ datagram: [UInt8], _ now: Instant, _ effects: inout [PeerEffect]) {
    guard case .seeking(var seeking) = phase else { return }
    guard let query = try? Query(datagram: datagram) else { return effects.append(.rejected(.malformed)) }
    seeking.hear(query, at: now)
    phase = .seeking(seeking)
  }

  mutating func receiveAnswer(
    _ datagram: [UInt8], from source: Endpoint, _ now: Instant, _ notary: some Notary, _ effects: inout [PeerEffect]
  ) {
    guard case .seeking(var seeking) = phase else { return }
    var knockEffects: [(Knock, KnockEffect)] = []
    for index in seeking.knocks.indices where seeking.knocks[index].endpoint == source {
      var answered: [KnockEffect] = []
      seeking.knocks[index].step(datagram, from: source, at: now, &entropy, into: &answered)
      knockEffects += answered.map { (seeking.knocks[index], $0) }
    }
    phase = .seeking(seeking)
    carryOut(knockEffects, now, notary, &effects)
  }

  private mutating func knockAtDoors(_ now: Instant, _ notary: some Notary, _ effects: inout [PeerEffect]) {
    guard case .seeking(var seeking) = phase, seeking.purpose != .found else { return }
    var knockEffects: [(Knock, KnockEffect)] = []
    while let door = seeking.nextDoor(at: now) {
      var begun: [KnockEffect] = []
      let credential = Credential(
        keys: options.keys, staticKey: run.staticKey, incarnation: run.incarnation, session: door.session)
      let lost = seeking.returning?.claim(at: now)
      let threshold: Threshold =
        isCrossing ? membership.map { .above($0.mesh.claim) } ?? .none : lost.map { .notBelow($0) } ?? .none
      let knock = Knock(
        at: door.endpoint, session: door.session, credential: credential, password: options.passwordSecret,
        wish: Wish(role: .host, name: options.name), threshold: threshold,
        localIndex: entropy.uint32(), now: now, &entropy, into: &begun)
      seeking.knocks.append(knock)
      knockEffects += begun.map { (knock, $0) }
    }
    phase = .seeking(seeking)
    carryOut(knockEffects, now, notary, &effects)
  }

  private mutating func carryOut(
    _ knockEffects: [(Knock, KnockEffect)], _ now: Instant, _ notary: some Notary, _ effects: inout [PeerEffect]
  ) {
    for (knock, effect) in knockEffects {
      switch effect {
      case .send(let datagram, let endpoint): effects.append(.send(datagram, to: endpoint))
      case .admitted(let entry): return enter(entry, knock, now, &effects)
      case .failed(let failure):
        if isCrossing, failure == .notBetter || failure == .rival { return stayHere(failure, &effects) }
        if isCrossing, failure == .noAnswerToNoise1 { remember(refusalBy: knock.session, now) }
        guard case .seeking(var seeking) = phase else { continue }
        seeking.ended(knock, failure, at: now)
        phase = .seeking(seeking)
      case .rejected(let reason): effects.append(.rejected(.admission("knock.\(reason)")))
      }
    }
  }

  /// Founds a session: a charter, its first frame, a world that starts.
  private mutating func found(_ now: Instant, _ notary: some Notary, _ effects: inout [PeerEffect]) {
    let charter = Charter(
      worldName: Machine<W>.worldName, worldVersion: UInt32(truncatingIfNeeded: Machine<W>.worldVersion),
      schema: Machine<W>.schemaFingerprint, machineVersion: 1, limitsHash: MachineLimits.standard.fingerprint,
      policy: options.policy, founder: options.keys.identity, nonce: Bytes32(entropy.bytes(32)))
    let session = charter.session
    let credential = self.credential(for: session)
    let me = Member(id: MemberID(1), incarnation: run.incarnation)
    let entry = RosterEntry(
      id: me.id, ident: credential.ident, standing: .voter, role: .host, name: options.name, addresses: [])
    let facts = Mesh.Facts(
      session: session, me: me, author: author, policy: options.policy, yielding: options.yielding)
    var meshEffects: [MeshEffect] = []
    let mesh = Mesh(
      founding: facts, with: entry, tick: options.tickPeriod, at: now, notary: notary, into: &meshEffects)
    become(member: mesh, of: charter, world: WorldLine(founding: session), credential, .founder, now)
    carryOut(meshEffects, now, notary, &effects)
  }

  func credential(for session: SessionID) -> Credential {
    Credential(keys: options.keys, staticKey: run.staticKey, incarnation: run.incarnation, session: session)
  }

  mutating func become(
    member mesh: Mesh, of charter: Charter, world: WorldLine<W>, _ credential: Credential, _ vouching: Vouching,
    _ now: Instant
  ) {
    let door = Door(charter: charter, credential: credential, password: options.passwordSecret, &entropy)
    membership = Membership(
      charter: charter, mesh: mesh, world: world, door: door,
      pairs: Pairs(session: charter.session, ownStatic: run.staticKey), vouching: vouching, nextBeacon: now,
      told: mesh.agreed)
    phase = .member
  }

  /// Out of the session against its will: back to the doors, as a run of its own; what was not ordered comes along.
  mutating func seekAgain(_ now: Instant, _ effects: inout [PeerEffect]) {
    guard let membership else { return }
    pack(membership.mesh)
    crossing = nil
    self.membership = nil
    seek(Returning(to: membership.mesh.claim, at: now), at: addressesToReturn(membership), now, &effects)
  }

  /// Where the other members of a session are.
  func addressesToReturn(_ membership: Membership<W>) -> [Endpoint] {
    let members = membership.mesh.log.head.roster.entries.filter { $0.author != author }
    return members.compactMap { channels.endpoint(of: $0.author) ?? $0.addresses.first }
  }

  /// Back to the doors of its session, as a new run.
  mutating func seek(
    _ returning: Returning, at addresses: [Endpoint], _ now: Instant, _ effects: inout [PeerEffect]
  ) {
    run = nextRun()
    phase = .seeking(
      Seeking(
        .join, given: addresses + options.given, returning: returning, options: options, at: now, &entropy))
    channels.closeAll()
    probed = nil
    effects.append(.connectProbe(nil))
  }
}
