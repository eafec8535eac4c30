import SeloCrypto
import SeloMesh
import SeloVM
import SeloWire

// What members say on their channels, and which signatures must be good before the mesh may hear it.

extension Peer {
  mutating func receive(
    _ packet: Packet, from author: Author, _ now: Instant, _ notary: some Notary, _ effects: inout [PeerEffect]
  ) {
    guard let member = membership?.member(of: author) else { return answerStranger(packet, author, &effects) }
    if membership?.guests.isEmpty == false { membership?.guests.removeAll { $0.entry.author == author } }
    switch packet {
    case .frames(let reign, let frames): prove(frames, of: reign, from: member, now, notary, &effects)
    case .envelopes(let reign, let envelopes): prove(envelopes, for: reign, from: member, now, notary, &effects)
    case .relay(let target, let datagram): passOn(datagram, to: target, from: member, now, &effects)
    case .relayed(let origin, let endpoint, let datagram):
      receiveRelayed(datagram, of: origin, at: endpoint, through: member, now, notary, &effects)
    case .unheard(let third): receiveUnheard(through: third, from: author, now, &effects)
    case .snapshotWanted(let begun): offerSnapshot(to: author, begun: begun, now, notary, &effects)
    case .chunksWanted(let sequence, let first, let mask):
      guard let chunks = membership?.marks.chunks(first, mask, at: sequence, for: author, at: now) else {
        // That mark is gone: here is another.
        return offerSnapshot(to: author, begun: 0, now, notary, &effects)
      }
      for chunk in chunks { send(chunk, to: author, &effects) }
    case .statementWanted(let sequence, let nonce):
      membership?.marks.finish(author)
      giveStatement(on: sequence, nonce, to: author, now, notary, &effects)
    case .statement(let statement): takeStatement(statement, from: member, now, notary, &effects)
    case .admit(let entry):
      // A member's word for a guest is not the guest's: nobody takes another's place with a run that it made up.
      guard let session = membership?.mesh.facts.session, entry.ident.isGenuine(in: session) else {
        return effects.append(.rejected(.badSignature))
      }
      stepMesh(.packet(packet, from: member), now, notary, &effects)
    case .repair:
      membership?.marks.finish(author)
      stepMesh(.packet(packet, from: member), now, notary, &effects)
    case .ack, .progress, .suspect, .joinTerm, .term, .fenced, .fetch, .staged, .hail, .evidence, .leave, .kick, .tick,
      .removed:
      stepMesh(.packet(packet, from: member), now, notary, &effects)
    case .question, .answer: receiveInquest(packet, from: author, now, &effects)
    case .welcome, .deny, .snapshotOffer, .chunk: effects.append(.rejected(.mesh(.unexpected)))
    }
  }

  /// One who is on no roster: a guest whose roster frame is still to come, or a former member, who is told. Not in
  /// answer to the same word: two lineages without a common member would tell each other so for ever.
  private mutating func answerStranger(_ packet: Packet, _ author: Author, _ effects: inout [PeerEffect]) {
    effects.append(.rejected(.mesh(.notMember)))
    if case .removed = packet { return }
    guard let mesh = membership?.mesh, membership?.guests.contains(where: { $0.entry.author == author }) == false
    else { return }
    send(.removed(mesh.promise.lineage, sequence: mesh.agreed), to: author, &effects)
  }

  /// Frames must be signed by the reflector of the reign they name, envelopes in them by their authors. Frames that
  /// are held already need no second check.
  private mutating func prove(
    _ frames: [SignedFrame], of reign: Reign, from member: Member, _ now: Instant, _ notary: some Notary,
    _ effects: inout [PeerEffect]
  ) {
    // A reign that was handed over out of sight of this peer is its sender's, as far as can be told: its frames are not
    // taken, but they show that the session goes on.
    let reflector = membership?.mesh.reflector(of: reign) ?? member
    guard let signer = membership?.entry(of: reflector)?.identity else {
      return effects.append(.rejected(.unknownSigner))
    }
    var claims: [Proofs.Claim] = []
    for frame in frames where membership?.mesh.log[frame.sequence]?.hash != frame.hash {
      claims.append(Proofs.Claim(frame, by: signer))
      if case .messages(let envelopes) = frame.frame.body { claims += envelopes.map { Proofs.Claim($0) } }
    }
    let input = MeshInput.frames(reign, frames.map { Proven(checked: $0) }, from: member)
    verify(claims, then: input, now, notary, &effects)
  }

  /// Envelopes must be signed by their authors. What is ordered or waits for it already needs no check: a slow
  /// reflector gets many copies.
  private mutating func prove(
    _ envelopes: [SignedEnvelope], for reign: Reign, from member: Member, _ now: Instant, _ notary: some Notary,
    _ effects: inout [PeerEffect]
  ) {
    let fresh = envelopes.filter { membership?.mesh.hasTaken($0) == false }
    for _ in fresh.count..<envelopes.count { effects.append(.rejected(.mesh(.duplicateEnvelope))) }
    let input = MeshInput.envelopes(reign, fresh.map { Proven(checked: $0) }, from: member)
    verify(fresh.map { Proofs.Claim($0) }, then: input, now, notary, &effects)
  }

  private mutating func verify(
    _ claims: [Proofs.Claim], then input: MeshInput, _ now: Instant, _ notary: some Notary,
    _ effects: inout [PeerEffect]
  ) {
    if claims.isEmpty { return stepMesh(input, now, notary, &effects) }
    // Not the charter's, which is hashed anew each time it is asked for.
    guard let session = membership?.mesh.facts.session else { return }
    guard let checks = membership?.proofs.hold(input, claims: claims, session: session) else {
      return effects.append(.rejected(.overloaded))
    }
    for check in checks { effects.append(.verify(check)) }
  }

  mutating func receiveVerified(
    _ verification: Verification, _ valid: Bool, _ now: Instant, _ notary: some Notary,
    _ effects: inout [PeerEffect]
  ) {
    if !valid { effects.append(.rejected(.badSignature)) }
    guard let input = membership?.proofs.answer(verification.ticket, valid: valid) else { return }
    stepMesh(input, now, notary, &effects)
  }

  private mutating func offerSnapshot(
    to author: Author, begun: UInt64, _ now: Instant, _ notary: some Notary, _ effects: inout [PeerEffect]
  ) {
    guard let mesh = membership?.mesh else { return }
    let offer = membership?.marks.offer(to: author, begun: begun, in: mesh, at: now, notary: notary)
    if let offer { send(.snapshotOffer(offer, giver: mesh.facts.me.id), to: author, &effects) }
  }
}
