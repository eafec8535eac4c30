/// What the log delivers to the root: a message, a presence or a letter, with its place in the one order (VM rules 2
/// and 3).
struct External: Sendable {
  enum Content: Sendable {
    /// A message of the root's type: the payload of its ``Link``.
    case message(payload: UInt32)
    /// A message whose bytes do not decode.
    case undecodable
    case presence(Presence)
    case letter(Letter)
  }

  let time: VirtualTime
  /// Its frame's sequence.
  let sequence: UInt64
  /// Its place in the frame.
  let place: UInt32
  let cause: UInt64
  /// Who published it; nil for presence and letters.
  let author: PeerID?
  let content: Content

  func precedes(_ other: External) -> Bool {
    (time, sequence, place) < (other.time, other.sequence, other.place)
  }
}

/// What the log delivered and is not due yet, in order. A log delivers in order, so this is an array with a head.
struct ExternalQueue: Sendable {
  private var items: [External] = []
  private var head = 0

  var count: Int { items.count - head }
  /// When the first is due.
  var earliest: VirtualTime? { head < items.count ? items[head].time : nil }
  var first: External? { head < items.count ? items[head] : nil }
  var inOrder: ArraySlice<External> { items[head...] }

  /// O(1) in the order of the log, else O(count). Two of one position are an error of the caller.
  mutating func insert(_ item: External) {
    var place = items.count
    while place > head, !items[place - 1].precedes(item) {
      place -= 1
      precondition(
        item.precedes(items[place]), "two messages at \(item.time), frame \(item.sequence), place \(item.place)")
    }
    items.insert(item, at: place)
  }

  mutating func removeFirst() {
    head += 1
    if head == items.count {
      items.removeAll(keepingCapacity: true)
      head = 0
    } else if head >= 1_024, head > items.count / 2 {
      items.removeFirst(head)
      head = 0
    }
  }
}
