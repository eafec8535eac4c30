import SeloCrypto
import SeloMesh
import SeloWire

/// Looking for a session: questions into the network, beacons heard, doors knocked at (PROTOCOL section 8).
struct Seeking {
  /// A peer of some session, as its beacon shows it.
  struct Sighting {
    let session: SessionID
    let endpoint: Endpoint
    let lineage: LineageID
    let isReflector: Bool
    let listing: Beacon.Listing?
    let at: Instant
    var outcome: Outcome?
  }

  enum Outcome: Equatable {
    case knocking
    /// Nobody answered there; another peer of the session may, and so may this one when it is heard again.
    case silent(since: Instant)
    /// The session is another one, or the passphrase is; or its door closed on us in the middle.
    case refused(since: Instant)
  }

  private struct Refusals {
    let session: SessionID
    var count: Int
  }

  let purpose: PeerOptions.Purpose
  let given: [Endpoint]
  /// A return looks for this session only and does not give up.
  let returning: Returning?
  /// The lineage that is not looked for.
  private let apart: LineageID?
  /// Whether only reflectors are knocked at.
  var passesFollowers = false
  /// Lineages that do not come up to the one that was lost.
  private var worse: [LineageID] = []
  let since: Instant
  let patience: Delay
  let listening: Delay
  let nonce: UInt64
  private(set) var sightings: [Sighting] = []
  var knocks: [Knock] = []
  /// What was fetched of a snapshot before its giver was gone.
  var begun: SnapshotFetch?
  /// Where something false was given: others are asked first.
  var shunned: Endpoint?
  private var refusals: [Refusals] = []
  private var asked = 0
  private var nextQuery: Instant
  /// When to found, if nothing was found till then; nil for one who only joins.
  var decision: Instant?
  /// Others who may found.
  var rivals: [Rival] = []
  /// The time for listening or for patience is over; from here on only knocks under way can change the verdict.
  private var isOver = false

  init(
    _ purpose: PeerOptions.Purpose, given: [Endpoint], returning: Returning? = nil, apart: LineageID? = nil,
    options: PeerOptions, at now: Instant, _ entropy: inout Entropy
  ) {
    self.purpose = purpose
    self.given = given
    self.returning = returning
    self.apart = apart
    since = now
    patience = options.patience
    listening = options.listening
    nonce = max(entropy.uint64(), 1)
    nextQuery = now
    decision = purpose == .join ? nil : now + options.listening
  }

  private var end: Instant { purpose == .found ? since + listening : since + patience }

  var deadline: Instant? {
    .earliest((knocks.compactMap(\.deadline) + [nextQuery] + (isOver ? [] : [end])).min(), decision)
  }

  func query(at now: Instant) -> Query {
    Query(nonce: nonce, decidesIn: purpose == .meet ? decision.map { $0.since(now) } : nil)
  }

  /// Queries at 0, 20, 60 and 140 ms, then twice a second.
  mutating func queryIsDue(at now: Instant) -> Bool {
    isOver = now >= end
    guard nextQuery <= now else { return false }
    let gaps: [UInt64] = [20, 40, 80]
    nextQuery = now + .milliseconds(asked < gaps.count ? gaps[asked] : 500)
    asked += 1
    return true
  }

  mutating func hear(_ beacon: Beacon, at endpoint: Endpoint, named name: String, now: Instant) {
    if let returning, beacon.session != returning.session { return }
    if let apart, beacon.lineage == apart { return }
    if let listing = beacon.listing, listing.name != name { return }
    if let index = sightings.firstIndex(where: { $0.endpoint == endpoint && $0.session == beacon.session }) {
      let outcome = sightings[index].outcome
      // It refused us and lives: that was an answer. One that died meanwhile has not refused anybody.
      if case .refused(let since) = outcome, sightings[index].at <= since { countRefusal(by: beacon.session) }
      sightings[index] = Sighting(
        session: beacon.session, endpoint: endpoint, lineage: beacon.lineage, isReflector: beacon.isReflector,
        listing: beacon.listing, at: now, outcome: outcome)
    } else if sightings.count < Limits.beaconSources {
      sightings.append(
        Sighting(
          session: beacon.session, endpoint: endpoint, lineage: beacon.lineage, isReflector: beacon.isReflector,
          listing: beacon.listing, at: now))
    }
  }

  /// Where to knock next: reflectors at once, others after a while of listening; four at once, one a session.
  mutating func nextDoor(at now: Instant) -> Sighting? {
    guard knocks.count < 4 else { return nil }
    let open = sightings.indices.filter { index in
      let sighting = sightings[index]
      guard sighting.isOpen, sighting.isReflector || now >= since + listening && !passesFollowers else { return false }
      if returning?.claim(at: now) != nil, worse.contains(sighting.lineage) { return false }
      if sighting.endpoint == shunned, now < since + Limits.shunPatience { return false }
      if sightings.contains(where: { $0.session == sighting.session && $0.outcome == .knocking }) { return false }
      return !isRefused(sighting.session)
    }
    let chosen = open.first { sightings[$0].isReflector && sightings[$0].outcome == nil }
    guard let chosen = chosen ?? open.first(where: { sightings[$0].outcome == nil }) ?? open.first else { return nil }
    sightings[chosen].outcome = .knocking
    return sightings[chosen]
  }

  func isRefused(_ session: SessionID) -> Bool {
    returning == nil && refusals.contains { $0.session == session && $0.count >= Limits.refusals }
  }

  mutating func ended(_ knock: Knock, _ failure: KnockFailure, at now: Instant) {
    let outcome: Outcome
    switch failure {
    case .noAnswerToNoise1, .otherCharter, .badIdent, .notBetter, .rival: outcome = .refused(since: now)
    case .silence, .noAnswerToExchange, .noWelcome: outcome = .silent(since: now)
    }
    for index in sightings.indices
    where sightings[index].endpoint == knock.endpoint && sightings[index].session == knock.session {
      sightings[index].outcome = outcome
      if failure == .notBetter, !worse.contains(sightings[index].lineage) { worse.append(sightings[index].lineage) }
    }
    knocks.removeAll { $0.localIndex == knock.localIndex }
  }

  private mutating func countRefusal(by session: SessionID) {
    if let index = refusals.firstIndex(where: { $0.session == session }) {
      refusals[index].count += 1
    } else {
      refusals.append(Refusals(session: session, count: 1))
    }
  }

  /// How the search ends when nothing more can come of it.
  func verdict(at now: Instant) -> EndReason? {
    guard returning == nil, purpose != .meet, knocks.isEmpty else { return nil }
    let allRefused = !sightings.isEmpty && sightings.allSatisfy { isRefused($0.session) }
    if allRefused, now >= since + listening { return .notAdmitted }
    guard now >= since + patience else { return nil }
    return refusals.isEmpty ? .nobody : .notAdmitted
  }

  /// A listed session of the name that is to be founded.
  func isTaken(_ name: String) -> Bool { sightings.contains { $0.listing?.name == name } }
}

extension Seeking.Sighting {
  /// Not knocked at yet, or heard again since nobody opened.
  fileprivate var isOpen: Bool {
    switch outcome {
    case nil: true
    case .knocking: false
    case .silent(let since), .refused(let since): at > since
    }
  }
}
