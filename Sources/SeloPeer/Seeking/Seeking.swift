import SeloCrypto
import SeloWire

/// Looking for a session: questions into the network, beacons heard, doors knocked at (PROTOCOL section 9).
struct Seeking {
  /// A peer of some session, as its beacon shows it.
  struct Sighting {
    let session: SessionID
    let endpoint: Endpoint
    let isReflector: Bool
    let listing: Beacon.Listing?
    let at: Instant
    var outcome: Outcome?
  }

  enum Outcome {
    case knocking
    /// Nobody answered there; another peer of the session may.
    case silent
    /// The session is another one, or the passphrase is.
    case refused
  }

  let purpose: PeerOptions.Purpose
  let given: [Endpoint]
  /// A return looks for this session only and does not give up.
  let returning: SessionID?
  let since: Instant
  let patience: Delay
  let listening: Delay
  let nonce: UInt64
  private(set) var sightings: [Sighting] = []
  var knocks: [Knock] = []
  private var asked = 0
  private var nextQuery: Instant

  init(
    _ purpose: PeerOptions.Purpose, given: [Endpoint], returning: SessionID? = nil, options: PeerOptions,
    at now: Instant, _ entropy: inout Entropy
  ) {
    self.purpose = purpose
    self.given = given
    self.returning = returning
    since = now
    patience = options.patience
    listening = options.listening
    nonce = max(entropy.uint64(), 1)
    nextQuery = now
  }

  var deadline: Instant? {
    let end = purpose == .found ? since + listening : since + patience
    let judgement = end > nextQuery ? nextQuery : end
    return (knocks.compactMap(\.deadline) + [judgement, nextQuery]).min()
  }

  /// Queries at 0, 20, 60 and 140 ms, then twice a second.
  mutating func queryIsDue(at now: Instant) -> Bool {
    guard nextQuery <= now else { return false }
    let gaps: [UInt64] = [20, 40, 80]
    nextQuery = now + .milliseconds(asked < gaps.count ? gaps[asked] : 500)
    asked += 1
    return true
  }

  mutating func hear(_ beacon: Beacon, at endpoint: Endpoint, named name: String, now: Instant) {
    if let returning, beacon.session != returning { return }
    if let listing = beacon.listing, listing.name != name { return }
    if let index = sightings.firstIndex(where: { $0.endpoint == endpoint && $0.session == beacon.session }) {
      let outcome = sightings[index].outcome
      sightings[index] = Sighting(
        session: beacon.session, endpoint: endpoint, isReflector: beacon.isReflector, listing: beacon.listing, at: now,
        outcome: outcome)
    } else if sightings.count < Limits.beaconSources {
      sightings.append(
        Sighting(
          session: beacon.session, endpoint: endpoint, isReflector: beacon.isReflector, listing: beacon.listing,
          at: now))
    }
  }

  /// Where to knock next: reflectors at once, others after a while of listening; four at once, one a session.
  mutating func nextDoor(at now: Instant) -> Sighting? {
    guard knocks.count < 4 else { return nil }
    let open = sightings.indices.filter { index in
      let sighting = sightings[index]
      guard sighting.outcome == nil, sighting.isReflector || now >= since + listening else { return false }
      return !sightings.contains { $0.session == sighting.session && ($0.outcome == .knocking || $0.outcome == .refused) }
    }
    guard let chosen = open.first(where: { sightings[$0].isReflector }) ?? open.first else { return nil }
    sightings[chosen].outcome = .knocking
    return sightings[chosen]
  }

  mutating func ended(_ knock: Knock, _ failure: KnockFailure) {
    let refused: Bool
    switch failure {
    case .noAnswerToNoise1, .otherCharter, .badIdent: refused = true
    case .silence, .noAnswerToExchange, .noWelcome: refused = false
    }
    for index in sightings.indices where sightings[index].endpoint == knock.endpoint {
      // One who returns asks again as long as it takes.
      sightings[index].outcome = returning != nil ? nil : refused ? .refused : .silent
    }
    knocks.removeAll { $0.localIndex == knock.localIndex }
  }

  /// How the search ends when nothing more can come of it.
  func verdict(at now: Instant) -> EndReason? {
    guard returning == nil, knocks.isEmpty else { return nil }
    let anyRefused = sightings.contains { $0.outcome == .refused }
    if anyRefused, now >= since + listening, !sightings.contains(where: { $0.outcome == nil }) { return .notAdmitted }
    guard now >= since + patience else { return nil }
    return anyRefused ? .notAdmitted : .nobody
  }

  /// A listed session of the name that is to be founded.
  func isTaken(_ name: String) -> Bool { sightings.contains { $0.listing?.name == name } }
}
