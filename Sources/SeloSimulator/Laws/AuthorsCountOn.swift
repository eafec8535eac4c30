import SeloMesh
import SeloWire

/// Law 3: in every log each author's messages are numbered 1, 2, 3 … without gap and without repetition.
///
/// Found the dumb way: a stack of what was heard, popped when the log is cut back. An author that a snapshot knows
/// may begin anywhere; in a log that is held from the founding on it begins with 1.
struct AuthorsCountOn: Law {
  private struct Heard: Hashable {
    let frame: UInt64
    let author: Author
    let last: UInt64
  }

  private struct Stack: Hashable {
    var heard: [Heard] = []
    var isWhole = false
  }

  static let number: Int? = 3
  private var stacks: [Int: Stack] = [:]

  mutating func check(_ sight: Sight) -> String? {
    if sight.fresh.isEmpty && sight.rolledBackTo == nil && !sight.isNew { return nil }
    let known = stacks.removeValue(forKey: sight.index) ?? Stack()
    var stack = sight.isNew ? Stack(isWhole: sight.mesh.log.oldest == 1) : known
    if let cut = sight.rolledBackTo { while let top = stack.heard.last, top.frame > cut { stack.heard.removeLast() } }
    defer { stacks[sight.index] = stack }
    for frame in sight.fresh {
      guard case .messages(let envelopes) = frame.frame.body else { continue }
      for envelope in envelopes.map(\.envelope) {
        let last = stack.heard.last { $0.author == envelope.author }?.last ?? (stack.isWhole ? 0 : nil)
        if let last, envelope.first != last + 1 {
          return "message \(envelope.first) after \(last) of one author in frame \(frame.sequence)"
        }
        stack.heard.append(Heard(frame: frame.sequence, author: envelope.author, last: envelope.last))
      }
    }
    // Older entries than the agreed frame are needed for one thing only: the newest of each author.
    if stack.heard.count > 4_096 {
      stack.heard.removeFirst(2_048)
      stack.isWhole = false
    }
    return nil
  }
}
