import SeloWire

// Is the reflector gone? Words that can be taken back, until a quorum has said them (PROTOCOL sections 5 and 6).

extension Mesh {
  mutating func wakeSuspecting(_ moment: Moment<some Notary>, _ effects: inout [MeshEffect]) {
    guard case .suspecting(var suspecting) = phase, suspecting.nextWord <= moment.now else { return }
    if isAloneWithItsClock(suspecting, at: moment.now) || isWantedAgain(suspecting, at: moment.now) {
      suspecting.following.distrust = nil
      phase = .following(Following(from: suspecting))
      return wakeFollowing(moment, &effects)
    }
    suspecting.nextWord = moment.now + wordSpacing
    phase = .suspecting(suspecting)
    if isStranded(at: moment.now), !mayCarryOn { return detach(.outvoted, &effects) }
    let word = Packet.suspect(suspecting.following.reign, received: log.received, suspecting.reason)
    sendAll(word, &effects)
    repeatEvidence(moment, &effects)
    effects.append(.probe(suspecting.following.reflector))
    considerJoining(moment, &effects)
  }

  mutating func receiveSuspect(
    _ reign: Reign, _ received: UInt64, _ reason: SuspectReason, from sender: Member, _ moment: Moment<some Notary>,
    _ effects: inout [MeshEffect]
  ) {
    guard reign.lineage == promise.lineage else { return effects.append(.rejected(.foreignLineage, from: sender)) }
    guard reign.term >= currentReign.term else {
      effects.append(.rejected(.lowerTerm, from: sender))
      return correct(sender, speaking: reign, moment, &effects)
    }
    suspicions.suspect(reign, by: sender, until: moment.now + max(detector.limit, Timing.wordLife))
    askForRest(reign, through: received, of: sender, &effects)
    if reign == currentReign, reason.isOfSilence { answerDoubt(of: sender, moment, &effects) }
    considerJoining(moment, &effects)
  }

  /// Who still hears the reflector answers a suspicion with its newest frame, so that it can be taken back. A voter
  /// that waits for it, because its own silence limit is longer, tells a voter that it is there: it will be heard to
  /// suspect, too, and nobody branches or promises alone meanwhile. (Others wait for a voter for ten seconds anyway.)
  mutating func answerDoubt(of member: Member, _ moment: Moment<some Notary>, _ effects: inout [MeshEffect]) {
    if hearsReflector(at: moment.now) {
      guard let newest = log[log.received], newest.frame.reign == currentReign else { return }
      effects.append(.send(.frames(currentReign, [newest]), to: member))
    } else if case .following(let following) = phase, isVoter, voters.contains(member) {
      guard mayAnswer(member, every: Timing.presenceSpacing, at: moment.now) else { return }
      effects.append(.send(.ack(following.reign, received: log.received, digest: nil), to: member))
    }
  }

  /// The reflector itself, or one who heard it just now.
  func hearsReflector(at now: Instant) -> Bool {
    switch phase {
    case .reflecting(let reflecting): reflecting.hailing == nil && leaving == nil
    case .following: now < detector.probeTime
    case .suspecting, .joining, .staging, .detached: false
    }
  }

  /// Between two repetitions of a word or promise: a sixth of the silence that it is about. On a quiet LAN that is
  /// 10 ms. Where frames come late, because the network or all these machines can hardly follow, words that everybody
  /// says to everybody would keep them from ever being heard. Who has no vote asks for itself alone, and less often.
  var wordSpacing: Delay {
    let spacing = detector.silence.nanoseconds / 6
    return Delay(nanoseconds: isVoter ? spacing : 4 * spacing)
  }

  /// How long nobody who is in the term must be heard before a branch. Who is starved of processor time hears everybody
  /// late, and has to wait longer before it may hold them for gone.
  var branchPatience: Delay { max(Timing.branchPatience, Delay(nanoseconds: 2 * detector.limit.nanoseconds)) }

  /// How long whoever is there has to answer a promise before it becomes a branch: five words.
  var answerPatience: Delay { Delay(nanoseconds: 5 * wordSpacing.nanoseconds) }

  var onlookerPatience: Delay {
    max(Timing.onlookerPatience, Delay(nanoseconds: 6 * detector.limit.nanoseconds))
  }

  /// Whether this peer itself holds the reign for over.
  private var suspectsItself: Bool {
    switch phase {
    case .suspecting, .joining: true
    case .reflecting(let reflecting): reflecting.hailing != nil || leaving != nil
    case .staging(let staging): staging.suspects
    case .following, .detached: false
    }
  }

