import SeloCrypto
import SeloMesh
import SeloVM
import SeloWire

// Around a link that carries nothing (PROTOCOL section 5, "Relay"): a copy of each sealed datagram goes through a third
// member, who can neither read nor change it. One hop: what was passed on is never passed on again.

extension Peer {
  /// A packet of the mesh: on the direct way always, through a third while the other hears nothing on the direct way.
  mutating func speak(_ packet: [UInt8], to author: Author, _ now: Instant, _ effects: inout [PeerEffect]) {
    guard let tick = membership?.mesh.slowestTick,
      let said = channels.speak(packet, to: author, at: now, tick: tick)
    else { return }
    for datagram in said.datagrams { effects.append(.send(datagram, to: said.endpoint)) }
    if let detour = said.speech.detour { detourTo(author, said.datagrams, by: detour, now, &effects) }
    if said.speech.saysUnheard { sayUnheard(to: author, now, tick, &effects) }
  }

  /// Tells a member that nothing of it comes on the direct way.
  private mutating func sayUnheard(
    to author: Author, _ now: Instant, _ tick: Delay, _ effects: inout [PeerEffect]
  ) {
    let ways = channels.path(to: author) { path in
      (third: path.bridge(at: now, tick: tick), detour: path.detourOfUnheard(at: now))
    }
    guard let ways, let sealed = channels.seal(Packet.unheard(through: ways.third).encoded, to: author) else { return }
    for datagram in sealed.datagrams { effects.append(.send(datagram, to: sealed.endpoint)) }
    detourTo(author, sealed.datagrams, by: ways.detour, now, &effects)
  }

  /// Hands copies to a third.
  mutating func detourTo(
    _ author: Author, _ datagrams: [[UInt8]], by detour: Path.Detour, _ now: Instant, _ effects: inout [PeerEffect]
  ) {
    guard let member = membership?.member(of: author), let third = third(detour, toward: author, at: now) else {
      return
    }
    for datagram in datagrams { send(.relay(to: member, datagram), to: third, &effects) }
  }

  /// Who passes on: the one that the other named, else somebody who was heard on the direct way, each time another.
  private func third(_ detour: Path.Detour, toward author: Author, at now: Instant) -> Author? {
    switch detour {
    case .through(let member):
      return membership?.entry(of: member).flatMap { channels.isOpen(to: $0.author) ? $0.author : nil }
    case .inTurn(let turn):
      let thirds = channels.thirds(besides: author, at: now)
      return thirds.isEmpty ? nil : thirds[turn % thirds.count]
    }
  }

  // What is heard of it

  /// The answer goes every way at once: it tells the other which of them carry something.
  mutating func receiveUnheard(
    through third: Member?, from author: Author, _ now: Instant, _ effects: inout [PeerEffect]
  ) {
    _ = channels.path(to: author) { $0.hearUnheard(through: third, at: now) }
    speak([], to: author, now, &effects)
  }

  /// A member asks to pass a datagram on.
  mutating func passOn(
    _ datagram: [UInt8], to target: Member, from origin: Member, _ now: Instant, _ effects: inout [PeerEffect]
  ) {
    do throws(RelayRejection) {
      guard let author = membership?.entry(of: origin)?.author, let other = membership?.entry(of: target)?.author,
        other != author, other != self.author
      else { throw .notMember }
      guard Self.isRelayable(datagram) else { throw .notRelayable }
      guard channels.isOpen(to: other), let place = channels.endpoint(of: author) else { throw .unreachable }
      guard channels.admitsRelay(of: author, at: now) else { throw .tooOften }
      send(.relayed(from: origin, at: place, datagram), to: other, &effects)
    } catch { effects.append(.rejected(.relay(error))) }
  }

  /// A datagram that came through a third: it counts by the channel that it opens on, never by who passed it on.
  mutating func receiveRelayed(
    _ datagram: [UInt8], of origin: Member, at endpoint: Endpoint, through third: Member, _ now: Instant,
    _ notary: some Notary, _ effects: inout [PeerEffect]
  ) {
    guard let entry = membership?.entry(of: origin), entry.author != author, origin != third else {
      return effects.append(.rejected(.relay(.notMember)))
    }
    // Where a member is, its roster entry says. Nobody has seen a founder when it writes its own.
    let place = entry.addresses.first ?? endpoint
    switch DatagramKind(of: datagram) {
    case .sealed: openRelayed(datagram, of: entry.author, through: third, now, notary, &effects)
    case .pair1: receivePair(.pair1, datagram, of: entry.author, at: place, through: third, now, notary, &effects)
    case .pair2: receivePair(.pair2, datagram, of: entry.author, at: place, through: third, now, notary, &effects)
    case .query, .beacon, .hello, .cookie, .exchange, .exchanged, .noise1, .noise2, .noise3, nil:
      effects.append(.rejected(.relay(.notRelayable)))
    }
  }

  private mutating func openRelayed(
    _ datagram: [UInt8], of author: Author, through third: Member, _ now: Instant, _ notary: some Notary,
    _ effects: inout [PeerEffect]
  ) {
    do throws(PeerRejection) {
      guard let tick = membership?.mesh.slowestTick, channels.author(of: datagram) == author else {
        throw .relay(.otherSender)
      }
      guard let bytes = try channels.open(datagram, through: third, at: now, tick: tick).packet, !bytes.isEmpty else {
        return
      }
      let packet: Packet
      do throws(DecodeError) { packet = try Packet(decoding: bytes, notary: notary) } catch { throw .badPacket }
      switch packet {
      case .relay, .relayed: throw .relay(.nested)
      default: receive(packet, from: author, now, notary, &effects)
      }
    } catch { effects.append(.rejected(error)) }
  }

  /// What members say to each other: on their channels, and to open them.
  private static func isRelayable(_ datagram: [UInt8]) -> Bool {
    switch DatagramKind(of: datagram) {
    case .sealed, .pair1, .pair2: true
    case .query, .beacon, .hello, .cookie, .exchange, .exchanged, .noise1, .noise2, .noise3, nil: false
    }
  }
}
