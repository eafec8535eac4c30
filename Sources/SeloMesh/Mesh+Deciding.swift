package import SeloWire

// Hosts decide, the reflector orders it (PROTOCOL section 7, "Decisions").

extension Mesh {
  /// A person at this peer decides.
  mutating func decide(_ decision: Decision, _ moment: Moment<some Notary>, _ effects: inout [MeshEffect]) {
    if let refusal = refusal(of: decision, by: facts.me) { return effects.append(.rejected(refusal, from: nil)) }
    decisions.removeAll { decision.replaces($0.decision) }
    if decisions.count >= Limits.decisions { decisions.removeFirst() }
    decisions.append(
      OpenDecision(decision: decision, until: moment.now + Timing.decisionPatience, nextWord: moment.now))
  }

  /// A member says what it has decided.
  mutating func receive(
    _ decision: Decision, from sender: Member, _ moment: Moment<some Notary>, _ effects: inout [MeshEffect]
  ) {
    if let refusal = refusal(of: decision, by: sender) { return effects.append(.rejected(refusal, from: sender)) }
    if isReflector { return carryOut(decision, moment, &effects) }
    guard concernsReflector(decision), following != nil else {
      return effects.append(.rejected(.unexpected, from: sender))
    }
    noticeUnwanted(at: moment.now)
  }

  /// Whether a decision stands in the agreed log.
  package func isInForce(_ decision: Decision) -> Bool {
    switch decision {
    case .kick(let identity): roster.bans(identity)
    case .tick(let period): tick == period
    }
  }

  /// Why this member may not decide so; nil when it may.
  package func refusal(of decision: Decision, by member: Member) -> Rejection? {
    guard mayDecide(member), let host = roster[member] else { return .notHost }
    switch decision {
    case .kick(let identity): return identity == host.identity ? .kickOfOneself : nil
    case .tick(let period): return log.head.isFit(tick: period) ? nil : .badTick
    }
  }

  /// Hosts decide; when there is none, the oldest voter does.
  func mayDecide(_ member: Member) -> Bool {
    let roster = roster
    let hosts = roster.entries.filter { $0.role == .host }
    return hosts.isEmpty ? roster.voters.first == member : hosts.contains { $0.member == member }
  }

  /// Says again what is not in force yet.
  mutating func wakeDeciding(_ moment: Moment<some Notary>, _ effects: inout [MeshEffect]) {
    guard let due = decisionDeadline, due <= moment.now else { return }
    var open: [OpenDecision] = []
    for var next in decisions where !isInForce(next.decision) {
      if next.nextWord <= moment.now {
        say(next.decision, moment, &effects)
        next.nextWord = moment.now + Timing.decisionSpacing
      }
      if next.until > moment.now { open.append(next) }
    }
    decisions = open
  }

  var decisionDeadline: Instant? { decisions.lazy.map(\.nextWord).min() }

  private mutating func say(_ decision: Decision, _ moment: Moment<some Notary>, _ effects: inout [MeshEffect]) {
    // What was allowed when it was decided may not be any more.
    guard refusal(of: decision, by: facts.me) == nil else { return }
    if isReflector { return carryOut(decision, moment, &effects) }
    if concernsReflector(decision) {
      sendAll(decision.packet, &effects)
      noticeUnwanted(at: moment.now)
    } else if let reflector {
      effects.append(.send(decision.packet, to: reflector))
    }
  }

  /// At the reflector. Nobody orders its own removal: it hands over, and hears of it again as a follower.
  private mutating func carryOut(
    _ decision: Decision, _ moment: Moment<some Notary>, _ effects: inout [MeshEffect]
  ) {
    switch decision {
    case .kick(let identity):
      if identity == facts.author.identity {
        handOver(moment, &effects)
      } else if !log.head.roster.bans(identity) {
        changeReflecting { reflecting in
          if reflecting.kicks.contains(identity) || reflecting.kicks.count >= Limits.decisions { return }
          reflecting.kicks.append(identity)
        }
      }
    case .tick(let period): changeReflecting { $0.tickWanted = period }
    }
  }

  private func concernsReflector(_ decision: Decision) -> Bool {
    switch decision {
    case .kick(let identity): reflector.flatMap { log.head.roster[$0] }?.identity == identity
    case .tick: false
    }
  }

  // A reflector that will not go

  /// A host wants the reflector out. One that has not handed over after a second of that is suspected for it, by those
  /// whose word counts.
  private mutating func noticeUnwanted(at now: Instant) {
    guard isVoter, var following else { return }
    let unwanted = Unwanted(after: following.unwanted, at: now)
    following.unwanted = unwanted
    if following.distrust == nil, now.since(unwanted.since) >= Timing.handOverPatience { following.distrust = .kicked }
    self.following = following
  }

  /// The host does not mean it any more.
  func isWantedAgain(_ suspecting: Suspecting, at now: Instant) -> Bool {
    suspecting.following.distrust == .kicked && suspecting.following.unwanted?.isMeant(at: now) != true
  }
}

extension Decision {
  var packet: Packet {
    switch self {
    case .kick(let identity): .kick(identity)
    case .tick(let period): .tick(period)
    }
  }
}
