/// The states that a search has seen, by their fingerprints, with how far it went on from each: a table of 24 bytes a
/// place with open addressing, because there are tens of millions.
struct SeenStates {
  private struct Place {
    var mark = Fingerprint.zero
    /// How many more events were tried from there, and one: 0 is an empty place.
    var reach: UInt8 = 0
  }

  private var places: [Place]
  private(set) var count = 0
  /// No more places are made: about a gigabyte and a half.
  private static let limit = 1 << 26

  init() { places = Array(repeating: Place(), count: 1 << 12) }

  /// Whether no more states fit.
  var isFull: Bool { places.count >= Self.limit && count * 10 >= places.count * 9 }

  /// Whether to go on from a state for `remaining` events: it is new, or was seen with fewer to go.
  mutating func visit(_ mark: Fingerprint, remaining: Int) -> Bool {
    if places.count < Self.limit, count * 10 >= places.count * 7 { grow() }
    let reach = UInt8(min(remaining, 254) + 1)
    let place = find(mark)
    if places[place].reach == 0 {
      if isFull { return false }
      count += 1
      places[place] = Place(mark: mark, reach: reach)
      return true
    }
    guard places[place].reach < reach else { return false }
    places[place].reach = reach
    return true
  }

  private func find(_ mark: Fingerprint) -> Int {
    var place = Int(truncatingIfNeeded: mark.left) & (places.count - 1)
    while places[place].reach > 0, places[place].mark != mark { place = (place + 1) & (places.count - 1) }
    return place
  }

  private mutating func grow() {
    let old = places
    places = Array(repeating: Place(), count: old.count * 2)
    for entry in old where entry.reach > 0 { places[find(entry.mark)] = entry }
  }
}
