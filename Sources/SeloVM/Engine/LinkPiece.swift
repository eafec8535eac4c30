/// Up to 256 links in a row: a piece of a bucket of ``TimeQueue``, shared between forks until one of them appends.
///
/// It is unchecked Sendable because only who holds the one reference to a piece changes it.
final class LinkPiece: @unchecked Sendable {
  static let limit = 256

  private(set) var links: UnsafeMutablePointer<Link>
  private var capacity: Int
  private(set) var count = 0

  init(capacity: Int = 8) {
    self.capacity = capacity
    links = .allocate(capacity: capacity)
  }

  deinit { links.deallocate() }

  func clone() -> LinkPiece {
    let twin = LinkPiece(capacity: max(count, 8))
    twin.links.initialize(from: links, count: count)
    twin.count = count
    return twin
  }

  /// Must not be full.
  func append(_ link: Link) {
    if count == capacity { grow() }
    (links + count).initialize(to: link)
    count += 1
  }

  func remove(at place: Int) {
    (links + place).update(from: links + place + 1, count: count - place - 1)
    count -= 1
  }

  func removeAll() { count = 0 }

  private func grow() {
    let larger = UnsafeMutablePointer<Link>.allocate(capacity: capacity * 2)
    larger.initialize(from: links, count: count)
    links.deallocate()
    (links, capacity) = (larger, capacity * 2)
  }
}