  /// Promises a new term once a quorum, this peer included when it agrees, holds the current one for over.
  mutating func considerJoining(_ moment: Moment<some Notary>, _ effects: inout [MeshEffect]) {
    if case .joining = phase { return }
    guard isVoter else { return considerCarryingOn(moment, &effects) }
    // One who leaves stands for nothing, but lets another take over.
    if leaving != nil, suspicions.highestPromise(above: promise).map({ $0.term.elected == facts.me }) ?? true { return }
    let reign = currentReign
    let overturned = Agreement.isQuorum(rosters) { member in
      member == facts.me ? suspectsItself : suspicions.says(member, over: reign, at: moment.now)
    }
    if overturned || standsAlone(since: stalledSince, moment) { startJoining(moment, &effects) }
  }

  /// Whether the policy has branches.
  var isBranchAllowed: Bool { facts.policy == .available }

  /// The case in which a voter promises a term without a quorum: under `available`, after a second in which no voter
  /// was heard that is still in the term (two voters and a closed port: at once). It can only become a branch.
  func standsAlone(since: Instant?, _ moment: Moment<some Notary>) -> Bool {
    guard isBranchAllowed, let since else { return false }
    let others = voters.filter { $0 != facts.me }
    if others.count == 1, closedPort(others[0]).map({ $0 + .milliseconds(5) <= moment.now }) ?? false { return true }
    // Who was never heard may live behind a channel that is not open yet: that takes longer to rule out.
    let strange = others.contains { contacts[$0]?.everHeard != true }
    let patience = strange ? max(Timing.strangerPatience, branchPatience) : branchPatience
    guard moment.now.since(since) >= patience else { return false }
    return others.allSatisfy { other in
      missingVoters(at: moment.now, for: branchPatience).contains(other)
        || suspicions.says(other, over: currentReign, at: moment.now)
    }
  }
}

extension SuspectReason {
  /// Whether a frame of the reflector would answer the suspicion.
  fileprivate var isOfSilence: Bool {
    switch self {
    case .silence, .closedPort, .noQuorum, .badFrame: true
    case .leaving, .wrongClock, .kicked: false
    }
  }
}

/// Times of the change of term.
enum Timing {
  /// Between repetitions of a hand-over.
  static let wordSpacing = Delay.milliseconds(10)
  /// How long a word holds at least when it is not repeated.
  static let wordLife = Delay.milliseconds(60)
  /// How long a candidate waits for promises beyond a quorum, so that nothing a survivor executed is lost.
  static let grace = Delay.milliseconds(10)
  /// Between answers to one that doubts a reflector which is not heard here either.
  static let presenceSpacing = Delay.milliseconds(100)
  /// Between repetitions of evidence, which may be long.
  static let evidenceSpacing = Delay.milliseconds(100)
  /// Who was not heard for so long is not asked for repair.
  static let repairTrust = Delay.milliseconds(300)
  /// How long nobody who is in the term must be heard before a branch, at least.
  static let branchPatience = Delay.seconds(1)
  /// The same when the channel to one of the voters was never open.
  static let strangerPatience = Delay.seconds(2)
  /// How long one without a vote waits for a term at least, before it looks for another reflector of the session.
  static let onlookerPatience = Delay.seconds(3)
  /// How long nobody with a vote must be heard before those without one carry the world on: as long as it takes to
  /// evict them all, and many times what voters need to elect, to come back, or to branch themselves.
  static let carryOnPatience = evictionPatience
  /// How long a word holds that this peer was removed.
  static let removalLife = Delay.milliseconds(500)
  /// How long a promise may stand apart from a term that goes on without it.
  static let outvotedPatience = Delay.seconds(1)
  /// How long terms are stood against that contradict what is agreed here: several elections of a quiet LAN.
  static let standingPatience = Delay.milliseconds(500)
  /// How long a branch waits, once everybody is here, before it calls itself the trunk: ten beacons of any other
  /// lineage.
  static let adoptionPatience = Delay.seconds(10)
  /// How long a reflector's clock is accused before the accuser takes its own for the wrong one.
  static let clockPatience = Delay.seconds(3)
  /// How long a host says what it has decided, and how often.
  static let decisionPatience = Delay.seconds(5)
  static let decisionSpacing = Delay.milliseconds(100)
  /// How long a host's wish to have the reflector out holds when it is not repeated: long enough to lose a few words.
  static let wishLife = Delay.milliseconds(500)
  /// How long a reflector may stay that a host wants out, before it is suspected for that.
  static let handOverPatience = Delay.seconds(1)
  /// How long a reflector may hear no quorum: generous, because a stopped world costs less than a split one.
  static let quorumPatience = Delay.milliseconds(500)
  /// Who lacks no frame older than this for ``nearPatience`` has caught up, however many it lacks: a reflector goes on
  /// without a pause when acks come so late.
  static let nearness = quorumPatience
  static let nearPatience = Delay.seconds(1)
  /// Who was heard within this time lives, however far behind it is. A slow peer says something once a second.
  static let heardPatience = Delay.seconds(3)
  /// Who is heard and has not acked a frame of the term for so long does not follow it and never will: it has to come
  /// back as a new member.
  static let deafPatience = Delay.seconds(20)
  /// Silence after which a member is dropped.
  static let evictionPatience = Delay.seconds(10)
}
