import SeloWire

/// What happens at an instant of the simulation.
enum Occurrence {
  case datagram([UInt8], from: Int, to: Int)
  /// The answer of a closed port.
  case refused(Int, to: Int)
  /// The deadline of a peer, unless it has set another one since.
  case wake(Int, at: Instant)
  case publish(Int, life: UInt64)
  case start(Int)
  /// A process is stopped no longer.
  case resume(Int, life: UInt64)
  /// A slow peer takes the next datagram.
  case serve(Int, life: UInt64)
  /// A fault's turn.
  case trouble(Trouble)
  /// An aimed shot hits.
  case strike(Int, life: UInt64)
  case heal(partition: UInt64)
  case hurry(Int)
  case fairWeather
  /// A look whether all has healed.
  case look
  /// By now another must have taken a killed reflector's duty.
  case failoverDue(Failover)
}

/// Faults that come again and again.
enum Trouble: CaseIterable {
  case crash, pause, partition, jump, starvation, slowness, lie
}

/// Occurrences in the order of their instants, first come first served: a binary heap of small keys, so that sifting
/// moves no payload.
struct EventQueue {
  private struct Key {
    let at: Instant
    let order: UInt64
    let slot: Int

    func precedes(_ other: Key) -> Bool { at == other.at ? order < other.order : at < other.at }
  }

  private var heap: [Key] = []
  private var slots: [Occurrence] = []
  private var free: [Int] = []
  private var count: UInt64 = 0

  mutating func add(_ occurrence: Occurrence, at: Instant) {
    let slot: Int
    if let last = free.popLast() {
      slot = last
      slots[slot] = occurrence
    } else {
      slot = slots.count
      slots.append(occurrence)
    }
    heap.append(Key(at: at, order: count, slot: slot))
    count += 1
    var child = heap.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard heap[child].precedes(heap[parent]) else { break }
      heap.swapAt(child, parent)
      child = parent
    }
  }

  var nextInstant: Instant? { heap.first?.at }

  mutating func next() -> (at: Instant, occurrence: Occurrence)? {
    guard let first = heap.first else { return nil }
    let last = heap.removeLast()
    if !heap.isEmpty {
      heap[0] = last
      sink()
    }
    let occurrence = slots[first.slot]
    slots[first.slot] = .look
    free.append(first.slot)
    return (first.at, occurrence)
  }

  private mutating func sink() {
    var parent = 0
    while true {
      let left = 2 * parent + 1
      guard left < heap.count else { return }
      let right = left + 1
      let least = right < heap.count && heap[right].precedes(heap[left]) ? right : left
      guard heap[least].precedes(heap[parent]) else { return }
      heap.swapAt(parent, least)
      parent = least
    }
  }
}
