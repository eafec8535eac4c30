package import SeloWire

/// What a prefix of the log amounts to, besides the world: everything needed to judge the next frame.
///
/// A log keeps two of them, one at its head and one at its agreed frame; the latter travels with snapshots.
package struct LogState: Hashable, Sendable {
  package private(set) var sequence: UInt64
  /// Hash of the frame `sequence`.
  package private(set) var chain: Bytes32
  package private(set) var time: VirtualTime
  /// `agreed` and `final` as the newest frame says.
  package private(set) var agreed: UInt64
  package private(set) var final: UInt64
  /// Where each reign begins, oldest first.
  package private(set) var history: [ReignStart]
  /// The newest roster at or below `agreed`, and all above.
  package private(set) var rosters: [RosterAt]
  package private(set) var authors: AuthorTable
  package private(set) var ancestry: Ancestry
  package private(set) var flapping = Flapping()
  package private(set) var offences = Offences()
  /// The tick period that the newest frame leaves, agreed or not, and the frame that ordered it; 0: the founding.
  package private(set) var tick: Delay
  private(set) var tickOrdered: UInt64 = 0
  /// The newest mark of this lineage and when it was stamped; 0 before the first.
  package private(set) var mark: UInt64 = 0
  private(set) var marked = VirtualTime.zero
  /// Whether anything besides the passing of time has happened since.
  private(set) var hasNews = false
  /// Who reflects the newest reign: the one elected, or the last successor that was handed it; nil before the first.
  package private(set) var reflector: Member?
  /// Whom the newest frame hands the reign over to.
  package private(set) var successor: Member?

  package struct RosterAt: Hashable, Sendable {
    package let sequence: UInt64
    package let roster: Roster
    /// The first of its lineage, founding or branch: it needs no quorum of a roster before it.
    let isFirst: Bool
  }

  /// Before the first frame of a session.
  package init(founding session: SessionID, tick: Delay, notary: some Notary) {
    self.tick = tick
    sequence = 0
    chain = notary.hash("founding", session.bytes.bytes)
    time = .zero
    agreed = 0
    final = 0
    history = []
    rosters = [RosterAt(sequence: 0, roster: .empty, isFirst: true)]
    authors = AuthorTable()
    ancestry = Ancestry(root: LineageID(session.bytes))
  }

  /// The reign of the newest frame; nil before the first.
  package var reign: Reign? { history.last?.reign }

  /// The roster after the newest frame, agreed or not.
  package var roster: Roster { rosters.last?.roster ?? .empty }

  /// The rosters of which quorums are needed by one who knows that `agreed` is agreed: the newest agreed one and
  /// the pending one, if there is one; never one from before the lineage began.
  package func rostersInForce(agreed: UInt64) -> [Roster] {
    let newest = rosters.lastIndex { $0.sequence <= agreed } ?? 0
    let first = rosters.lastIndex { $0.isFirst } ?? 0
    let oldest = max(newest, first)
    return oldest + 1 == rosters.count ? [rosters[oldest].roster] : rosters[oldest...].map(\.roster)
  }

  /// The newest roster that is agreed for one who knows that `agreed` is.
  package func agreedRoster(_ agreed: UInt64) -> Roster {
    rosters.last { $0.sequence <= agreed }?.roster ?? rosters.first?.roster ?? .empty
  }

  /// Goes one frame on, or refuses it and stays. Returns who joined and left in the ears of the world: the roster
  /// frames that this frame's `agreed` newly covers. O(envelopes + log authors); a roster frame costs O(members).
  @discardableResult
  package mutating func apply(_ signed: SignedFrame, notary: some Notary) throws(Rejection) -> [PresenceChange] {
    let frame = signed.frame
    try check(frame)
    let before = agreed
    switch frame.body {
    case .messages(let envelopes):
      try checkAuthors(of: envelopes)
      for envelope in envelopes { authors.record(envelope.envelope, frame: frame.sequence, roster: roster) }
    case .roster(let change):
      guard rosters.last.map({ $0.sequence <= frame.agreed }) ?? true else { throw .badRoster }
      guard let after = change.applied(to: roster, notary: notary) else { throw .badRoster }
      noteFlapping(change, from: roster, at: frame.time)
      rosters.append(RosterAt(sequence: frame.sequence, roster: after, isFirst: reign == nil))
    case .branch(_, _, let ids):
      noteBranch(frame, ids)
      rosters.append(RosterAt(sequence: frame.sequence, roster: roster.branch(of: ids), isFirst: true))
    case .handover(let member): guard roster[member] != nil, member != reflector else { throw .badReign }
    case .adopt(let lineage):
      guard lineage == ancestry.lineage, !ancestry.isTrunk, ancestry.adoption == nil else { throw .badReign }
      ancestry.adopt(at: frame.sequence)
    case .verdict(_, _, _, let members): noteOffences(of: members, at: frame.time)
    case .tick(let period):
      guard tickOrdered <= frame.agreed, isFit(tick: period) else { throw .badTick }
      tick = period
      tickOrdered = frame.sequence
    case .idle, .term, .mark, .dissent: break
    }
    if frame.reign != reign {
      reflector = frame.reign.term.handover > 0 ? successor : frame.reign.term.elected
      history.append(ReignStart(reign: frame.reign, first: frame.sequence))
    }
    if history.count > Limits.history { history.removeFirst() }
    noteMark(frame)
    successor = frame.successor
    sequence = frame.sequence
    chain = signed.hash
    time = frame.time
    agreed = frame.agreed
    final = frame.final
    ancestry.settle(agreed)
    return presenceChanges(since: before)
  }

  /// A mark serves its own lineage only.
  private mutating func noteMark(_ frame: Frame) {
    switch frame.body {
    case .mark:
      mark = frame.sequence
      marked = frame.time
      hasNews = false
    case .branch:
      mark = 0
      hasNews = true
    case .messages, .roster: hasNews = true
    case .idle, .term, .handover, .adopt, .verdict, .dissent, .tick: break
    }
  }

  /// Whether so much has happened since the newest mark that another is due.
  var isMarkDue: Bool { hasNews && time >= marked + Limits.markSpacing }

  /// What the world hears when `agreed` grows from `before`; rosters that nobody needs any more are let go.
  private mutating func presenceChanges(since before: UInt64) -> [PresenceChange] {
    guard let newest = rosters.lastIndex(where: { $0.sequence <= agreed }), newest > 0 else { return [] }
    let changes = PresenceChange.between(presentMembers(before), presentMembers(agreed))
    rosters.removeFirst(newest)
    return changes
  }

  /// Who enters, and who loses its vote, may have done so before.
  private mutating func noteFlapping(_ change: RosterChange, from roster: Roster, at time: VirtualTime) {
    for entry in change.added { flapping.note(entry.identity, at: time) }
    for change in change.standings {
      guard let entry = roster[change.id], entry.standing == .voter, change.standing < .voter else { continue }
      flapping.note(entry.identity, at: time)
    }
  }

  /// Whose world differed from what more than half of the voters computed.
  private mutating func noteOffences(of members: [MemberID], at time: VirtualTime) {
    for entry in roster.entries where members.contains(entry.id) { offences.note(entry.identity, at: time) }
  }

  /// What the branch that this frame begins will rank by, and who of the voters does not come along.
  private mutating func noteBranch(_ frame: Frame, _ ids: [MemberID]) {
    let parent = rostersInForce(agreed: frame.agreed)
    let known = agreedRoster(frame.agreed)
    let along = known.voters.map(\.id).filter { ids.contains($0) }
    let branching = Branching(
      lineage: frame.reign.lineage, version: known.version, voters: UInt32(truncatingIfNeeded: along.count),
      oldest: along.first ?? MemberID(.max), term: reign?.term ?? frame.reign.term, cut: sequence)
    let voters = parent.flatMap { $0.entries.filter { $0.standing == .voter } }
    ancestry.branch(branching, without: voters.filter { !ids.contains($0.id) }.map(\.author))
  }

  /// Everything that can be said of a frame without its body.
  private func check(_ frame: Frame) throws(Rejection) {
    guard frame.sequence == sequence + 1 else { throw .brokenChain }
    guard frame.previous == chain else { throw .brokenChain }
    guard frame.time >= time, frame.time <= time + Limits.stampAdvance else { throw .badTime }
    guard frame.agreed >= agreed, frame.final >= final else { throw .fallingAgreement }
    guard let reign else {
      guard case .roster = frame.body else { throw .badReign }
      return
    }
    guard frame.reign != reign else {
      // The frame that hands a reign over is its last.
      guard successor == nil else { throw .badReign }
      return
    }
    guard frame.reign.term > reign.term else { throw .badReign }
    switch frame.body {
    case .term:
      guard frame.reign.lineage == reign.lineage else { throw .badReign }
      guard frame.reign.term.handover == 0 || successor != nil && frame.reign.term == reign.term.handedOver else {
        throw .badReign
      }
    case .branch(let parent, let at, _):
      guard frame.reign.lineage != reign.lineage, parent == reign.lineage, at == sequence else { throw .badReign }
      guard frame.reign.term.handover == 0 else { throw .badReign }
    default: throw .badReign
    }
  }

  private func checkAuthors(of envelopes: [SignedEnvelope]) throws(Rejection) {
    var last: [(author: Author, sequence: UInt64)] = []
    for envelope in envelopes.map(\.envelope) {
      guard mayPublish(envelope.author) else { throw .notAuthor }
      let index = last.firstIndex { $0.author == envelope.author }
      let before = index.map { last[$0].sequence } ?? authors.last(of: envelope.author)
      guard envelope.first == before + 1 else { throw .badAuthorSequence }
      if let index { last[index].sequence = envelope.last } else { last.append((envelope.author, envelope.last)) }
    }
  }

  /// Whether the session may have this tick period: 5 to 200 ms, and a millisecond for each member. Of more than 200
  /// members it is the longest.
  package func isFit(tick period: Delay) -> Bool {
    let least = min(Limits.tickPerMember * UInt64(roster.entries.count), Limits.tickPeriods.upperBound)
    return Limits.tickPeriods.contains(period) && period >= least
  }

  /// Hosts and members publish once caught up, whatever their standing.
  package func mayPublish(_ author: Author) -> Bool {
    guard let entry = roster.entry(of: author) else { return false }
    return entry.standing >= .observer && entry.role != .spectator
  }

  /// Who is present in the ears of the world once `agreed` is agreed: those who have caught up.
  private func presentMembers(_ agreed: UInt64) -> [RosterEntry] {
    agreedRoster(agreed).entries.filter { $0.standing >= .observer }
  }
}

