import SeloMesh
import SeloWire

/// What all peers together have shown so far; the laws of PROTOCOL section 12 compare with it.
package struct Laws {
  package var violations: [String] = []
  // Law 1: the agreed frames of each lineage.
  var agreed: [Place: Bytes32] = [:]
  // Law 4: the frames of each reign.
  var stamped: [Stamp: Bytes32] = [:]
  /// Reigns whose reflector lies on purpose.
  var liars: [Reign] = []
  // Law 16: what the world heard of the roster at each frame.
  var presence: [Bytes32: [PresenceChange]] = [:]
  // Marks, by their hash: joiners are given them.
  var marks: [Bytes32: LogState] = [:]
  // Law 7, per lineage.
  var highestAgreed: [LineageID: UInt64] = [:]

  struct Place: Hashable {
    let lineage: LineageID
    let sequence: UInt64
  }

  struct Stamp: Hashable {
    let reign: Reign
    let sequence: UInt64
  }

  /// What an honest reflector's own frames are never refused for.
  static let ofFrames: [Rejection] = [
    .brokenChain, .badTime, .fallingAgreement, .badReign, .badAuthorSequence, .notAuthor, .badRoster,
  ]

  package init() {}

  mutating func violate(_ text: String, _ now: Instant) {
    violations.append("at \(Double(now.nanoseconds) / 1e6 - 1_000) ms: \(text)")
  }

  /// Law 4: same (lineage, term, sequence), same frame. The chain in it makes the prefix the same.
  mutating func noteSent(_ packet: Packet, at now: Instant) {
    switch packet {
    case .frames(_, let frames), .staged(_, let frames): for frame in frames { note(frame, at: now) }
    case .term(let start): note(start.frame, at: now)
    default: break
    }
  }

  mutating func note(_ frame: SignedFrame, at now: Instant) {
    let stamp = Stamp(reign: frame.frame.reign, sequence: frame.sequence)
    if let known = stamped[stamp] {
      if liars.contains(frame.frame.reign) { return }
      if known != frame.hash { violate("law 4: two frames \(frame.text)", now) }
    } else {
      stamped[stamp] = frame.hash
    }
  }
}

extension MeshHarness {
  mutating func deliver(_ frame: SignedFrame, _ presence: [PresenceChange], to index: Int) {
    laws.note(frame, at: now)
    let last = peers[index].applied.last?.frame
    let before = last?.sequence ?? peers[index].began
    if frame.sequence != before + 1 {
      laws.violate("\(peers[index].name): delivered \(frame.sequence) after \(before)", now)
    }
    if let last, frame.frame.time < last.frame.time { laws.violate("law 2: time falls at \(frame.text)", now) }
    if let last, frame.frame.previous != last.hash { laws.violate("law 4: chain breaks at \(frame.text)", now) }
    if let last, frame.frame.reign != last.frame.reign, frame.frame.reign.term.handover > 0 {
      let next = Reign(lineage: last.frame.reign.lineage, term: last.frame.reign.term.handedOver)
      let isNamed = last.frame.successor != nil && frame.frame.reign == next
      if !isNamed { laws.violate("law 4: nobody handed over to \(frame.text)", now) }
    }
    // Rule: final <= agreed < sequence, and both never fall.
    if let last, frame.frame.agreed < last.frame.agreed || frame.frame.final < last.frame.final {
      laws.violate("law 7: agreement falls at \(frame.text)", now)
    }
    if let known = laws.presence[frame.hash] {
      if known != presence { laws.violate("law 16: presence differs at \(frame.text)", now) }
    } else {
      laws.presence[frame.hash] = presence
    }
    peers[index].applied.append(HarnessPeer.Applied(frame: frame, presence: presence))
    checkAuthors(of: frame, at: index)
  }

