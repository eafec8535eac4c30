import SeloMesh
import SeloVM
import SeloWire

/// What a member keeps of recent marks: log state and world, a fork that shares what has not changed since. Every
/// member makes the same bytes of it, and only when somebody asks for them (PROTOCOL section 8).
struct Marks<W: World> {
  struct Mark {
    let state: LogState
    let world: Machine<W>
    var blocks: SnapshotBlocks?
    var word: Word?

    var sequence: UInt64 { state.sequence }
  }

  /// What a statement says of a mark, besides what its frame says.
  struct Word: Equatable {
    let state: Bytes32
    let digest: Bytes16
  }

  /// A joiner that loads a mark, or did.
  private struct Reader {
    let author: Author
    let sequence: UInt64
    var asked: Instant
  }

  /// Oldest first.
  private(set) var held: [Mark] = []
  private var readers: [Reader] = []
  /// Who was given a statement just now.
  private var spoken: [(author: Author, at: Instant)] = []

  var newest: Mark? { held.last }

  mutating func keep(_ state: LogState, _ world: Machine<W>) {
    held.append(Mark(state: state, world: world))
    release()
  }

  /// What is offered to a joiner: the mark that it has begun if that can be had here, else the newest. Nothing while
  /// two others are loading.
  mutating func offer(
    to author: Author, begun: UInt64, in mesh: Mesh, at now: Instant, notary: some Notary
  ) -> SnapshotOffer? {
    let reaching = held.indices.filter {
      mesh.reachesBack(to: held[$0].state) && held[$0].sequence >= mesh.newestVerdict
    }
    guard let index = reaching.last(where: { held[$0].sequence == begun }) ?? reaching.last else { return nil }
    guard admits(author, to: held[index].sequence, at: now) else { return nil }
    if let blocks = held[index].blocks { return blocks.offer }
    let snapshot = SessionSnapshot(state: held[index].state, world: held[index].world.snapshot())
    let blocks = SnapshotBlocks(snapshot.bytes, at: held[index].sequence, notary: notary)
    held[index].blocks = blocks
    return blocks.offer
  }

  /// The chunks that a request names; nil when that mark is not, or no longer, to be had here.
  mutating func chunks(
    _ first: UInt32, _ mask: UInt64, at sequence: UInt64, for author: Author, at now: Instant
  ) -> [Packet]? {
    guard let blocks = held.last(where: { $0.sequence == sequence })?.blocks else { return nil }
    return admits(author, to: sequence, at: now) ? blocks.chunks(first, mask) : []
  }

  /// What this member can state of a mark; computed once.
  mutating func word(on sequence: UInt64, notary: some Notary) -> Word? {
    guard let index = held.lastIndex(where: { $0.sequence == sequence }) else { return nil }
    if let word = held[index].word { return word }
    var writer = ByteWriter()
    held[index].state.write(to: &writer)
    let word = Word(
      state: notary.hash("state", writer.bytes), digest: Bytes16(held[index].world.digest().bytes))
    held[index].word = word
    return word
  }

  /// Whether this joiner is given a statement now.
  mutating func speaks(to author: Author, at now: Instant) -> Bool {
    spoken.removeAll { now.since($0.at) >= Limits.statementSpacing }
    guard spoken.count < Limits.members, !spoken.contains(where: { $0.author == author }) else { return false }
    spoken.append((author, now))
    return true
  }

  /// It has begun to follow: its place is free for another at once.
  mutating func finish(_ author: Author) {
    if !readers.isEmpty { readers.removeAll { $0.author == author } }
  }

  /// Who is loading at this moment.
  func loading(at now: Instant) -> [Author] {
    readers.filter { now.since($0.asked) < Limits.readerPatience }.map(\.author)
  }

  /// Lets go of what nobody needs: pins of those who went, bytes that nobody reads, marks that the log does not reach
  /// back to any more.
  mutating func expire(at now: Instant, oldest: UInt64) {
    readers.removeAll { now.since($0.asked) >= Limits.pinPatience }
    held.removeAll { $0.sequence + 1 < oldest }
    for index in held.indices where !isPinned(held[index]) { held[index].blocks = nil }
    release()
  }

  private func isPinned(_ mark: Mark) -> Bool { readers.contains { $0.sequence == mark.sequence } }

  private mutating func release() {
    while let index = held.indices.dropLast(Limits.marks).first(where: { !isPinned(held[$0]) }) {
      held.remove(at: index)
    }
    if held.count > Limits.marksHeld { held.removeFirst(held.count - Limits.marksHeld) }
  }

  /// At most two load at once; the others wait until one is done, or silent for two seconds.
  private mutating func admits(_ author: Author, to sequence: UInt64, at now: Instant) -> Bool {
    let others = readers.count { $0.author != author && now.since($0.asked) < Limits.readerPatience }
    guard others < Limits.snapshotReaders else { return false }
    readers.removeAll { $0.author == author }
    readers.append(Reader(author: author, sequence: sequence, asked: now))
    if readers.count > Limits.joinsPending { readers.removeFirst() }
    return true
  }
}
