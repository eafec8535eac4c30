/// Links in a row that only one engine or lane holds, and empties again and again.
@usableFromInline
final class LinkBuffer {
  @usableFromInline @exclusivity(unchecked) private(set) var links: UnsafeMutablePointer<Link>
  @usableFromInline @exclusivity(unchecked) private(set) var capacity = 256
  @usableFromInline @exclusivity(unchecked) var count = 0

  init() { links = .allocate(capacity: capacity) }

  deinit { links.deallocate() }

  @inlinable subscript(place: Int) -> Link {
    get { links[place] }
    set { links[place] = newValue }
  }

  @inlinable
  func append(_ link: Link) {
    if count == capacity { reserve(1) }
    (links + count).initialize(to: link)
    count &+= 1
  }

  func append(_ piece: LinkPiece) {
    reserve(piece.count)
    (links + count).initialize(from: piece.links, count: piece.count)
    count += piece.count
  }

  /// Where the messages to nodes of one type end that begin at a place.
  func endOfStretch(from start: Int, before limit: Int) -> Int {
    let type = links[start].target.typeIndex
    var end = start + 1
    while end < limit, links[end].target.typeIndex == type { end += 1 }
    return end
  }

  func remove(at place: Int) {
    (links + place).update(from: links + place + 1, count: count - place - 1)
    count -= 1
  }

  /// Has room for that many more.
  @usableFromInline
  func reserve(_ more: Int) {
    if count + more <= capacity { return }
    let room = max(capacity * 2, count + more)
    let larger = UnsafeMutablePointer<Link>.allocate(capacity: room)
    larger.initialize(from: links, count: count)
    links.deallocate()
    (links, capacity) = (larger, room)
  }
}

extension LinkBuffer {
  /// Sorts the links from a place on by time, those of one time as they are: byte after byte, from the lowest.
  /// `spread` has no bit set above those in which times differ. O(count · bytes).
  func sort(from start: Int, differing spread: UInt64) {
    let size = count - start
    let other = UnsafeMutablePointer<Link>.allocate(capacity: size)
    defer { other.deallocate() }
    var (source, target) = (links + start, other)
    var places = [Int](repeating: 0, count: 257)
    for shift in stride(from: 0 as UInt64, to: UInt64(64 - spread.leadingZeroBitCount), by: 8) {
      for place in places.indices { places[place] = 0 }
      for index in 0..<size { places[Self.byte(source[index], shift) + 1] += 1 }
      for place in 1...256 { places[place] += places[place - 1] }
      for index in 0..<size {
        let byte = Self.byte(source[index], shift)
        (target + places[byte]).initialize(to: source[index])
        places[byte] += 1
      }
      swap(&source, &target)
    }
    if source == other { (links + start).update(from: other, count: size) }
  }

  private static func byte(_ link: Link, _ shift: UInt64) -> Int {
    Int(truncatingIfNeeded: UInt64(bitPattern: link.time.nanoseconds) >> shift & 0xFF)
  }
}