  /// Law 3, the dumb way: search back for the author's last message.
  private mutating func checkAuthors(of frame: SignedFrame, at index: Int) {
    guard case .messages(let envelopes) = frame.frame.body else { return }
    var seen: [SignedEnvelope] = []
    for signed in envelopes {
      let envelope = signed.envelope
      let inFrame = seen.last { $0.envelope.author == envelope.author }?.envelope.last
      let before = inFrame ?? lastMessage(of: envelope.author, before: frame.sequence, at: index)
      if let before, envelope.first != before + 1 {
        laws.violate("law 3: \(peers[index].name) hears \(envelope.first) after \(before) in \(frame.text)", now)
      }
      seen.append(signed)
    }
  }

  private func lastMessage(of author: Author, before sequence: UInt64, at index: Int) -> UInt64? {
    for applied in peers[index].applied.reversed() where applied.frame.sequence < sequence {
      guard case .messages(let envelopes) = applied.frame.frame.body else { continue }
      if let found = envelopes.last(where: { $0.envelope.author == author }) { return found.envelope.last }
    }
    // Before the snapshot nobody knows; from the founding on there was none.
    return peers[index].began == 0 ? 0 : nil
  }

  mutating func rollBack(_ index: Int, to sequence: UInt64) {
    if sequence < peers[index].seen.final { laws.violate("law 5: rolls back the final frame", now) }
    if sequence < peers[index].seen.agreed { laws.violate("law 1: rolls back an agreed frame", now) }
    while let last = peers[index].applied.last, last.frame.sequence > sequence { peers[index].applied.removeLast() }
  }

  mutating func checkLaws(after input: MeshInput, of index: Int, from before: Mesh) {
    let peer = peers[index]
    let mesh = peer.mesh
    let name = peer.name
    func violate(_ text: String) { laws.violate("\(name) after \(input.text): \(text)", now) }

    if let broken = mesh.brokenInvariant { violate(broken) }
    checkFinal(index, from: before)
    // Law 8 at this level: the world has heard exactly the log.
    if let last = peer.applied.last?.frame, last.hash != mesh.log.head.chain { violate("law 8: world and log differ") }
    // Law 6
    var seen = peer.seen
    let sameLineage = seen.promise.lineage == mesh.promise.lineage
    if sameLineage, mesh.promise.term < seen.promise.term { violate("law 6: the promise falls") }
    if seen.lastNormal.lineage == mesh.lastNormal.lineage, mesh.lastNormal.term < seen.lastNormal.term {
      violate("law 6: the last normal term falls")
    }
    if mesh.promise.lineage == mesh.lastNormal.lineage, mesh.promise.term < mesh.lastNormal.term {
      violate("law 6: promised less than normal")
    }
    // Law 7
    if !(mesh.final <= mesh.agreed && mesh.agreed <= mesh.log.received) { violate("law 7: levels") }
    if mesh.agreed < seen.agreed || mesh.final < seen.final { violate("law 7: agreement falls") }
    // Law 10: never back to a lineage that was left.
    if !sameLineage {
      if seen.lineages.contains(mesh.promise.lineage) { violate("law 10: back to a left lineage") }
      seen.lineages.append(mesh.promise.lineage)
      seen.compared = mesh.log.oldest - 1
    }
    // Law 9
    // What was due anyway may happen in the same step: only the frames of the packet count.
    if case .frames(let reign, let frames, _) = input, !before.isReflector,
      reign.lineage != before.promise.lineage || reign.term < before.promise.term,
      frames.map(\.value).contains(where: { frame in
        mesh.log.chain(at: frame.sequence) == frame.hash && before.log.chain(at: frame.sequence) != frame.hash
          && before.log.received < frame.sequence
      })
    {
      violate("law 9: a lower term changed the log")
    }
    // Law 11
    if mesh.log.head.rostersInForce(agreed: mesh.log.head.agreed).count > 2 { violate("law 11: two changes pending") }
    // Law 12
    if before.phase.word == "staging" || before.phase.word == "joining", before.phase.word == mesh.phase.word,
      before.log.head.chain != mesh.log.head.chain
    {
      violate("law 12: the log moved while \(mesh.phase.word)")
    }
    // Law 14
    if mesh.outbox.last < peer.published { violate("law 14: outbox forgot") }
    let logged = mesh.log.head.authors.last(of: peer.author)
    if UInt64(mesh.outbox.unordered(logged: logged).count) != mesh.outbox.last - min(logged, mesh.outbox.last) {
      violate(
        "law 14: \(mesh.outbox.unordered(logged: logged).count) in the outbox, \(mesh.outbox.last) taken, \(logged) logged"
      )
    }
    // Law 15
    if mesh.outbox.count > Limits.outboxMessages { violate("law 15: outbox") }
    // A timer that has already passed at the end of a wake-up makes the shell spin.
    if input == .flush, let deadline = mesh.deadline, deadline <= peer.reading(at: now) {
      violate("spins while \(mesh.phase.word)")
    }
    seen.promise = mesh.promise
    seen.lastNormal = mesh.lastNormal
    seen.agreed = mesh.agreed
    seen.final = mesh.final
    peers[index].seen = seen
    compareAgreed(index, from: before)
  }

