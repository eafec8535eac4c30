// Turns of the root: exclusive, so a failure puts every node back that it changed.
extension Engine {
  /// What the log delivered: a round alone.
  func run(_ external: External) {
    let (cause, author) = (external.cause, external.author)
    if isSkipped(cause) {
      record(.skipped, cause: cause)
    } else {
      switch external.content {
      case .undecodable: record(.undecodable, cause: cause)
      case .presence(let presence): runRoot(.presence(presence), cause: cause, depth: 0, author: nil)
      case .letter(let letter):
        if state.takenLetters.take(letter) { runRoot(.letter(letter), cause: cause, depth: 0, author: nil) }
      case .message(let payload):
        withRootContent(payload) { content in
          let turn = author.map { RootTurn.external(content, author: $0) } ?? .message(content)
          runRoot(turn, cause: cause, depth: 0, author: author)
        }
      }
    }
    if case .message(let payload) = external.content, !program.types[0].messagesLieInLinks {
      state.messages[0].free(payload)
    }
  }

  /// An internal message that is a round alone: to the root, or to be skipped.
  func runAlone(_ link: Link, number: Int) {
    if isSkipped(link.cause) {
      record(.skipped, cause: link.cause, target: link.target)
    } else {
      let depth = number >= firstWithoutDelay ? link.hint : 0
      withRootContent(link.payload) { content in
        runRoot(.message(content), cause: link.cause, depth: depth, author: nil)
      }
    }
    free(link)
  }

  /// The turn copies the content before it does anything, so it may lie where the turn's own messages will lie.
  private func withRootContent(_ payload: UInt32, _ body: (UnsafeRawPointer) -> Void) {
    if program.types[0].messagesLieInLinks { return withUnsafePointer(to: payload) { body($0) } }
    body(state.messages[0].value(at: payload))
  }

  func runRoot(_ turn: RootTurn, cause: UInt64, depth: UInt32, author: PeerID?) {
    guard let run = program.types[0].runRoot else { return }
    if !isKnownUniquelyReferenced(&state.root) { state.root = state.root.clone() }
    lane.beginRoot(cause: cause, depth: depth, author: author, at: state.now)
    do {
      try run(lane, state.root.values, turn)
      Chunk.touch(state.root.base, 0)
    } catch {
      undo()
      lane.fail(error)
      lane.failures.removeAll()
      record(FailedTurn.Kind(error), cause: cause)
    }
    backups.removeAll(keepingCapacity: true)
    isUndoable = false
  }

  // What exclusive turns do to nodes

  /// Where the value of a node lies, to be read; nil for the root and for what is gone.
  @usableFromInline
  func node(_ id: NodeID) -> UnsafeRawPointer? {
    id == .root ? nil : state.columns[id.typeIndex].value(of: id).map { UnsafeRawPointer($0) }
  }

  /// The same, to be written.
  @usableFromInline
  func exclusiveNode(_ id: NodeID) -> UnsafeMutableRawPointer? {
    if id == .root { return nil }
    return state.columns[id.typeIndex].slot(of: id).map { exclusiveNode(id.typeIndex, $0) }
  }

  /// The first change of a chunk in a turn keeps the chunk as it was and goes on with a clone.
  @usableFromInline
  func exclusiveNode(_ type: Int, _ slot: UInt32) -> UnsafeMutableRawPointer {
    if !isUndoable {
      isUndoable = true
      epoch += 1
    }
    let number = Int(slot >> 6)
    caches[type].grow(to: number + 1)
    let entry = caches[type].entries[number]
    let base: UnsafeMutableRawPointer
    if entry.epoch == epoch, let known = entry.base {
      base = known
    } else {
      backups.append((type, number, state.columns[type].slab[chunk: number]))
      base = writable(type, number)
    }
    Chunk.touch(base, Int(slot & 63))
    return base + Chunk.valuesOffset + Int(slot & 63) * program.types[type].nodeLayout.stride
  }

  private func undo() {
    if backups.isEmpty { return }
    for backup in backups { state.columns[backup.type].slab.replace(backup.number, by: backup.chunk) }
    epoch += 1
  }
}

// Chunks that may be written.
extension Engine {
  /// The memory of a chunk that this engine alone holds, for as long as the epoch lasts.
  func writable(_ type: Int, _ number: Int) -> UnsafeMutableRawPointer {
    let base = state.columns[type].slab.writable(number).base
    caches[type].grow(to: state.columns[type].slab.chunkCount)
    caches[type].entries[number] = WriteCache.Entry(base: base, epoch: epoch)
    return base
  }

  func slotLimit(_ type: Int) -> UInt32 { state.columns[type].slab.slotLimit }

  /// The state for a fork or a view: from here on its chunks are shared.
  func shared() -> State {
    epoch += 1
    return state
  }
}
