import SeloMesh
import SeloVM
import SeloWire

// Statements: a joiner asks the voters of its log's roster for their word on a mark that it holds; members give theirs.

extension Peer {
  /// Asks as soon as the agreed roster names this peer: before that its log is that of the mark, and who voted there
  /// may be one of those who vote by now.
  mutating func wakeVouching(_ now: Instant, _ effects: inout [PeerEffect]) {
    guard let due = membership?.vouching.deadline, due <= now else { return }
    if membership?.vouching.isOverdue(at: now) == true { effects.append(.event(.unvouched)) }
    guard let mark = membership?.marks.newest?.sequence, let roster = membership?.mesh.roster,
      let nonce = membership?.vouching.nonce
    else { return }
    let isHere = roster.entry(of: author) != nil
    membership?.vouching.ask(about: isHere ? mark : 0, at: now)
    guard isHere else { return }
    for voter in roster.voters where membership?.vouching.hasAnswered(voter) == false {
      guard let entry = roster[voter], entry.author != author else { continue }
      send(.statementWanted(sequence: mark, nonce: nonce), to: entry.author, &effects)
    }
  }

  /// A joiner asks: it is told what this peer holds, if it holds that mark.
  mutating func giveStatement(
    on sequence: UInt64, _ nonce: Bytes16, to author: Author, _ now: Instant, _ notary: some Notary,
    _ effects: inout [PeerEffect]
  ) {
    guard membership?.marks.speaks(to: author, at: now) == true else {
      return effects.append(.rejected(.mesh(.tooOften)))
    }
    guard let statement = statement(on: sequence, nonce, notary), let session = membership?.mesh.facts.session
    else { return }
    let signed = SignedStatement(statement, session: session, notary: notary)
    send(.statement(signed), to: author, &effects)
  }

  private mutating func statement(on sequence: UInt64, _ nonce: Bytes16, _ notary: some Notary) -> Statement? {
    guard let facts = membership?.mesh.facts,
      let word = membership?.marks.word(on: sequence, notary: notary),
      let state = membership?.marks.held.last(where: { $0.sequence == sequence })?.state, let reign = state.reign
    else { return nil }
    return Statement(
      reign: reign, sequence: sequence, chain: state.chain, state: word.state, digest: word.digest, nonce: nonce,
      member: facts.me)
  }

  /// A voter's word. What nobody asked for, comes twice, is old or not signed says nothing.
  mutating func takeStatement(
    _ signed: SignedStatement, from member: Member, _ now: Instant, _ notary: some Notary,
    _ effects: inout [PeerEffect]
  ) {
    let statement = signed.statement
    guard let mesh = membership?.mesh, let vouching = membership?.vouching, !vouching.isVouched else { return }
    guard statement.nonce == vouching.nonce, statement.sequence == vouching.mark, mesh.roster.voters.contains(member),
      !vouching.hasAnswered(member)
    else { return effects.append(.rejected(.statement("unasked"))) }
    guard statement.member == member, let identity = membership?.entry(of: member)?.identity,
      signed.isSigned(by: identity, for: mesh.facts.session, notary: notary)
    else { return effects.append(.rejected(.statement("unsigned"))) }
    let own = self.statement(on: statement.sequence, statement.nonce, notary)
    let agrees = own?.isSame(as: statement) ?? false
    if !agrees { effects.append(.rejected(.statement("contradicting"))) }
    let rosters = mesh.log.head.rostersInForce(agreed: mesh.agreed)
    switch membership?.vouching.take(agrees: agrees, from: member, rosters: rosters) {
    case .vouched: effects.append(.event(.vouched))
    case .contradicted:
      // What was given here is not the session's: another door may know better.
      effects.append(.event(.contradicted(sequence: statement.sequence)))
      let giver = membership?.guide.flatMap { channels.endpoint(of: $0.author) }
      seekAgain(now, &effects)
      if case .seeking(var seeking) = phase {
        seeking.shunned = giver
        phase = .seeking(seeking)
      }
    case .open, nil: break
    }
  }
}

extension Statement {
  /// The same said by another member.
  fileprivate func isSame(as other: Statement) -> Bool {
    reign == other.reign && sequence == other.sequence && chain == other.chain && state == other.state
      && digest == other.digest
  }
}
