/// What a law has seen at each place. It keeps a sum over all that it holds, so that telling two ledgers apart in a
/// search does not depend on their length.
struct Ledger<Place: Hashable & Sendable, Value: Hashable & Sendable>: Hashable, Sendable {
  private var entries: [Place: Value] = [:]
  private var sum = Fingerprint.zero

  subscript(place: Place) -> Value? { entries[place] }

  /// Writes down what is at a place unless something is known there; returns what was known.
  mutating func note(_ value: Value, at place: Place) -> Value? {
    if let known = entries[place] { return known }
    entries[place] = value
    sum.add(
      Fingerprint {
        $0.combine(place)
        $0.combine(value)
      })
    return nil
  }

  static func == (left: Ledger, right: Ledger) -> Bool { left.entries == right.entries }

  func hash(into hasher: inout Hasher) { hasher.combine(sum) }
}
