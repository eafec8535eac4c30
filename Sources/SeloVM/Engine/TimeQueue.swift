/// The messages to nodes that wait, in the one order of a world: by time, and those of one time as they were committed.
///
/// A radix heap (Ahuja, Mehlhorn, Orlin, Tarjan: Faster algorithms for the shortest path problem, 1990): virtual time
/// never decreases, so a message can wait in the bucket of the highest bit in which its time differs from the last
/// instant. The lowest bucket that is not empty holds the next instant; when that comes, the rest of its bucket moves
/// to lower ones. Each message moves at most once a bit, always in sequence, and messages of one time always share a
/// bucket, in their order: nothing is compared or sorted.
///
/// A copy is O(1); the first message after a copy copies at most one piece of a bucket.
struct TimeQueue: Sendable {
  /// Each bit of a time has its bucket.
  private var buckets = Array(repeating: Bucket(), count: 64)
  /// A bit for each bucket that holds something.
  private var filled: UInt64 = 0
  /// The instant that was taken last; everything here is due later.
  private var last: UInt64
  private(set) var count = 0

  /// An empty queue for a world that has come to `now`.
  init(at now: VirtualTime) { last = UInt64(bitPattern: now.nanoseconds) }

  /// When the next message is due; nil when none waits. O(1).
  var earliest: VirtualTime? {
    guard filled != 0 else { return nil }
    return VirtualTime(nanoseconds: Int64(bitPattern: buckets[filled.trailingZeroBitCount].earliest))
  }

  /// Adds a message behind all of its time, which must be later than the instant taken last. O(1).
  mutating func append(_ link: Link) {
    count += 1
    place(link)
  }

  private mutating func place(_ link: Link) {
    let time = UInt64(bitPattern: link.time.nanoseconds)
    assert(time > last)
    let bucket = 63 &- (time ^ last).leadingZeroBitCount
    filled |= 1 << UInt64(truncatingIfNeeded: bucket)
    buckets[bucket].append(link, time)
  }

  /// Moves the messages of the next instant to the end of `due`, in their order. Amortised O(bits) a message.
  mutating func takeInstant(into due: inout [Link]) {
    let number = filled.trailingZeroBitCount
    filled &= filled &- 1
    var bucket = Bucket()
    swap(&bucket, &buckets[number])
    last = bucket.earliest
    let before = due.count
    if bucket.earliest == bucket.latest {
      for piece in bucket.pieces { due.append(contentsOf: piece) }
      due.append(contentsOf: bucket.tail)
    } else {
      for piece in bucket.pieces { distribute(piece, into: &due) }
      distribute(bucket.tail, into: &due)
    }
    count -= due.count - before
  }

  private mutating func distribute(_ piece: [Link], into due: inout [Link]) {
    for link in piece {
      if UInt64(bitPattern: link.time.nanoseconds) == last { due.append(link) } else { place(link) }
    }
  }

  /// Takes the message out that a ticket names, if it waits. O(messages in its bucket).
  mutating func cancel(_ ticket: Ticket) -> Link? {
    let time = UInt64(bitPattern: ticket.time.nanoseconds)
    guard ticket.time.nanoseconds >= 0, time > last else { return nil }
    let number = 63 &- (time ^ last).leadingZeroBitCount
    guard filled >> UInt64(number) & 1 == 1, let link = buckets[number].remove(ticket) else { return nil }
    if buckets[number].isEmpty { filled &= ~(1 << UInt64(number)) }
    count -= 1
    return link
  }

  /// Everything in order: what a copy gives when it is taken instant by instant.
  func inOrder() -> [Link] {
    var links: [Link] = []
    links.reserveCapacity(count)
    var rest = self
    while rest.filled != 0 { rest.takeInstant(into: &links) }
    return links
  }
}

extension TimeQueue {
  /// The messages of one bucket in pieces, so that a copy shares all but the last.
  private struct Bucket: Sendable {
    static let pieceLimit = 256

    var pieces: [[Link]] = []
    var tail: [Link] = []
    var earliest = UInt64.max
    var latest: UInt64 = 0

    var isEmpty: Bool { tail.isEmpty && pieces.isEmpty }

    mutating func append(_ link: Link, _ time: UInt64) {
      if tail.count == Self.pieceLimit {
        pieces.append(tail)
        tail = []
        tail.reserveCapacity(Self.pieceLimit)
      }
      tail.append(link)
      earliest = min(earliest, time)
      latest = max(latest, time)
    }

    mutating func remove(_ ticket: Ticket) -> Link? {
      func find(in piece: [Link]) -> Int? {
        piece.firstIndex { $0.cause == ticket.cause && $0.time == ticket.time }
      }
      var removed: Link?
      if let place = find(in: tail) {
        removed = tail.remove(at: place)
        if tail.isEmpty, let piece = pieces.popLast() { tail = piece }
      } else {
        for number in pieces.indices {
          guard let place = find(in: pieces[number]) else { continue }
          removed = pieces[number].remove(at: place)
          if pieces[number].isEmpty { pieces.remove(at: number) }
          break
        }
      }
      let time = UInt64(bitPattern: ticket.time.nanoseconds)
      if isEmpty { self = Bucket() } else if removed != nil, time == earliest || time == latest { measure() }
      return removed
    }

    private mutating func measure() {
      (earliest, latest) = (.max, 0)
      for piece in pieces + [tail] {
        for link in piece {
          earliest = min(earliest, UInt64(bitPattern: link.time.nanoseconds))
          latest = max(latest, UInt64(bitPattern: link.time.nanoseconds))
        }
      }
    }
  }
}
