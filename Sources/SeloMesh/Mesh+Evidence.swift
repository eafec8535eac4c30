import SeloWire

// A reflector that signs two frames for one place (PROTOCOL section 4).

extension Mesh {
  /// Two frames of one place, both signed by the reflector that is followed: it is kept, shown to all, and believed no
  /// longer.
  mutating func accuse(
    _ one: SignedFrame, _ other: SignedFrame, _ moment: Moment<some Notary>, _ effects: inout [MeshEffect]
  ) {
    guard var following, following.distrust != .badFrame else { return }
    following.distrust = .badFrame
    following.evidence = Following.Evidence(one: one, other: other, nextWord: moment.now + Timing.evidenceSpacing)
    self.following = following
    effects.append(.evidence(one, other))
    sendAll(.evidence(one, other), &effects)
  }

  /// Words get lost, and one voter's suspicion that nobody understands would never end: evidence is shown again.
  mutating func repeatEvidence(_ moment: Moment<some Notary>, _ effects: inout [MeshEffect]) {
    guard var following, var evidence = following.evidence, evidence.nextWord <= moment.now else { return }
    evidence.nextWord = moment.now + Timing.evidenceSpacing
    following.evidence = evidence
    self.following = following
    sendAll(.evidence(evidence.one, evidence.other), &effects)
  }

  /// Somebody shows two frames: they prove themselves, whoever shows them.
  mutating func receiveEvidence(
    _ one: SignedFrame, _ other: SignedFrame, from sender: Member, _ moment: Moment<some Notary>,
    _ effects: inout [MeshEffect]
  ) {
    guard let following, following.reign == one.frame.reign, one.frame.reign == other.frame.reign,
      one.sequence == other.sequence, one.hash != other.hash,
      let signer = log.head.rosters.lazy.compactMap({ $0.roster[following.reflector] }).first,
      one.isSigned(by: signer.identity, for: moment.session, notary: moment.notary),
      other.isSigned(by: signer.identity, for: moment.session, notary: moment.notary)
    else { return effects.append(.rejected(.unexpected, from: sender)) }
    accuse(one, other, moment, &effects)
  }
}
