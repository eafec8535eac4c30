import SeloMesh
import SeloWire

/// What a member may say that is not so. Each is packets on its own channels, under its own signature.
///
/// A lie that costs more than trouble is not among them: one voter that acknowledges what it does not hold makes frames
/// agreed that no quorum holds, and no rule prevents that (docs/SECURITY.md).
enum Lie: String, CaseIterable {
  /// A term of its own that nobody promised.
  case falseTerm = "false_term"
  /// A promise in somebody else's name.
  case foreignPromise = "foreign_promise"
  /// A promise of its own to the highest number there is, and a word about it.
  case highNumber = "high_number"
  /// A promise of its own to the next term, while the present one goes on.
  case eagerPromise = "eager_promise"
  /// Two frames of the reign that it signed itself.
  case falseEvidence = "false_evidence"
  /// Frames of the reign that it made itself: with a time that jumps, an author that is none, a roster without the
  /// victim.
  case falseFrame = "false_frame"
  /// Bytes that are no packet.
  case garbage
  /// Frames and words of long ago.
  case replay
  /// Requests without end.
  case flood
  /// A digest that nobody computed.
  case falseDigest = "false_digest"
  /// "You are on no roster any more."
  case falseRemoval = "false_removal"
  /// "The reflector is silent."
  case falseSuspicion = "false_suspicion"
  /// A newer run of somebody else wants in.
  case forgedEntry = "forged_entry"
  /// A message in somebody else's name.
  case foreignEnvelope = "foreign_envelope"
  /// Two signed frames for one place, as the reflector.
  case twoFrames = "two_frames"

  /// Whether it signs frames of the reign it is in. From one who reflects that reign they are second frames, and no
  /// forgeries.
  var signsFrames: Bool { [.falseEvidence, .falseFrame, .twoFrames].contains(self) }
}

/// One who lies, with what it knows: its own order, whom it talks to, and how it signs.
struct Liar<W: Voice> {
  let mesh: Mesh
  let voice: W
  /// Whom this lie is about.
  let victim: RosterEntry

  private var head: LogState { mesh.log.head }
  private var session: SessionID { mesh.facts.session }
  private var me: Member { mesh.facts.me }
  private var next: Reign {
    Reign(
      lineage: mesh.promise.lineage,
      term: Term(number: mesh.promise.term.number + 1, elected: me, handover: 0))
  }

  /// The packets of a lie; of garbage there are none.
  func words(_ lie: Lie, _ chance: inout Chance) -> [Packet] {
    switch lie {
    case .falseTerm: [.term(falseTerm)]
    case .foreignPromise: [.joinTerm(promise(next, by: victim.member))]
    case .highNumber: [.joinTerm(promise(highest, by: me)), .fenced(highest)]
    case .eagerPromise: [.joinTerm(promise(next, by: me))]
    case .falseEvidence:
      [
        .evidence(
          signed(.idle, in: mesh.currentReign),
          signed(.handover(successor: me), in: mesh.currentReign))
      ]
    case .falseFrame: falseFrames.map { .frames(mesh.currentReign, [$0]) }
    case .garbage: []
    case .replay: replay
    case .flood: flood
    case .falseDigest: falseDigest(&chance)
    case .falseRemoval: [.removed(mesh.promise.lineage, sequence: mesh.agreed + 1_000)]
    case .falseSuspicion: [.suspect(mesh.currentReign, received: head.sequence, .silence)]
    case .forgedEntry: [.admit(forgedEntry)]
    case .foreignEnvelope: [.envelopes(mesh.currentReign, [foreignEnvelope])]
    case .twoFrames: [.frames(mesh.currentReign, [secondFrame])]
    }
  }

  /// Another frame for the place that this reflector stamps next.
  var secondFrame: SignedFrame { signed(.idle, in: mesh.currentReign) }

