import SeloCrypto
import SeloMesh
import SeloVM
import SeloWire

// Worlds that differ (PROTOCOL section 7, "Divergence"): evidence is gathered, named, and told.

extension Peer {
  /// What a verdict said against this peer.
  struct Judgement {
    let own: DigestVote
    let others: DigestVote
    let against: [MemberID]
  }

  /// This world is not what the others computed: it is shown no more, and before this peer returns it asks one of them
  /// in what the two differ.
  mutating func quarantine(_ judgement: Judgement, _ now: Instant, _ effects: inout [PeerEffect]) {
    guard let membership else { return }
    let others = others(of: membership, at: judgement.own.sequence) { entry in
      judgement.against.contains(entry.id) ? nil : judgement.others.digest
    }
    let inquest = inquest(membership, judgement.own, judgement.others.digest, others, isOut: true, now)
    let quarantine = Quarantine(
      inquest: inquest, claim: membership.mesh.claim, addresses: addressesToReturn(membership))
    pack(membership.mesh)
    crossing = nil
    self.membership = nil
    phase = .quarantined(quarantine)
    probed = nil
    effects.append(.connectProbe(nil))
    wakeQuarantined(now, &effects)
  }

  mutating func wakeQuarantined(_ now: Instant, _ effects: inout [PeerEffect]) {
    guard case .quarantined(var quarantine) = phase else { return }
    let due = quarantine.inquest.question(at: now)
    phase = .quarantined(quarantine)
    if let due { send(due.packet, to: due.to, &effects) }
    guard quarantine.inquest.isOver(at: now) else { return }
    effects.append(.event(.diverged(quarantine.inquest.evidence)))
    seek(Returning(to: quarantine.claim, at: now), at: quarantine.addresses, now, &effects)
  }

  /// The others talk to a member; what counts is what they answer.
  mutating func receiveQuarantined(
    _ packet: Packet, from author: Author, _ now: Instant, _ effects: inout [PeerEffect]
  ) {
    guard case .quarantined(var quarantine) = phase else { return }
    guard case .answer(let name, let index, let count, let bytes) = packet else { return }
    quarantine.inquest.take(name, index, of: count, bytes, from: author, at: now)
    phase = .quarantined(quarantine)
    wakeQuarantined(now, &effects)
  }

  // Nobody can tell who is right

  /// The voters' worlds differ, and none has more than half of them: this peer compares its own with one of those that
  /// are not the same. While they go on differing it does so now and then.
  mutating func lookInto(
    _ sequence: UInt64, _ votes: [MemberVote], _ now: Instant, _ effects: inout [PeerEffect]
  ) {
    guard let membership, membership.inquest == nil, now >= membership.nextInquest else { return }
    let checkpoint = membership.world.checkpoints.first { $0.sequence == sequence }
    let known = votes.first { $0.id == membership.mesh.facts.me.id }?.digest
    let own = checkpoint?.digest ?? known ?? .zero
    let others = others(of: membership, at: sequence) { entry in
      votes.first { $0.id == entry.id && $0.digest != own }?.digest
    }
    guard let other = others.first?.digest ?? votes.first(where: { $0.digest != own })?.digest else { return }
    let vote = DigestVote(sequence: sequence, digest: own)
    let inquest = inquest(membership, vote, other, others, isOut: false, now)
    self.membership?.nextInquest = now + Limits.inquestSpacing
    self.membership?.inquest = inquest
    wakeInquest(now, &effects)
  }

  mutating func wakeInquest(_ now: Instant, _ effects: inout [PeerEffect]) {
    guard let due = membership?.inquest?.question(at: now) else { return tellInquest(now, &effects) }
    send(due.packet, to: due.to, &effects)
    tellInquest(now, &effects)
  }

  private mutating func tellInquest(_ now: Instant, _ effects: inout [PeerEffect]) {
    guard let inquest = membership?.inquest, inquest.isOver(at: now) else { return }
    membership?.inquest = nil
    effects.append(.event(.worldsDiffer(inquest.evidence)))
  }

  /// Questions of other members, and their answers to ours.
  mutating func receiveInquest(
    _ packet: Packet, from author: Author, _ now: Instant, _ effects: inout [PeerEffect]
  ) {
    switch packet {
    case .question(let name, let bytes, let mask):
      let world = membership?.world.checkpoints.first { $0.sequence == name.sequence }?.frozen
      guard let pieces = try? membership?.answers.pieces(name, bytes, mask, in: world, at: now) else {
        return effects.append(.rejected(.badPacket))
      }
      for piece in pieces { send(piece, to: author, &effects) }
    case .answer(let name, let index, let count, let bytes):
      membership?.inquest?.take(name, index, of: count, bytes, from: author, at: now)
      wakeInquest(now, &effects)
    default: effects.append(.rejected(.mesh(.unexpected)))
    }
  }

  // Evidence

  /// A peer that is out has the time to write its worlds down however large they are; one that goes on, perhaps as the
  /// reflector, has not.
  private func inquest(
    _ membership: Membership<W>, _ own: DigestVote, _ other: Bytes16, _ others: [Inquest<W>.Other], isOut: Bool,
    _ now: Instant
  ) -> Inquest<W> {
    let checkpoints = membership.world.checkpoints
    let checkpoint = checkpoints.first { $0.sequence == own.sequence }
    let before = checkpoints.last { $0.sequence < own.sequence }
    let log = membership.mesh.log
    func snapshot(_ world: Frozen<W>) -> [UInt8] { isOut || world.canBeLookedThrough ? world.snapshot() : [] }
    let world = snapshot(checkpoint?.frozen ?? membership.world.agreed.frozen())
    let evidence = Evidence(
      sequence: own.sequence, own: own.digest, other: other,
      snapshot: SessionSnapshot(state: log.floor, world: world).bytes,
      before: before.map { Evidence.Moment(sequence: $0.sequence, world: snapshot($0.frozen)) },
      frames: log.last(upTo: own.sequence, above: before?.sequence ?? 0))
    return Inquest(evidence, mine: checkpoint?.frozen, others: others, at: now)
  }

  /// The members that can be asked, the reflector first, as far as their digest is known.
  private func others(
    of membership: Membership<W>, at sequence: UInt64, digest: (RosterEntry) -> Bytes16?
  ) -> [Inquest<W>.Other] {
    let entries = membership.mesh.roster.entries.filter { $0.author != author && $0.standing >= .observer }
    let reflector = membership.mesh.reflector
    let ordered = entries.filter { $0.member == reflector } + entries.filter { $0.member != reflector }
    return ordered.compactMap { entry in
      digest(entry).map { Inquest<W>.Other(author: entry.author, name: entry.name, digest: $0) }
    }
  }
}

extension FrameLog {
  /// The bytes of the frames above `known` and up to `sequence`, the newest when they are too many.
  fileprivate func last(upTo sequence: UInt64, above known: UInt64) -> [[UInt8]] {
    var frames: [[UInt8]] = []
    var size = 0
    var next = sequence
    while next > known, let frame = self[next], frames.count < Limits.evidenceFrames {
      size += frame.bytes.count
      if size > Limits.evidenceBytes { break }
      frames.append(frame.bytes)
      next -= 1
    }
    return frames.reversed()
  }
}
