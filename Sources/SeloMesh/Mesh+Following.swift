import SeloWire

// Following a reflector, and repairing what was lost on the way.

extension Mesh {
  /// The state of following, also while the reflector is suspected: its frames retract the suspicion.
  var following: Following? {
    get {
      switch phase {
      case .following(let following): following
      case .suspecting(let suspecting): suspecting.following
      case .joining, .staging, .reflecting, .detached: nil
      }
    }
    set {
      guard let newValue else { return }
      switch phase {
      case .following: phase = .following(newValue)
      case .suspecting(var suspecting):
        suspecting.following = newValue
        phase = .suspecting(suspecting)
      case .joining, .staging, .reflecting, .detached: break
      }
    }
  }

  mutating func receive(
    _ frames: [Proven<SignedFrame>], of reign: Reign, from sender: Member, _ moment: Moment<some Notary>,
    _ effects: inout [MeshEffect]
  ) {
    guard knows(sender, in: reign.lineage, moment, &effects) else { return }
    guard reign.lineage == promise.lineage else { return effects.append(.rejected(.foreignLineage, from: sender)) }
    if case .joining(var joining) = phase, reign.term < promise.term {
      joining.noticeAgreement(frames.map(\.value.frame.agreed).max() ?? 0)
      phase = .joining(joining)
    }
    if heedsLeftReign, reign == lastNormal { return heedLeftReign(frames, of: reign, moment, &effects) }
    guard reign == promise, let following, following.reign == reign else {
      effects.append(.rejected(reign.term < promise.term ? .lowerTerm : .notPromised, from: sender))
      return correct(sender, speaking: reign, moment, &effects)
    }
    follow(frames, from: sender, moment, &effects)
  }

  private mutating func follow(
    _ frames: [Proven<SignedFrame>], from sender: Member, _ moment: Moment<some Notary>,
    _ effects: inout [MeshEffect]
  ) {
    guard var following else { return }
    var fresh = false
    for frame in frames {
      guard frame.value.frame.reign == following.reign else {
        effects.append(.rejected(.badReign, from: sender))
        continue
      }
      if frame.value.sequence <= log.received {
        let same = log.hash(at: frame.value.sequence).map { $0 == frame.value.hash } ?? true
        effects.append(.rejected(same ? .duplicateFrame : .equivocation, from: sender))
        if !same, let own = log[frame.value.sequence], own.frame.reign == following.reign {
          self.following = following
          accuse(own, frame.value, moment, &effects)
          following = self.following ?? following
        }
      } else if following.ahead.keep(frame, above: log.received) {
        fresh = true
      } else {
        let isHeld = following.ahead.holds(frame.value)
        effects.append(.rejected(isHeld ? .duplicateFrame : .tooFarAhead, from: sender))
      }
      following.heardOf = max(following.heardOf, frame.value.sequence)
    }
    following.owesAck = true
    let before = log.received
    while let next = following.ahead.first, next.value.sequence <= log.received + 1 {
      let frame = following.ahead.takeFirst()
      guard frame.value.sequence == log.received + 1 else { continue }
      do throws(Rejection) { try extend(with: frame, moment, &effects) } catch {
        effects.append(.rejected(error, from: sender))
        // Signed, in its place, and on another frame than ours: there must be two of that one.
        if error == .brokenChain, log[log.received]?.frame.reign == following.reign {
          effects.append(.send(.repair(following.reign, first: log.received, count: 1), to: sender))
        }
      }
    }
    if log.received > before { following.repair.progressed(at: moment.now) }
    if let newest = frames.last { following.repair.heard(newest.value.sequence) }
    noticeMissing(in: &following, at: moment.now)
    following.nextProbe = nil
    if log.received > before { watchClock(of: &following, moment) }
    self.following = following
    if fresh {
      detector.heard(at: moment.now)
    } else if sender == following.reflector {
      detector.restart(at: moment.now)
    }
    if fresh || sender == following.reflector, case .suspecting(let suspecting) = phase,
      following.distrust == nil || following.distrust != suspecting.reason
    {
      phase = .following(Following(from: suspecting))
    }
    if let newest = log[log.received]?.frame, newest.reign == following.reign {
      learn(agreed: newest.agreed, final: newest.final, moment, &effects)
    }
    if log.received > before { takeOverIfNamed(moment, &effects) }
  }

  /// Who can hear its guide only has to ask for all there is.
  private func noticeMissing(in following: inout Following, at now: Instant) {
    let isBehind = following.heardOf > log.received || guide != nil
    following.repair.notice(following.ahead, received: log.received, isBehind: isBehind, at: now)
  }

  /// Appends one frame and lets the world go on.
  mutating func extend(
    with frame: Proven<SignedFrame>, _ moment: Moment<some Notary>, _ effects: inout [MeshEffect]
  ) throws(Rejection) {
    let before = log.head.rosters.count
    let presence = try log.append(frame, notary: moment.notary)
    effects.append(.deliver(frame.value, presence))
    noteOwn(in: frame.value, at: moment.now)
    // A roster came, or one is agreed and the one before it counts no longer.
    if frame.value.frame.changesRoster || log.head.rosters.count != before { rosterChanged(moment, &effects) }
  }

  mutating func rosterChanged(_ moment: Moment<some Notary>, _ effects: inout [MeshEffect]) {
    if log.head.roster[facts.me] != nil { guide = nil }
    contacts.keep(log.head.rosters.map(\.roster), and: guide, but: facts.me, at: moment.now)
    let members = contacts.all.map(\.member)
    leavers.removeAll { !members.contains($0) }
    effects.append(.roster(log.head.roster))
  }

