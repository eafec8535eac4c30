import SeloCrypto
import SeloMesh
package import SeloVM
package import SeloWire

/// One peer of one session, joined from its three strangers: channels (SeloCrypto), order (SeloMesh), world (SeloVM).
///
/// A value without clock, socket or thread:
///
///     peer.step(.datagram(bytes, from: endpoint), at: now, notary: notary, into: &effects)
///     peer.step(.flush, at: now, notary: notary, into: &effects)       // at the end of a wake-up
///     timer.set(peer.deadline)
///
///     Seeking ──a door opened──> Entering ──snapshot installed──> member ──left, replaced──> ended
///      │ ^  ^                      │                             ^ │ │
///      │ │  └──the admitter died───┘                             │ │ │
///      │ ├──evicted, outvoted────────────────────────────────────┼─┘ │
///      │ └──────────────Quarantined <──its world differs─────────┼───┘
///      └────founded──────────────────────────────────────────────┘
///
/// A member that a host puts out ends like one that left. Whoever is no member ends, too: nobody there, not admitted,
/// denied, or left meanwhile.
package struct Peer<W: World>: ~Copyable {
  package let options: PeerOptions
  var entropy: Entropy
  /// This run as others see it; a return to the session is a run of its own.
  var run: Run
  /// The newest incarnation this process has used, also of a run that came to nothing.
  var newestRun: Incarnation
  var phase: Phase
  var channels = ChannelTable()
  /// The session's order and world, once this peer is a member.
  var membership: Membership<W>?
  /// Own messages of earlier memberships, to be published again where the log lacks them.
  var luggage = Luggage()
  /// The way into a better lineage, while this peer still is a member of its own.
  var crossing: Crossing?
  /// Whether the crossing acts just now.
  var isCrossing = false
  /// The session has put this peer out, as a better lineage than this one says.
  var isOut = false
  /// This peer has no term, and a reflector of its session has been found that can let it in again.
  var isMissed = false
  /// When it began to look for one; nil while it has a term.
  var lookedOut: Instant?
  var encounters: [Encounter] = []
  /// Effects of the mesh on their way out; kept to reuse its storage.
  var scratch: [MeshEffect] = []
  var announcedPhase: PeerPhase?
  var probed: Endpoint?

  /// What a process is to a session during one membership.
  struct Run {
    let incarnation: Incarnation
    let staticKey: KeyPair
  }

  enum Phase {
    case seeking(Seeking)
    case entering(Entering)
    case member
    case quarantined(Quarantine<W>)
    case ended(EndReason)
  }

  package init(_ options: PeerOptions, at now: Instant) {
    self.options = options
    entropy = Entropy(seed: options.entropy)
    newestRun = options.incarnation
    run = Run(incarnation: newestRun, staticKey: KeyPair(from: &entropy))
    phase = .seeking(Seeking(options.purpose, given: options.given, options: options, at: now, &entropy))
  }

  /// The one door.
  package mutating func step(
    _ input: PeerInput, at now: Instant, notary: some Notary, into effects: inout [PeerEffect]
  ) {
    if case .ended = phase { return }
    switch input {
    case .datagram(let datagram, let source): receive(datagram, from: source, now, notary, &effects)
    case .refused(let endpoint): receiveRefusal(endpoint, now, notary, &effects)
    case .publish(let message): publish(message, now, notary, &effects)
    case .verified(let verification, let valid): receiveVerified(verification, valid, now, notary, &effects)
    case .leave: leave(now, notary, &effects)
    case .stepDown: stepMesh(.stepDown, now, notary, &effects)
    case .adopt: stepMesh(.adopt, now, notary, &effects)
    case .decide(let decision): stepMesh(.decide(decision), now, notary, &effects)
    case .wake: stepMesh(.wake, now, notary, &effects)
    case .flush: stepMesh(.flush, now, notary, &effects)
    }
    wake(now, notary, &effects)
    announcePhase(now, &effects)
  }

  /// When the peer wants to be stepped next, if nothing happens before.
  package var deadline: Instant? {
    switch phase {
    case .seeking(let seeking): seeking.deadline
    case .entering(let entering): entering.deadline
    case .member: .earliest(.earliest(membership?.deadline, channels.deadline), crossing?.deadline)
    case .quarantined(let quarantine): quarantine.inquest.deadline
    case .ended: nil
    }
  }

  /// Everything that is due besides the mesh's own.
  private mutating func wake(_ now: Instant, _ notary: some Notary, _ effects: inout [PeerEffect]) {
    switch phase {
    case .seeking: wakeSeeking(now, notary, &effects)
    case .entering: wakeEntering(now, notary, &effects)
    case .member: wakeMember(now, notary, &effects)
    case .quarantined: wakeQuarantined(now, &effects)
    case .ended: break
    }
  }

  /// Datagrams by their first byte: strangers' kinds to the doors, sealed ones to their channel.
  private mutating func receive(
    _ datagram: [UInt8], from source: Endpoint, _ now: Instant, _ notary: some Notary, _ effects: inout [PeerEffect]
  ) {
    // Probes are empty: whether the port is closed is told by the system, not by us.
    if datagram.isEmpty { return }
    guard datagram.count <= Limits.datagramBytes, let kind = DatagramKind(of: datagram) else {
      return effects.append(.rejected(.malformed))
    }
    switch kind {
    case .sealed: receiveSealed(datagram, now, notary, &effects)
    case .query, .beacon, .hello, .cookie, .exchange, .exchanged, .noise1, .noise2, .noise3, .pair1, .pair2:
      receiveOpen(kind, datagram, from: source, now, notary, &effects)
    }
  }

  private mutating func receiveSealed(
    _ datagram: [UInt8], _ now: Instant, _ notary: some Notary, _ effects: inout [PeerEffect]
  ) {
    do throws(PeerRejection) {
      let (author, bytes) = try channels.open(datagram, at: now)
      // An empty packet only confirms its channel.
      guard let bytes, !bytes.isEmpty else { return }
      let packet: Packet
      do throws(DecodeError) { packet = try Packet(decoding: bytes, notary: notary) } catch { throw .badPacket }
      switch phase {
      case .entering: receiveEntering(packet, from: author, now, notary, &effects)
      case .member: receive(packet, from: author, now, notary, &effects)
      case .quarantined: receiveQuarantined(packet, from: author, now, &effects)
      case .seeking, .ended: throw .untimely
      }
    } catch {
      if error == .unknownChannel, crossing != nil, !isCrossing {
        return cross { $0.receiveSealed(datagram, now, notary, &effects) }
      }
      effects.append(.rejected(error))
    }
  }

  /// Sends a packet on the channel to `author`, if one is open.
  mutating func send(_ packet: Packet, to author: Author, _ effects: inout [PeerEffect]) {
    guard let sealed = channels.seal(packet.encoded, to: author) else { return }
    for datagram in sealed.datagrams { effects.append(.send(datagram, to: sealed.endpoint)) }
  }

  mutating func end(_ reason: EndReason, _ effects: inout [PeerEffect]) {
    // A way that leads nowhere ends; the membership does not.
    if isCrossing, crossing != nil {
      phase = .ended(reason)
      return
    }
    crossing = nil
    phase = .ended(reason)
    membership = nil
    channels.closeAll()
    effects.append(.connectProbe(nil))
    effects.append(.event(.ended(reason)))
  }
}
