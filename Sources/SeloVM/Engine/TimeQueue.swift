/// The messages to nodes that wait, in the one order of a world: by time, and those of one time as they were committed.
///
/// A radix heap (Ahuja, Mehlhorn, Orlin, Tarjan: Faster algorithms for the shortest path problem, 1990) with digits of
/// four bits: virtual time never decreases, so a message can wait at the level of the highest digit in which its time
/// differs from the last instant, in the bucket of that digit. The lowest bucket of the lowest level holds the next
/// instant; when that comes, the rest of the bucket moves to lower levels. Each message moves at most once a level,
/// always in sequence, and messages of one time always share a bucket, in their order: nothing is compared or sorted.
///
/// A copy is O(1); the first message after a copy copies one level and at most one piece of a bucket.
struct TimeQueue: Sendable {
  private static let levels = 16

  /// Sixteen buckets a level.
  private var buckets = Array(repeating: Array(repeating: Bucket(), count: 16), count: levels)
  /// A bit for each level that holds something, and for each level a bit for each such bucket.
  private var filledLevels: UInt16 = 0
  private var filled = SIMD16<UInt16>()
  /// The instant that was taken last; everything here is due later.
  private var last: UInt64
  private(set) var count = 0
  /// Empty pieces for the next buckets.
  private var spare: [LinkPiece] = []

  /// An empty queue for a world that has come to `now`.
  init(at now: VirtualTime) { last = UInt64(bitPattern: now.nanoseconds) }

  /// When the next message is due; nil when none waits. O(1).
  var earliest: VirtualTime? {
    guard filledLevels != 0 else { return nil }
    let level = filledLevels.trailingZeroBitCount
    return VirtualTime(nanoseconds: Int64(bitPattern: buckets[level][filled[level].trailingZeroBitCount].earliest))
  }

  /// Adds a message behind all of its time, which must be later than the instant taken last. O(1).
  mutating func append(_ link: Link) {
    count += 1
    place(link)
  }

  private mutating func place(_ link: Link) {
    let time = UInt64(bitPattern: link.time.nanoseconds)
    assert(time > last)
    let level = (63 &- (time ^ last).leadingZeroBitCount) >> 2
    let digit = Int(truncatingIfNeeded: time >> UInt64(truncatingIfNeeded: level << 2)) & 15
    filledLevels |= 1 << UInt16(truncatingIfNeeded: level)
    filled[level] |= 1 << UInt16(truncatingIfNeeded: digit)
    if buckets[level][digit].room == 0 { buckets[level][digit].extend(by: piece()) }
    buckets[level][digit].append(link, time)
  }

  /// A piece that nobody else holds.
  private mutating func piece() -> LinkPiece {
    if var piece = spare.popLast(), isKnownUniquelyReferenced(&piece) { return piece }
    return LinkPiece()
  }

  /// Moves the messages of the next instant to the end of `due`, in their order. Amortised O(levels) a message.
  mutating func takeInstant(into due: LinkBuffer) {
    let level = filledLevels.trailingZeroBitCount
    let digit = filled[level].trailingZeroBitCount
    filled[level] &= filled[level] &- 1
    if filled[level] == 0 { filledLevels &= filledLevels &- 1 }
    var bucket = Bucket()
    swap(&bucket, &buckets[level][digit])
    last = bucket.earliest
    let before = due.count
    let isOneInstant = bucket.earliest == bucket.latest
    for piece in bucket.pieces { take(piece, into: due, isOneInstant) }
    bucket.pieces = []
    if var tail = bucket.tail.take() {
      take(tail, into: due, isOneInstant)
      if spare.count < 32, isKnownUniquelyReferenced(&tail) {
        tail.removeAll()
        spare.append(tail)
      }
    }
    count -= due.count - before
  }

  private mutating func take(_ piece: LinkPiece, into due: LinkBuffer, _ isOneInstant: Bool) {
    if isOneInstant { return due.append(piece) }
    for place in 0..<piece.count {
      let link = piece.links[place]
      if UInt64(bitPattern: link.time.nanoseconds) == last { due.append(link) } else { self.place(link) }
    }
  }

