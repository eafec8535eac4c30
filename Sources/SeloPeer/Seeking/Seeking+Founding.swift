import SeloWire

// Founding, when nobody has: of those who seek at one time one founds, and the others join it (PROTOCOL section 8).
//
// Whoever began to listen first decides first, and its beacon is heard by those who decide later. So only those matter
// that decide nearly together: of these the one with the lowest nonce founds, and the others give it a moment. A nonce
// is chance, so nothing is told of names; whoever turns out to have founded another session is passed by.

extension Seeking {
  /// Another one that seeks and may found.
  struct Rival: Equatable {
    let nonce: UInt64
    /// When it decides, by this peer's clock.
    var decides: Instant
  }

  enum Decision: Equatable {
    case found
    /// A listed session has the name already.
    case taken
    /// A listed session of the name let this peer not in: to found another one would hide that.
    case refused
  }

  /// Somebody asks who is there and says that it may found.
  mutating func hear(_ query: Query, at now: Instant) {
    guard purpose == .meet, query.nonce != nonce, let decidesIn = query.decidesIn else { return }
    let decides = now + min(decidesIn, patience)
    if let index = rivals.firstIndex(where: { $0.nonce == query.nonce }) {
      rivals[index].decides = decides
    } else if rivals.count < Limits.rivals {
      rivals.append(Rival(nonce: query.nonce, decides: decides))
    }
  }

  /// What to do about founding, when it is time to decide; nil when there is nothing to do yet.
  mutating func decide(at now: Instant, named name: String) -> Decision? {
    guard let due = decision, due <= now else { return nil }
    switch purpose {
    case .join: return nil
    case .found: return isTaken(name) ? .taken : .found
    case .meet: return decideMeeting(at: now, named: name)
    }
  }

  private mutating func decideMeeting(at now: Instant, named name: String) -> Decision? {
    if now >= since + patience { return isTaken(name) ? .refused : .found }
    if sightings.contains(where: { $0.listing?.name == name && isRefused($0.session) }) { return .refused }
    // A door may open still.
    if !knocks.isEmpty || sightings.contains(where: { !isRefused($0.session) }) {
      decision = min(now + .milliseconds(100), since + patience)
      return nil
    }
    rivals.removeAll { $0.decides + Limits.foundingPatience <= now }
    let first = rivals.filter { $0.nonce < nonce && $0.decides <= now + Limits.foundingTogether }
      .map(\.decides).max()
    guard let first else { return .found }
    decision = max(now, first) + Limits.foundingPatience
    return nil
  }
}