/// Somebody joined or left, as the world hears it: by identity, so that a new id of the same identity is no event.
package struct PresenceChange: Hashable, Sendable {
  package let identity: Identity
  package let name: String
  package let joined: Bool

  /// Who left, then who joined, each in order of seniority.
  static func between(_ before: [RosterEntry], _ after: [RosterEntry]) -> [PresenceChange] {
    if before == after { return [] }
    let left = before.filter { old in !after.contains { $0.identity == old.identity } }
    let joined = after.filter { new in !before.contains { $0.identity == new.identity } }
    return left.map { PresenceChange(identity: $0.identity, name: $0.name, joined: false) }
      + joined.map { PresenceChange(identity: $0.identity, name: $0.name, joined: true) }
  }
}

extension LogState {
  package func write(to writer: inout ByteWriter) {
    writer.uint64(sequence)
    writer.raw(chain.bytes)
    writer.int64(time.nanoseconds)
    writer.uint64(agreed)
    writer.uint64(final)
    writer.count(history.count)
    for line in history { line.write(to: &writer) }
    writer.count(rosters.count)
    for at in rosters {
      writer.uint64(at.sequence)
      at.roster.write(to: &writer)
      writer.bool(at.isFirst)
    }
    authors.write(to: &writer)
    ancestry.write(to: &writer)
    flapping.write(to: &writer)
    offences.write(to: &writer)
    writer.uint64(tick.nanoseconds)
    writer.uint64(tickOrdered)
    writer.uint64(mark)
    writer.int64(marked.nanoseconds)
    writer.bool(hasNews)
    writer.bool(reflector != nil)
    reflector?.write(to: &writer)
    writer.bool(successor != nil)
    successor?.write(to: &writer)
  }