  private func signed(_ body: Frame.Body, in reign: Reign, advance: Delay = .zero) -> SignedFrame {
    voice.signed(
      Frame(
        reign: reign, sequence: head.sequence + 1, time: head.time + advance, agreed: head.agreed, final: head.final,
        previous: head.chain, body: body), for: session)
  }

  private func promise(_ next: Reign, by member: Member) -> SignedJoinTerm {
    voice.signed(
      JoinTerm(
        next: next, lastNormal: mesh.lastNormal, received: head.sequence, chain: head.chain, agreed: mesh.agreed,
        final: mesh.final, member: member), for: session)
  }

  private var highest: Reign {
    Reign(lineage: mesh.promise.lineage, term: Term(number: Limits.termNumber, elected: me, handover: 0))
  }

  private var falseTerm: TermStart {
    let frame = signed(.term(successors: []), in: next)
    return TermStart(
      frame: frame, history: head.history + [ReignStart(reign: next, first: frame.sequence)],
      promises: [promise(next, by: me), promise(next, by: victim.member)])
  }

  private var falseFrames: [SignedFrame] {
    let stranger = Author(identity: victim.identity, incarnation: Incarnation(1))
    let envelope = voice.signed(
      Envelope(
        author: stranger, lineage: mesh.promise.lineage, first: 1, agreed: 0, agreedChain: .zero, messages: [[1]]),
      for: session)
    return [
      signed(.idle, in: mesh.currentReign, advance: .seconds(1)),
      signed(.messages([envelope]), in: mesh.currentReign),
      signed(.handover(successor: me), in: mesh.currentReign),
    ]
  }

  /// What it holds of the first reign it knows of, as if that went on; and an ack of long ago.
  private var replay: [Packet] {
    let old = mesh.log.frames(mesh.log.oldest..<(mesh.log.oldest + 8), limit: 8, bytes: Limits.frameBytes)
    let reign = head.history.first?.reign ?? mesh.currentReign
    return [.frames(reign, old), .frames(mesh.currentReign, old), .ack(reign, received: 1, digest: nil), .hail(reign)]
  }

  private var flood: [Packet] {
    let repair = Packet.repair(mesh.currentReign, first: mesh.log.oldest, count: UInt16(Limits.repairFrames))
    return Array(repeating: repair, count: Limits.repairFrames + 16)
  }

  /// A vote at the newest checkpoint: the first agreed frame of its second.
  private func falseDigest(_ chance: inout Chance) -> [Packet] {
    var sequence = mesh.agreed
    while sequence > mesh.log.oldest, let frame = mesh.log[sequence], let before = mesh.log[sequence - 1],
      frame.frame.time.nanoseconds / 1_000_000_000 == before.frame.time.nanoseconds / 1_000_000_000
    {
      sequence -= 1
    }
    let vote = DigestVote(sequence: sequence, digest: Bytes16(chance.bytes(16)))
    return [.ack(mesh.currentReign, received: head.sequence, digest: vote)]
  }

  private var forgedEntry: RosterEntry {
    let author = Author(
      identity: victim.identity, incarnation: Incarnation(victim.author.incarnation.value + 1))
    return RosterEntry(
      id: MemberID(0), ident: IdentBytes(author: author, staticKey: .zero, signature: victim.ident.signature),
      standing: .learner, role: .host, name: "nobody", addresses: [])
  }

  private var foreignEnvelope: SignedEnvelope {
    let last = head.authors.last(of: victim.author)
    return voice.signed(
      Envelope(
        author: victim.author, lineage: mesh.promise.lineage, first: last + 1, agreed: mesh.agreed,
        agreedChain: mesh.log.floor.chain, messages: [[1]]), for: session)
  }
}

/// One who signs.
protocol Voice {
  func signed(_ frame: Frame, for session: SessionID) -> SignedFrame
  func signed(_ word: JoinTerm, for session: SessionID) -> SignedJoinTerm
  func signed(_ envelope: Envelope, for session: SessionID) -> SignedEnvelope
}

extension SimulatedPeer: Voice {}
