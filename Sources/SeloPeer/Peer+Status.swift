package import SeloMesh
package import SeloVM
import SeloWire

// A peer as others may look at it.

extension Peer {
  /// The world at the newest frame received; it may go back to the agreed one.
  package var world: Frozen<W>? { membership?.world.frozen }
  /// The world at the agreed frame.
  package var agreedWorld: Frozen<W>? { membership?.world.agreed.frozen() }
  /// The order this peer takes part in, while it is a member.
  package var mesh: Mesh? { membership?.mesh }
  /// Where the peer stands, without the details of `status`. O(1).
  package var currentPhase: PeerPhase { announcedPhase ?? .seeking }

  /// Events that the world emitted since the last call.
  package mutating func drainEvents() -> [Event] { membership?.world.drainEvents() ?? [] }

  package var status: PeerStatus {
    let mesh = membership?.mesh
    let reflector = mesh?.reflector
    let members = mesh?.roster.entries.map { entry in
      MemberStatus(
        name: entry.name, identity: entry.identity, id: entry.id, standing: entry.standing, role: entry.role,
        isReflector: entry.member == reflector, isMe: entry.author == author,
        roundTrip: mesh?.contacts[entry.member]?.roundTrip)
    }
    return PeerStatus(
      phase: currentPhase, session: mesh?.facts.session, lineage: mesh?.promise.lineage, term: mesh?.promise.term,
      reflector: members?.first(where: \.isReflector)?.name ?? "", isReflector: mesh?.isReflector ?? false,
      me: mesh?.facts.me, received: mesh?.log.received ?? 0, agreed: mesh?.agreed ?? 0, final: mesh?.final ?? 0,
      agreedTime: mesh?.log.floor.time ?? .zero, agreedChain: mesh?.log.floor.chain ?? .zero,
      agreedDigest: membership?.world.agreed.digest(), members: members ?? [], outbox: mesh?.outbox.count ?? 0,
      published: mesh?.outbox.last ?? 0)
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
    case .member:
      guard membership != nil else { return .seeking }
      guard let since = membership?.mesh.stalledSince, let mesh = membership?.mesh else { return .member }
      guard mesh.facts.policy == .majority, now.since(since) >= .seconds(1) else { return .electing }
      let missing = mesh.missingVoters(at: now).compactMap { membership?.entry(of: $0)?.name }
      return missing.isEmpty ? .electing : .halted(missing: missing)
    }
  }
}