  package init(reading reader: inout ByteReader) throws(DecodeError) {
    sequence = try reader.uint64()
    chain = try reader.bytes32()
    time = try reader.time()
    agreed = try reader.uint64()
    final = try reader.uint64()
    guard final <= agreed, agreed <= sequence, sequence < .max else { throw .invalid("log state") }
    var history: [ReignStart] = []
    for _ in 0..<(try reader.count(limit: Limits.history, elementSize: ReignStart.encodedSize)) {
      history.append(try ReignStart(reading: &reader))
    }
    var rosters: [RosterAt] = []
    for _ in 0..<(try reader.count(limit: Limits.members, elementSize: 24)) {
      let at = RosterAt(
        sequence: try reader.uint64(), roster: try Roster(reading: &reader), isFirst: try reader.bool())
      if let last = rosters.last, last.sequence >= at.sequence { throw .invalid("roster order") }
      rosters.append(at)
    }
    guard !history.isEmpty, !rosters.isEmpty else { throw .invalid("log state") }
    self.history = history
    self.rosters = rosters
    authors = try AuthorTable(reading: &reader)
    ancestry = try Ancestry(reading: &reader)
    flapping = try Flapping(reading: &reader)
    offences = try Offences(reading: &reader)
    tick = try reader.tickPeriod()
    tickOrdered = try reader.uint64()
    mark = try reader.uint64()
    marked = try reader.time()
    hasNews = try reader.bool()
    reflector = try reader.bool() ? try Member(reading: &reader) : nil
    successor = try reader.bool() ? try Member(reading: &reader) : nil
    guard reflector != nil else { throw .invalid("log state") }
  }
}