  mutating func receiveProgress(
    _ reign: Reign, _ agreed: UInt64, _ final: UInt64, from sender: Member, _ moment: Moment<some Notary>,
    _ effects: inout [MeshEffect]
  ) {
    guard var following, following.reign == reign, reign == promise, sender == following.reflector else {
      return effects.append(.rejected(.notPromised, from: sender))
    }
    if agreed > log.received {
      following.heardOf = max(following.heardOf, agreed)
      noticeMissing(in: &following, at: moment.now)
      self.following = following
    }
    learn(agreed: min(agreed, log.received), final: min(final, log.received), moment, &effects)
  }

  mutating func receiveHail(
    _ reign: Reign, from sender: Member, _ moment: Moment<some Notary>, _ effects: inout [MeshEffect]
  ) {
    if var following, following.reign == reign, reign == promise, sender == following.reflector {
      following.owesAck = true
      self.following = following
    } else {
      correct(sender, speaking: reign, moment, &effects)
    }
  }

  mutating func wakeFollowing(_ moment: Moment<some Notary>, _ effects: inout [MeshEffect]) {
    guard case .following(var following) = phase else { return }
    let now = moment.now
    if following.deadline(detector, closedPort: closedPort(following.reflector)) > now { return }
    if following.suspicionTime(detector, closedPort: closedPort(following.reflector)) <= now {
      let reason = following.reason(isSilent: detector.suspicionTime <= now)
      phase = .suspecting(Suspecting(from: following, reason, at: now))
      return wakeSuspecting(moment, &effects)
    }
    if max(detector.probeTime, following.nextProbe ?? .zero) <= now {
      effects.append(.probe(following.reflector))
      following.nextProbe = now + slowestTick
      phase = .following(following)
    }
    repeatParting(moment, &effects)
    askForRepair(moment, &effects)
  }

  /// Asks the reflector first, then in turn the other members that were heard lately: any holder serves. One who has
  /// just come in asks its guide every other time: it may have no channel to others yet, and the guide may be gone.
  mutating func askForRepair(_ moment: Moment<some Notary>, _ effects: inout [MeshEffect]) {
    guard var following, let due = following.repair.due, due <= moment.now else { return }
    let others = contacts.all.filter {
      $0.member != following.reflector && moment.now.since($0.heard) < Timing.repairTrust
    }
    .map(\.member)
    let turn = following.repair.tries
    let next = turn % 2 == 0 || others.isEmpty ? following.reflector : others[turn / 2 % others.count]
    let holder = turn % 2 == 0 ? guide ?? next : next
    let gaps = following.ahead.gaps(above: log.received)
    for gap in gaps {
      let question = Packet.repair(following.reign, first: gap.lowerBound, count: UInt16(gap.count))
      effects.append(.send(question, to: holder))
    }
    following.repair.asked(gaps, at: moment.now)
    self.following = following
  }

  /// Any member that stands on the term's log serves any frame it holds.
  mutating func serveRepair(
    _ reign: Reign, _ first: UInt64, _ count: UInt16, to member: Member, _ moment: Moment<some Notary>,
    _ effects: inout [MeshEffect]
  ) {
    var admitted = false
    contacts.update(member) { contact in
      admitted = contact.repairs.admits(at: moment.now)
      contact.window.halve(at: moment.now)
    }
    guard admitted else { return effects.append(.rejected(.tooOften, from: member)) }
    guard reign == lastNormal, first > 0, first <= log.received else {
      effects.append(.rejected(.notPromised, from: member))
      return correct(member, speaking: reign, moment, &effects)
    }
    let end = min(log.received + 1, first + UInt64(min(Int(count), Limits.repairFrames)))
    let frames = log.frames(first..<end, limit: Limits.repairFrames, bytes: Limits.frameBytes)
    let signed = frames.filter { $0.frame.reign == reign }
    for batch in batches(signed) { effects.append(.send(.frames(reign, batch), to: member)) }
  }

  /// A member told how much of this reign's log it holds: what is missing here is asked of it, at once, for the
  /// reflector may be gone and a roster that decides who counts may be among it.
  func askForRest(_ reign: Reign, through: UInt64, of member: Member, _ effects: inout [MeshEffect]) {
    guard case .suspecting = phase, reign == lastNormal, through > log.received else { return }
    let count = UInt16(min(through - log.received, UInt64(Limits.repairFrames)))
    effects.append(.send(.repair(reign, first: log.received + 1, count: count), to: member))
  }

  /// One ack a wake-up.
  mutating func sendAck(_ effects: inout [MeshEffect]) {
    guard var following, following.owesAck, following.reign == promise else { return }
    // A reign that was handed over has nobody any more who would count its acks.
    if log.head.successor != nil { return }
    following.owesAck = false
    self.following = following
    let ack = Packet.ack(following.reign, received: log.received, digest: freshVote)
    freshVote = nil
    effects.append(.send(ack, to: following.reflector))
  }

  mutating func noticeRefusal(
    of member: Member, _ moment: Moment<some Notary>, _ effects: inout [MeshEffect]
  ) {
    contacts.refused(member, at: moment.now)
    if contacts[member]?.refusals == 1 { effects.append(.probe(member)) }
  }

  /// When a closed port of this member counts: one tick after the second refusal, unless it was heard since.
  func closedPort(_ member: Member) -> Instant? {
    contacts.portIsClosed(member).map { $0 + slowestTick }
  }
}
