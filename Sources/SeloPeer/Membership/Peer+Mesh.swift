import SeloCrypto
import SeloMesh
import SeloVM
import SeloWire

// One step of the mesh, and what its effects mean for channels, world and application.

extension Peer {
  mutating func stepMesh(
    _ input: MeshInput, _ now: Instant, _ notary: some Notary, _ effects: inout [PeerEffect]
  ) {
    guard membership != nil else { return }
    var meshEffects: [MeshEffect] = []
    swap(&meshEffects, &scratch)
    membership?.mesh.step(input, at: now, notary: notary, into: &meshEffects)
    carryOut(meshEffects, now, notary, &effects)
    meshEffects.removeAll(keepingCapacity: true)
    swap(&meshEffects, &scratch)
  }

  mutating func carryOut(
    _ meshEffects: [MeshEffect], _ now: Instant, _ notary: some Notary, _ effects: inout [PeerEffect]
  ) {
    var last: (packet: Packet, bytes: [UInt8])?
    var vote: DigestVote?
    var judgement: Judgement?
    for effect in meshEffects {
      switch effect {
      case .send(let packet, let member):
        guard let author = membership?.author(of: member) else { continue }
        // The same packet goes to many: it is encoded once.
        let bytes = last.flatMap { $0.packet == packet ? $0.bytes : nil } ?? packet.encoded
        last = (packet, bytes)
        speak(bytes, to: author, now, &effects)
      case .deliver(let frame, let presence): membership?.world.deliver(frame.frame, presence)
      case .rollBack(let sequence):
        let from = membership?.world.received ?? sequence
        membership?.world.rollBack(to: sequence)
        effects.append(.event(.rolledBack(from: from, to: sequence)))
      case .digestWanted(let sequence):
        vote = membership?.world.checkpoint(at: sequence).map { DigestVote(sequence: sequence, digest: $0) }
      case .diverged(let own, let others, let members):
        judgement = Judgement(own: own, others: others, against: members)
      case .evidence(let one, let other):
        effects.append(.event(.equivocation(sequence: one.sequence, one.bytes, other.bytes)))
      case .undecided(let sequence, let votes): lookInto(sequence, votes, now, &effects)
      case .marked(let state):
        if let world = membership?.world.fork(at: state.sequence) { membership?.marks.keep(state, world) }
      case .agreed(let sequence):
        membership?.world.settle(to: sequence)
        tellAgreed(to: sequence, &effects)
      case .roster(let roster):
        noticeRoster(now, &effects)
        effects.append(.event(.roster(version: roster.version)))
      case .reign(let reign, let normal): noticeReign(reign, normal: normal, &effects)
      case .probe(let member): probe(member, &effects)
      case .published(let sequence): effects.append(.published(sequence))
      case .backPressure: effects.append(.notPublished(.backPressure))
      case .branched(let sequence): effects.append(.event(.branched(sequence: sequence)))
      case .detached(let reason): return noticeDetached(reason, judgement, now, &effects)
      case .rejected(let rejection, _): effects.append(.rejected(.mesh(rejection)))
      }
    }
    if let vote { stepMesh(.vote(vote), now, notary, &effects) }
  }

  /// Channels follow the rosters in the log.
  mutating func noticeRoster(_ now: Instant, _ effects: inout [PeerEffect]) {
    let authors = membership?.mesh.log.head.rosters.flatMap(\.roster.entries).map(\.author) ?? []
    channels.keep(authors, at: now)
    connect(now, &effects)
  }

  private mutating func tellAgreed(to sequence: UInt64, _ effects: inout [PeerEffect]) {
    guard let membership else { return }
    let log = membership.mesh.log
    var next = membership.told + 1
    while next <= sequence {
      if let frame = log[next]?.frame, case .messages(let envelopes) = frame.body {
        for envelope in envelopes.map(\.envelope) {
          let count = UInt32(truncatingIfNeeded: envelope.messages.count)
          effects.append(
            .event(.ordered(sequence: next, author: envelope.author, first: envelope.first, count: count)))
        }
      }
      next += 1
    }
    self.membership?.told = max(membership.told, sequence)
    effects.append(.event(.advanced(received: log.received, agreed: sequence, time: log.floor.time)))
  }

  private mutating func noticeReign(_ reign: Reign, normal: Bool, _ effects: inout [PeerEffect]) {
    let reflector = membership?.mesh.reflector(of: reign)
    guard normal, let entry = reflector.flatMap({ membership?.entry(of: $0) }) else { return }
    effects.append(.event(.reflector(reign.term, name: entry.name)))
    let endpoint = entry.author == author ? nil : endpoint(of: entry)
    if endpoint != probed {
      probed = endpoint
      effects.append(.connectProbe(endpoint))
    }
  }

  private mutating func probe(_ member: Member, _ effects: inout [PeerEffect]) {
    guard let entry = membership?.entry(of: member), let endpoint = endpoint(of: entry) else { return }
    if endpoint != probed {
      probed = endpoint
      effects.append(.connectProbe(endpoint))
    }
    effects.append(.probe)
  }

  private func endpoint(of entry: RosterEntry) -> Endpoint? {
    channels.endpoint(of: entry.author) ?? entry.addresses.first
  }

  mutating func receiveRefusal(
    _ endpoint: Endpoint, _ now: Instant, _ notary: some Notary, _ effects: inout [PeerEffect]
  ) {
    guard endpoint == probed, let mesh = membership?.mesh else { return }
    let closed = mesh.contacts.all.map(\.member).first { member in
      membership?.entry(of: member).flatMap { self.endpoint(of: $0) } == endpoint
    }
    if let closed { stepMesh(.refused(closed), now, notary, &effects) }
  }

  var author: Author { Author(identity: options.keys.identity, incarnation: run.incarnation) }

  // Publishing and leaving

  mutating func publish(
    _ message: [UInt8], _ now: Instant, _ notary: some Notary, _ effects: inout [PeerEffect]
  ) {
    guard message.count <= Limits.messageBytes else {
      return effects.append(.notPublished(.tooLarge(bytes: message.count)))
    }
    guard membership != nil else { return effects.append(.notPublished(.notMember)) }
    // What was said before goes before.
    guard luggage.isEmpty else { return effects.append(.notPublished(.backPressure)) }
    guard let decoded = try? W.Message(encoded: message), W.accepts(decoded, from: author.identity.peerID) else {
      return effects.append(.notPublished(.notAccepted))
    }
    stepMesh(.publish(message), now, notary, &effects)
  }

  mutating func leave(_ now: Instant, _ notary: some Notary, _ effects: inout [PeerEffect]) {
    if membership == nil { return end(.left, &effects) }
    stepMesh(.leave, now, notary, &effects)
  }

  private mutating func noticeDetached(
    _ reason: Detachment, _ judgement: Judgement?, _ now: Instant, _ effects: inout [PeerEffect]
  ) {
    switch reason {
    case .left: end(.left, &effects)
    case .replaced: end(.replaced, &effects)
    case .kicked: end(.kicked, &effects)
    case .evicted, .outvoted: seekAgain(now, &effects)
    case .diverged:
      if let judgement { quarantine(judgement, now, &effects) } else { seekAgain(now, &effects) }
    }
  }
}
