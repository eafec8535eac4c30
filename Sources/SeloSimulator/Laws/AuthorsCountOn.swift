import SeloMesh
import SeloVM
import SeloWire

/// Law 3: in every log each author's messages are numbered 1, 2, 3 … without gap and without repetition.
///
/// Found the dumb way: a stack of what was heard, popped when the log is cut back. An author that a snapshot knows
/// may begin anywhere.
struct AuthorsCountOn<W: World>: Law {
  private struct Heard {
    let frame: UInt64
    let author: Author
    let last: UInt64
  }

  private var heard: [Int: [Heard]] = [:]

  mutating func check(_ sight: Sight<W>) -> String? {
    if sight.fresh.isEmpty && sight.rolledBackTo == nil && !sight.isNew { return nil }
    var stack = sight.isNew ? [] : heard.removeValue(forKey: sight.peer.index) ?? []
    if let cut = sight.rolledBackTo { while let top = stack.last, top.frame > cut { stack.removeLast() } }
    defer { heard[sight.peer.index] = stack }
    for frame in sight.fresh {
      guard case .messages(let envelopes) = frame.frame.body else { continue }
      for envelope in envelopes.map(\.envelope) {
        let last = stack.last { $0.author == envelope.author }?.last
        if let last, envelope.first != last + 1 {
          return "message \(envelope.first) after \(last) of one author in frame \(frame.sequence)"
        }
        stack.append(Heard(frame: frame.sequence, author: envelope.author, last: envelope.last))
      }
    }
    // Older entries than the agreed frame are needed for one thing only: the newest of each author.
    if stack.count > 4_096 { stack.removeFirst(2_048) }
    return nil
  }
}
