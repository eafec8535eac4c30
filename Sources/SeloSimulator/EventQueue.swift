import SeloWire

/// What happens at an instant of the simulation.
enum Occurrence {
  case datagram([UInt8], from: Endpoint, to: Int)
  /// The answer of a closed port.
  case refused(Endpoint, to: Int)
  /// The deadline of a peer, unless it has set another one since.
  case wake(Int, at: Instant)
  case publish(Int, life: UInt64)
  case crash
  case pause
  case resume(Int, life: UInt64)
  case start(Int)
  case fairWeather
}

/// Occurrences in the order of their instants, first come first served: a binary heap.
struct EventQueue {
  private struct Item {
    let at: Instant
    let order: UInt64
    let occurrence: Occurrence

    func precedes(_ other: Item) -> Bool { (at, order) < (other.at, other.order) }
  }

  private var heap: [Item] = []
  private var count: UInt64 = 0

  mutating func add(_ occurrence: Occurrence, at: Instant) {
    heap.append(Item(at: at, order: count, occurrence: occurrence))
    count += 1
    var child = heap.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard heap[child].precedes(heap[parent]) else { break }
      heap.swapAt(child, parent)
      child = parent
    }
  }

  mutating func next() -> (at: Instant, occurrence: Occurrence)? {
    guard let first = heap.first else { return nil }
    let last = heap.removeLast()
    if !heap.isEmpty {
      heap[0] = last
      sink()
    }
    return (first.at, first.occurrence)
  }

  private mutating func sink() {
    var parent = 0
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && heap[child].precedes(heap[least]) {
        least = child
      }
      if least == parent { return }
      heap.swapAt(parent, least)
      parent = least
    }
  }
}