  /// Takes the message out that a ticket names, if it waits. O(messages in its bucket).
  mutating func cancel(_ ticket: Ticket) -> Link? {
    let time = UInt64(bitPattern: ticket.time.nanoseconds)
    guard ticket.time.nanoseconds >= 0, time > last else { return nil }
    let level = (63 &- (time ^ last).leadingZeroBitCount) >> 2
    let digit = Int(truncatingIfNeeded: time >> UInt64(level << 2)) & 15
    guard filled[level] >> UInt16(digit) & 1 == 1, let link = buckets[level][digit].remove(ticket) else { return nil }
    if buckets[level][digit].isEmpty {
      filled[level] &= ~(1 << UInt16(digit))
      if filled[level] == 0 { filledLevels &= ~(1 << UInt16(level)) }
    }
    count -= 1
    return link
  }

  /// Everything in order. O(count · bytes in which times of a bucket differ).
  func inOrder() -> LinkBuffer {
    let links = LinkBuffer()
    links.reserve(count)
    for bucket in buckets.joined() where !bucket.isEmpty {
      let start = links.count
      for piece in bucket.pieces { links.append(piece) }
      if let tail = bucket.tail { links.append(tail) }
      if bucket.earliest != bucket.latest { links.sort(from: start, differing: bucket.earliest ^ bucket.latest) }
    }
    return links
  }
}

extension TimeQueue {
  /// The messages of one bucket in pieces, so that a copy shares all but the last.
  private struct Bucket: Sendable {
    /// Full when they were left; messages may have been taken out since.
    var pieces: [LinkPiece] = []
    var tail: LinkPiece?
    /// How many messages the last piece can still take.
    fileprivate(set) var room = 0
    private(set) var earliest = UInt64.max
    private(set) var latest: UInt64 = 0

    var isEmpty: Bool { tail == nil && pieces.isEmpty }

    /// Takes an empty piece for what comes next.
    mutating func extend(by piece: LinkPiece) {
      if let tail { pieces.append(tail) }
      tail = piece
      room = LinkPiece.limit
    }

    mutating func append(_ link: Link, _ time: UInt64) {
      if !isKnownUniquelyReferenced(&tail) { tail = tail?.clone() }
      tail?.append(link)
      room &-= 1
      earliest = min(earliest, time)
      latest = max(latest, time)
    }

    mutating func remove(_ ticket: Ticket) -> Link? {
      var all = pieces
      if let tail { all.append(tail) }
      for number in all.indices {
        guard let place = Self.find(ticket, in: all[number]) else { continue }
        let piece = all[number].clone()
        let link = piece.links[place]
        piece.remove(at: place)
        all[number] = piece
        if piece.count == 0 { all.remove(at: number) }
        tail = all.popLast()
        pieces = all
        room = tail.map { LinkPiece.limit - $0.count } ?? 0
        measure(without: ticket.time)
        return link
      }
      return nil
    }

    private static func find(_ ticket: Ticket, in piece: LinkPiece) -> Int? {
      for place in 0..<piece.count where piece.links[place].cause == ticket.cause {
        if piece.links[place].time == ticket.time { return place }
      }
      return nil
    }

    private mutating func measure(without time: VirtualTime) {
      if isEmpty {
        self = Bucket()
        return
      }
      let time = UInt64(bitPattern: time.nanoseconds)
      guard earliest != latest, time == earliest || time == latest else { return }
      (earliest, latest) = (.max, 0)
      for piece in pieces + [tail].compactMap({ $0 }) {
        for place in 0..<piece.count {
          earliest = min(earliest, UInt64(bitPattern: piece.links[place].time.nanoseconds))
          latest = max(latest, UInt64(bitPattern: piece.links[place].time.nanoseconds))
        }
      }
    }
  }
}
