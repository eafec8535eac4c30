import SeloMesh
import SeloWire

// How a bare session comes to the state in which a search begins: by the protocol, in calm weather.

/// Where a search begins.
public enum ExhaustiveStart: String, CaseIterable, Hashable, Sendable {
  /// All vote, everything is agreed and final, nothing is on its way.
  case calm
  /// The newest peer is about to vote: the roster frame that gives it its seat has just been stamped and nobody has it.
  case seat
  /// The reflector has died, and all others hold its reign for over: their words are on their way.
  case orphaned
  /// All others hold the reign of the reflector for over, which lives: its last frames and their words are on their
  /// way.
  case doubted
}

extension BareSession {
  /// A session of so many peers at the beginning of a search.
  static func begun(
    peers: Int, from start: ExhaustiveStart, policy: Policy, drafts: Draft, budget: BareBudget
  ) -> BareSession {
    var session = BareSession(policy: policy, drafts: drafts, budget: budget)
    session.found()
    for number in 1..<max(1, peers) {
      session.join()
      let isLast = number + 1 == peers
      if isLast, start == .seat { return session }
      session.calm { $0.isSettled(voters: number + 1) }
    }
    session.bring(to: start)
    return session
  }

  /// From calm to where the search begins.
  private mutating func bring(to start: ExhaustiveStart) {
    switch start {
    case .calm, .seat: return
    case .orphaned: die(0)
    case .doubted: break
    }
    let others = members.indices.filter { $0 > 0 }
    for _ in 0..<200 where broken.isEmpty && !others.allSatisfy({ isSuspecting($0) }) {
      let wake = events.first { event in
        if case .wake = event { true } else { false }
      }
      if let wake { happen(wake) }
    }
  }

  private func isSuspecting(_ index: Int) -> Bool {
    if case .suspecting = members[index].mesh.phase { return true }
    return false
  }

  private mutating func found() {
    let entry = newEntry(id: MemberID(1), standing: .voter)
    let notary = GlassNotary(identity: entry.identity)
    var effects: [MeshEffect] = []
    let mesh = Mesh(founding: facts(of: entry), with: entry, tick: tick, at: now, notary: notary, into: &effects)
    members.append(BareMember(name: entry.name, notary: notary, mesh: mesh))
    judge(0, nil)
    carryOut(effects, of: 0)
    calm { $0.isSettled(voters: 1) }
  }

  /// One more peer comes in, up to the moment in which it is given its vote.
  private mutating func join() {
    let wish = newEntry(id: MemberID(0), standing: .learner)
    let voters = members[0].mesh.roster.voters.count
    wakeUp(0, .admit(wish))
    calm { $0.members[0].mesh.roster.entry(of: wish.author) != nil }
    guard let entry = members[0].mesh.roster.entry(of: wish.author) else { return }
    let giver = members[0].mesh
    let mesh = Mesh(joining: facts(of: entry), behind: giver.log.floor, reign: giver.promise, at: now)
    members.append(BareMember(name: entry.name, notary: GlassNotary(identity: entry.identity), mesh: mesh))
    judge(members.count - 1, nil)
    calm { $0.members[0].mesh.log.head.roster.voters.count > voters }
  }

  /// Packets arrive in order, deadlines come in time; until the condition holds, or for a few seconds.
  private mutating func calm(until isReached: (BareSession) -> Bool) {
    for _ in 0..<2_000 where broken.isEmpty && !isReached(self) {
      let next = events.first { event in
        switch event {
        case .deliver, .wake: true
        case .duplicate, .publish, .crash, .stop: false
        }
      }
      if let next { happen(next) }
    }
  }

  /// Everybody votes and has agreed on all but the newest idle frames, nothing is on its way, and the clocks have
  /// ticked.
  private func isSettled(voters: Int) -> Bool {
    guard flights.isEmpty else { return false }
    return members.allSatisfy { member in
      member.mesh.roster.voters.count == voters && member.mesh.log.received < member.mesh.final + 3
    }
  }

  private func newEntry(id: MemberID, standing: Standing) -> RosterEntry {
    let number = UInt8(members.count + 1)
    let author = Author(identity: Identity(Bytes32([number, 1])), incarnation: Incarnation(1_000 + UInt64(number)))
    let ident = IdentBytes(author: author, staticKey: .zero, signature: Signature([]))
    let name = String(UnicodeScalar(UInt8(ascii: "a") + number - 1))
    return RosterEntry(id: id, ident: ident, standing: standing, role: .member, name: name, addresses: [])
  }

  private func facts(of entry: RosterEntry) -> Mesh.Facts {
    var facts = Mesh.Facts(session: session, me: entry.member, author: entry.author, policy: policy)
    #if DEBUG || SELO_DRAFTS
      facts.drafts = drafts
    #endif
    return facts
  }
}
