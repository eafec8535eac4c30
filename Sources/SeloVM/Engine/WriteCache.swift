/// Where chunks of one column may be written without asking: a short cut past the directory for turns of nodes.
///
/// An entry holds as long as its epoch is the engine's; whatever shares chunks (a fork, a frozen view, an exclusive
/// turn that may have to be undone) begins a new epoch, so all entries end at once, however many there are.
@usableFromInline
final class WriteCache {
  @usableFromInline
  struct Entry {
    @usableFromInline var base: UnsafeMutableRawPointer?
    @usableFromInline var epoch: UInt64
  }

  @usableFromInline @exclusivity(unchecked) private(set) var entries: UnsafeMutablePointer<Entry>
  private var capacity = 16

  init() {
    entries = .allocate(capacity: capacity)
    entries.initialize(repeating: Entry(base: nil, epoch: 0), count: capacity)
  }

  deinit { entries.deallocate() }

  /// Has room for that many chunks.
  func grow(to count: Int) {
    guard count > capacity else { return }
    let larger = UnsafeMutablePointer<Entry>.allocate(capacity: count * 2)
    larger.initialize(repeating: Entry(base: nil, epoch: 0), count: count * 2)
    larger.update(from: entries, count: capacity)
    entries.deallocate()
    (entries, capacity) = (larger, count * 2)
  }
}
