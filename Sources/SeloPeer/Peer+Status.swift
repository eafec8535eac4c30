package import SeloMesh
package import SeloVM
import SeloWire

// A peer as others may look at it.

extension Peer {
  /// The world at the newest frame received; it may go back to the agreed one.
  package var world: Frozen<W>? { membership?.world.frozen }
  /// The world at the agreed frame.
  package var agreedWorld: Frozen<W>? { membership?.world.agreed.frozen() }
  /// The log at the newest mark that is held here.
  package var newestMark: LogState? { membership?.marks.newest?.state }
  /// What a joiner would be given of it. O(world).
  package var markBytes: [UInt8]? {
    guard let mark = membership?.marks.newest else { return nil }
    return SessionSnapshot(state: mark.state, world: mark.world.snapshot()).bytes
  }
  /// The order this peer takes part in, while it is a member.
  package var mesh: Mesh? { membership?.mesh }
  /// Datagrams that reached this peer through a third member and not before on the direct way.
  package var bridged: UInt64 { channels.bridged }
  /// Where the peer stands, without the details of `status`. O(1).
  package var currentPhase: PeerPhase { announcedPhase ?? .seeking }

  /// Whether a message would find a place: in a membership, behind what earlier ones left over, in the outbox.
  package func hasRoom(for message: [UInt8]) -> Bool {
    guard let mesh = membership?.mesh else { return false }
    return luggage.isEmpty && mesh.outbox.hasRoom(for: message)
  }

  /// Events that the world emitted since the last call.
  package mutating func drainEvents() -> [Event] { membership?.world.drainEvents() ?? [] }

  package var status: PeerStatus {
    var status = PeerStatus(
      phase: currentPhase, session: nil, lineage: nil, isBranch: false, term: nil, reflector: "", isReflector: false,
      me: nil, received: 0, agreed: 0, final: 0, agreedTime: .zero, tickPeriod: .zero, agreedChain: .zero,
      isVouched: false,
      agreedDigest: nil, members: [],
      outbox: 0,
      published: 0)
    guard let membership else { return status }
    describe(membership.mesh, in: &status)
    status.isVouched = membership.vouching.isVouched
    status.agreedDigest = membership.world.agreed.digest()
    return status
  }

  private func describe(_ mesh: Mesh, in status: inout PeerStatus) {
    let reflector = mesh.reflector
    status.members = mesh.roster.entries.map { entry in
      MemberStatus(
        name: entry.name, identity: entry.identity, id: entry.id, standing: entry.standing, role: entry.role,
        isReflector: entry.member == reflector, isMe: entry.author == author,
        roundTrip: mesh.contacts[entry.member]?.roundTrip)
    }
    status.session = mesh.facts.session
    status.lineage = mesh.promise.lineage
    status.isBranch = !mesh.log.head.ancestry.isTrunk
    status.term = mesh.promise.term
    status.reflector = status.members.first(where: \.isReflector)?.name ?? ""
    status.isReflector = mesh.isReflector
    status.me = mesh.facts.me
    status.received = mesh.log.received
    status.agreed = mesh.agreed
    status.final = mesh.final
    status.agreedTime = mesh.log.floor.time
    status.tickPeriod = mesh.tick
    status.agreedChain = mesh.log.floor.chain
    status.outbox = mesh.outbox.count
    status.published = mesh.outbox.last
  }

  /// Tells the application when the phase is another one than before.
  mutating func announcePhase(_ now: Instant, _ effects: inout [PeerEffect]) {
    let phase = phase(at: now)
    guard phase != announcedPhase else { return }
    announcedPhase = phase
    effects.append(.event(.phase(phase)))
  }

  private func phase(at now: Instant) -> PeerPhase {
    switch phase {
    case .seeking, .ended: return .seeking
    case .entering: return .entering
    case .quarantined: return .quarantined
    case .member:
      guard let membership else { return .seeking }
      return phase(of: membership.mesh, at: now)
    }
  }

  private func phase(of mesh: Mesh, at now: Instant) -> PeerPhase {
    guard let since = mesh.stalledSince else { return .member }
    guard mesh.facts.policy == .majority, now.since(since) >= .seconds(1) else { return .electing }
    let missing = mesh.missingVoters(at: now).compactMap { membership?.entry(of: $0)?.name }
    return missing.isEmpty ? .electing : .halted(missing: missing)
  }
}
