import SeloCrypto
import SeloMesh
import SeloVM
import SeloWire

/// The world along the log: one machine at the newest frame received, and its forks at every frame down to the
/// agreed one, so that a rollback is a lookup. A fork shares memory with its origin until one of them changes.
struct WorldLine<W: World> {
  private struct Fork {
    let sequence: UInt64
    let machine: Machine<W>
  }

  private var machine: Machine<W>
  /// Oldest first; the first is the agreed frame (or the newest held below it), the last is the newest received.
  private var forks: [Fork]
  private var names: [Author: (peer: PeerID, key: UInt64)] = [:]
  /// The newest checkpoints, oldest first, for those who ask what this world was there.
  private(set) var checkpoints: [Checkpoint] = []

  struct Checkpoint {
    let sequence: UInt64
    let digest: Bytes16
    let frozen: Frozen<W>
  }

  /// The world before the founding frame.
  init(founding session: SessionID) {
    let seed = session.bytes.bytes.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    machine = Machine(seed: seed)
    forks = [Fork(sequence: 0, machine: machine.fork())]
  }

  /// The world of a snapshot that was taken at the agreed frame `sequence`.
  init(snapshot: [UInt8], at sequence: UInt64) throws(SnapshotError) {
    machine = try Machine(snapshot: snapshot)
    forks = [Fork(sequence: sequence, machine: machine.fork())]
  }

  var received: UInt64 { forks.last?.sequence ?? 0 }

  /// What views see: the newest frame received.
  var frozen: Frozen<W> { machine.frozen() }
  /// What everybody sees or will see: the agreed frame.
  var agreed: Machine<W> { forks[0].machine }

  /// Keeps the world at a frame that is not yet settled, and returns its digest; nil when no fork of it is held.
  mutating func checkpoint(at sequence: UInt64) -> Bytes16? {
    guard let fork = fork(at: sequence) else { return nil }
    let digest = Bytes16(fork.digest().bytes)
    if checkpoints.count >= Limits.checkpointsKept { checkpoints.removeFirst() }
    checkpoints.append(Checkpoint(sequence: sequence, digest: digest, frozen: fork.frozen()))
    return digest
  }

  /// The world at a frame that is not yet settled; nil when no fork of it is held. It is not to be advanced.
  func fork(at sequence: UInt64) -> Machine<W>? { forks.last { $0.sequence == sequence }?.machine }

  mutating func drainEvents() -> [Event] { machine.drainEvents() }

  /// One frame on: who came and went, then its messages, then every future message that is due by its time.
  mutating func deliver(_ frame: Frame, _ presence: [PresenceChange]) {
    precondition(frame.sequence == received + 1, "frame \(frame.sequence) delivered after \(received)")
    var place: UInt32 = 0
    for change in presence {
      let peer = change.identity.peerID
      machine.presence(
        change.joined ? .joined(peer, name: change.name) : .left(peer), at: frame.time, sequence: frame.sequence,
        place: place)
      place += 1
    }
    if case .messages(let envelopes) = frame.body {
      for envelope in envelopes.map(\.envelope) {
        let author = name(of: envelope.author)
        var sequence = envelope.first
        for message in envelope.messages {
          machine.external(
            encoded: message, author: author.peer, authorKey: author.key, authorSequence: sequence, at: frame.time,
            sequence: frame.sequence, place: place)
          place += 1
          sequence += 1
        }
      }
    }
    machine.advance(to: frame.time)
    forks.append(Fork(sequence: frame.sequence, machine: machine.fork()))
  }

  /// Everything above `sequence` never happened.
  mutating func rollBack(to sequence: UInt64) {
    guard let index = forks.lastIndex(where: { $0.sequence <= sequence }) else {
      preconditionFailure("a rollback to \(sequence), below the agreed frame \(forks[0].sequence)")
    }
    precondition(forks[index].sequence == sequence, "no fork at frame \(sequence)")
    forks.removeLast(forks.count - index - 1)
    machine = forks[index].machine.fork()
  }

  /// Frames up to `sequence` are agreed: nothing goes back below it.
  mutating func settle(to sequence: UInt64) {
    guard let index = forks.lastIndex(where: { $0.sequence <= sequence }) else { return }
    forks.removeFirst(index)
  }

  /// How worlds name an author: its peer, and 64 bits of H("author", identity ‖ incarnation) for causes (VM rule 16).
  private mutating func name(of author: Author) -> (peer: PeerID, key: UInt64) {
    if let known = names[author] { return known }
    var writer = ByteWriter()
    author.write(to: &writer)
    let hash = Hashing.hash("author", writer.bytes).bytes
    let name = (author.identity.peerID, hash.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
    if names.count >= Limits.authors { names.removeAll() }
    names[author] = name
    return name
  }
}
