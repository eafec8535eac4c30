package import SeloWire

/// Own messages that a membership takes along when it ends: those of its outbox, and those of its log that are not
/// final.
///
/// A message is published again under the name of the next membership's author. Whoever comes back to a lineage that he
/// was in before finds it there under an earlier name; so each message keeps all of its names.
package struct Luggage: Equatable, Sendable {
  /// An author's sequence: what a log knows of a message.
  package struct Name: Hashable, Sendable {
    package let author: Author
    package let sequence: UInt64

    package init(author: Author, sequence: UInt64) {
      self.author = author
      self.sequence = sequence
    }
  }

  private struct Item: Equatable, Sendable {
    /// The newest last.
    var names: [Name]
    let message: [UInt8]
  }

  private struct Renaming: Equatable, Sendable {
    let name: Name
    let earlier: [Name]
  }

  // In the order in which they were said.
  private var items: [Item] = []
  /// What was published again, as far as it may have to be so once more.
  private var renamings: [Renaming] = []
  private var taken: [Name] = []
  /// Own messages that are more than an outbox takes.
  package private(set) var lost: UInt64 = 0
  /// Nothing of it has been published yet.
  package private(set) var isSealed = true

  package init() {}

  /// Everything of this identity that is in the log and not final, for on a branch nothing is, what the outbox holds
  /// besides, and what is left of the luggage that came here.
  package init(of mesh: Mesh, after older: Luggage) {
    renamings = older.renamings
    lost = older.lost
    items = older.items
    let author = mesh.facts.author
    // What is still packed may be in this log, too, where an earlier membership had it ordered.
    let packed = Set(items.flatMap(\.names))
    collect(of: author.identity, in: mesh.log, above: mesh.final, but: packed)
    let unordered = mesh.outbox.unordered(logged: mesh.log.head.authors.last(of: author))
    var sequence = mesh.outbox.last - UInt64(unordered.count)
    for message in unordered {
      sequence += 1
      add(message, named: Name(author: author, sequence: sequence))
    }
    bound()
  }

  private mutating func collect(of identity: Identity, in log: FrameLog, above final: UInt64, but packed: Set<Name>) {
    var sequence = max(final + 1, log.oldest)
    while let frame = log[sequence]?.frame {
      if case .messages(let envelopes) = frame.body {
        for envelope in envelopes.map(\.envelope) where envelope.author.identity == identity {
          for (offset, message) in envelope.messages.enumerated() {
            let name = Name(author: envelope.author, sequence: envelope.first + UInt64(offset))
            if !packed.contains(name) { add(message, named: name) }
          }
        }
      }
      sequence += 1
    }
  }

  private mutating func add(_ message: [UInt8], named name: Name) {
    let earlier = renamings.first { $0.name == name }?.earlier ?? []
    items.append(Item(names: earlier + [name], message: message))
  }

  private mutating func bound() {
    var bytes = items.reduce(0) { $0 + $1.message.count }
    var dropped = 0
    while items.count - dropped > Limits.outboxMessages || bytes > Limits.outboxBytes {
      bytes -= items[dropped].message.count
      dropped += 1
    }
    items.removeFirst(dropped)
    lost += UInt64(dropped)
    if renamings.count > Limits.outboxMessages { renamings.removeFirst(renamings.count - Limits.outboxMessages) }
  }

  package var isEmpty: Bool { items.isEmpty }
  package var count: Int { items.count }

  /// Forgets what a log holds already, under whatever name.
  package mutating func unpack(in state: LogState) {
    isSealed = false
    items.removeAll { item in item.names.contains { $0.sequence <= state.authors.last(of: $0.author) } }
  }

  package mutating func takeFirst() -> [UInt8]? {
    if items.isEmpty { return nil }
    let item = items.removeFirst()
    taken = item.names
    return item.message
  }

  /// What was taken last is published under this name.
  package mutating func published(as name: Name) {
    renamings.append(Renaming(name: name, earlier: taken))
  }

  /// Everything is published: what was lost has been told.
  package mutating func close() {
    lost = 0
    isSealed = true
  }
}
