/// Values sorted by key in chunks of at most 128, behind one directory: a copy is O(1), and the first change after a
/// copy copies the directory and one chunk only.
///
/// Look-up is O(log n); insertion and removal are O(log n + chunk), and O(n / 128) when a chunk splits or vanishes.
struct ChunkedTable<Key: Comparable & Sendable, Value: Sendable>: Sendable {
  private struct Chunk: Sendable {
    var keys: [Key]
    var values: [Value]
  }

  private static var chunkLimit: Int { 128 }

  /// No chunk is empty; all keys ascend through all chunks.
  private var chunks: [Chunk] = []
  private(set) var count = 0

  init() {}

  var first: (key: Key, value: Value)? {
    guard let chunk = chunks.first else { return nil }
    return (chunk.keys[0], chunk.values[0])
  }

  var lastKey: Key? { chunks.last?.keys.last }

  subscript(key: Key) -> Value? {
    guard let place = place(of: key) else { return nil }
    let chunk = chunks[place.chunk]
    guard place.index < chunk.keys.count, chunk.keys[place.index] == key else { return nil }
    return chunk.values[place.index]
  }

  /// Puts `value` under `key`, in place of what was there.
  mutating func set(_ value: Value, for key: Key) {
    guard let place = place(of: key) else {
      chunks.append(Chunk(keys: [key], values: [value]))
      count = 1
      return
    }
    let size = chunks[place.chunk].keys.count
    if place.index < size, chunks[place.chunk].keys[place.index] == key {
      chunks[place.chunk].values[place.index] = value
      return
    }
    count += 1
    if size == Self.chunkLimit, place.index == size, place.chunk == chunks.count - 1 {
      chunks.append(Chunk(keys: [key], values: [value]))  // Growing at the end leaves full chunks behind.
      return
    }
    chunks[place.chunk].keys.insert(key, at: place.index)
    chunks[place.chunk].values.insert(value, at: place.index)
    if size == Self.chunkLimit { split(place.chunk) }
  }

  /// Takes the value under `key` out.
  @discardableResult
  mutating func remove(_ key: Key) -> Value? {
    guard let place = place(of: key) else { return nil }
    guard place.index < chunks[place.chunk].keys.count, chunks[place.chunk].keys[place.index] == key else { return nil }
    return remove(chunk: place.chunk, index: place.index)
  }

  /// Takes the value of the smallest key out.
  @discardableResult
  mutating func removeFirst() -> Value? { chunks.isEmpty ? nil : remove(chunk: 0, index: 0) }

  /// Calls `body` with all keys and values in order, from the first key that is not below `start`.
  /// Stops when `body` returns false.
  func forEach(from start: Key? = nil, _ body: (Key, Value) throws -> Bool) rethrows {
    var index = 0
    var first = 0
    if let start {
      guard let place = place(of: start) else { return }
      first = place.chunk
      index = place.index
    }
    for chunk in chunks[first...] {
      while index < chunk.keys.count {
        guard try body(chunk.keys[index], chunk.values[index]) else { return }
        index += 1
      }
      index = 0
    }
  }

  /// Where `key` is or would be inserted; nil only when the table is empty. The index may be one past the chunk.
  private func place(of key: Key) -> (chunk: Int, index: Int)? {
    guard !chunks.isEmpty else { return nil }
    // The last chunk that starts at or below the key, or the first of all.
    let chunk = max(firstIndex(below: chunks.count) { chunks[$0].keys[0] > key } - 1, 0)
    let keys = chunks[chunk].keys
    return (chunk, firstIndex(below: keys.count) { keys[$0] >= key })
  }

  /// The first index of `0..<end` for which `holds`, which is false then true; `end` when it never does.
  private func firstIndex(below end: Int, where holds: (Int) -> Bool) -> Int {
    var low = 0
    var high = end
    while low < high {
      let middle = (low + high) / 2
      if holds(middle) { high = middle } else { low = middle + 1 }
    }
    return low
  }

  private mutating func split(_ chunk: Int) {
    let half = chunks[chunk].keys.count / 2
    let upper = Chunk(keys: Array(chunks[chunk].keys[half...]), values: Array(chunks[chunk].values[half...]))
    chunks[chunk].keys.removeSubrange(half...)
    chunks[chunk].values.removeSubrange(half...)
    chunks.insert(upper, at: chunk + 1)
  }

  private mutating func remove(chunk: Int, index: Int) -> Value {
    count -= 1
    chunks[chunk].keys.remove(at: index)
    let value = chunks[chunk].values.remove(at: index)
    if chunks[chunk].keys.isEmpty { chunks.remove(at: chunk) }
    return value
  }
}
