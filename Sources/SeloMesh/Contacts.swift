package import SeloWire

/// What this peer knows of the other members at this moment: when they were heard, what they hold, how far they are.
package struct Contacts: Hashable, Sendable {
  package struct Contact: Hashable, Sendable {
    package let member: Member
    /// When it came onto the roster, as seen here.
    let since: Instant
    /// Any packet, or that a channel to it was opened.
    package var heard: Instant
    /// Whether it was ever heard: before that its silence says nothing.
    var everHeard = false
    /// An ack of the current reign, at the reflector.
    package var acked: Instant
    package var held: UInt64 = 0
    /// The newest closed-port hint and how many came within 5 ms of it.
    var refused: Instant?
    var refusals = 0
    /// When the second of two such hints came first, unless the member was heard since.
    var closedSince: Instant?
    /// When `term`, `fenced` or an answer to a doubt was last sent there, so that answers stay few.
    var answered: Instant?
    /// That it does not count this peer among the members.
    var removal: RemovalWord?
    var window = SendWindow()
    var repairs = RequestCount()
    var fetches = RequestCount()
    /// Since when it holds much less than is agreed, at the reflector.
    var behindSince: Instant?
    /// Since when it has lacked no frame that was sent long ago, at the reflector.
    var nearSince: Instant?
    /// Smoothed round trip in nanoseconds.
    package var roundTrip: UInt64?
  }

  // Sorted by member.
  package private(set) var all: [Contact] = []

  package subscript(member: Member) -> Contact? { index(of: member).map { all[$0] } }

  func contains(_ member: Member) -> Bool { index(of: member) != nil }

  /// The newest frame that this member is known to hold; 0 for a stranger.
  package func held(by member: Member) -> UInt64 { index(of: member).map { all[$0].held } ?? 0 }

  /// When this member last acked in the current reign; nil for a stranger.
  func acked(by member: Member) -> Instant? { index(of: member).map { all[$0].acked } }

  mutating func update(_ member: Member, _ change: (inout Contact) -> Void) {
    guard let index = index(of: member) else { return }
    change(&all[index])
  }

  // By index: iterators and closures copy every contact that they pass.
  private func index(of member: Member) -> Int? {
    var index = 0
    while index < all.count, all[index].member != member { index += 1 }
    return index < all.count ? index : nil
  }

  /// Keeps exactly the members of `rosters` and the guide, without `me`; new ones count as heard just now.
  mutating func keep(_ rosters: [Roster], and guide: Member?, but me: Member, at now: Instant) {
    let known = rosters.flatMap(\.entries).map(\.member) + (guide.map { [$0] } ?? [])
    let members = Set(known).subtracting([me]).sorted()
    if members == all.map(\.member) { return }
    all = members.map { self[$0] ?? Contact(member: $0, since: now, heard: now, acked: now) }
  }

  /// A new reign begins: nobody has acked in it.
  mutating func forgetAcks(at now: Instant) {
    for index in all.indices {
      all[index].held = 0
      all[index].acked = now
      all[index].behindSince = nil
      all[index].nearSince = nil
    }
  }

  /// This peer was away: nobody else was.
  mutating func forgive(at now: Instant) {
    for index in all.indices {
      all[index].heard = now
      all[index].acked = now
      all[index].behindSince = nil
    }
  }

  /// Notes who lags far behind what is agreed and who hardly lags behind what was sent, and since when.
  mutating func watchPace(agreed: UInt64, of reflecting: Reflecting, through received: UInt64, at now: Instant) {
    for index in all.indices {
      let held = all[index].held
      let isBehind = held + Limits.slowFrames < agreed
      all[index].behindSince = isBehind ? all[index].behindSince ?? now : nil
      let isNear = held >= received || reflecting.sent(held + 1).map { now.since($0.at) < Timing.nearness } ?? false
      all[index].nearSince = isNear ? all[index].nearSince ?? now : nil
    }
  }

  /// Since when two refusals of this member, which came within 5 ms, have stood uncontradicted. Later ones change
  /// nothing, else the time would never come at which they count.
  func portIsClosed(_ member: Member) -> Instant? {
    guard let index = index(of: member), let since = all[index].closedSince else { return nil }
    return since > all[index].heard ? since : nil
  }

  mutating func refused(_ member: Member, at now: Instant) {
    update(member) { contact in
      let close = contact.refused.map { now.since($0) <= .milliseconds(5) } ?? false
      contact.refusals = close ? contact.refusals + 1 : 1
      contact.refused = now
      let stands = contact.closedSince.map { $0 > contact.heard } ?? false
      if contact.refusals >= 2, !stands { contact.closedSince = now }
    }
  }
}