  /// Law 1, and the heart of law 7: a quorum holds what is called agreed for the first time.
  private mutating func compareAgreed(_ index: Int, from before: Mesh) {
    let mesh = peers[index].mesh
    let lineage = mesh.lastNormal.lineage
    var sequence = max(peers[index].seen.compared, mesh.log.oldest - 1)
    while sequence < mesh.agreed {
      sequence += 1
      guard let hash = mesh.log.chain(at: sequence) else { continue }
      let place = Laws.Place(lineage: lineage, sequence: sequence)
      if let known = laws.agreed[place] {
        if known != hash { laws.violate("law 1: \(peers[index].name) agreed another frame \(sequence)", now) }
      } else {
        laws.agreed[place] = hash
        checkHeld(sequence, hash, by: index, from: before)
      }
    }
    peers[index].seen.compared = mesh.agreed
  }

  /// Of law 7: under `available` what a reflector newly calls final is held by all voters of the rosters in force.
  private mutating func checkFinal(_ index: Int, from before: Mesh) {
    let mesh = peers[index].mesh
    guard policy == .available, mesh.isReflector, before.isReflector, mesh.final > before.final else { return }
    if laws.liars.contains(mesh.currentReign) { return }
    // Who came to vote or was dropped in this very step counts neither way.
    let voters = mesh.log.head.rostersInForce(agreed: mesh.agreed).flatMap(\.voters)
    let chain = mesh.log.chain(at: mesh.final)
    for voter in before.log.head.rostersInForce(agreed: before.agreed).flatMap(\.voters) where voters.contains(voter) {
      guard let peer = peers.first(where: { $0.member == voter }), peer.mesh.log.oldest <= mesh.final else { continue }
      if peer.mesh.log.chain(at: mesh.final) != chain {
        laws.violate("law 7: \(peer.name) does not hold \(mesh.final), final at \(peers[index].name)", now)
      }
    }
  }

  private mutating func checkHeld(_ sequence: UInt64, _ hash: Bytes32, by index: Int, from before: Mesh) {
    let mesh = peers[index].mesh
    guard mesh.isReflector, sequence > 1, sequence > before.agreed else { return }
    // The reflector judged by the rosters that its log had before this step.
    let state = before.isReflector && before.currentReign == mesh.currentReign ? before.log.head : mesh.log.head
    let holders = peers.filter { $0.mesh.log.chain(at: sequence) == hash }.map(\.member)
    let rosters = state.rostersInForce(agreed: sequence - 1)
    if !Agreement.isQuorum(rosters, holds: { holders.contains($0) }) {
      laws.violate("law 7: no quorum holds \(sequence), agreed by \(peers[index].name)", now)
    }
  }
}
