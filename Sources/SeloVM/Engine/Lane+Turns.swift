// A turn begins, finds its node and its message, and may fail.
extension Lane {
  /// The stretch of nodes of this type begins.
  func prepare(type: Int, _ engine: Engine) {
    typeIndex = type
    engine.caches[type].grow(to: engine.state.columns[type].slab.chunkCount)
    entries = engine.caches[type].entries
    slotLimit = engine.slotLimit(type)
    epoch = engine.epoch
    now = engine.state.now
    author = nil
  }

  /// The node that a message is for; nil when it is gone. The memory may be written. O(1).
  @inlinable
  func node<N>(of link: Link, as type: N.Type) -> (base: UnsafeMutableRawPointer, slot: UInt32)? {
    let hint = link.hint
    if hint < slotLimit {
      let base = writable(hint)
      let word = base.load(fromByteOffset: Chunk.wordsOffset + Int(hint & 63) * 8, as: UInt64.self)
      if word == link.target.value { return (base, hint) }
    }
    guard let slot = slot(of: link.target) else { return nil }
    return (writable(slot), slot)
  }

  @usableFromInline
  func slot(of id: NodeID) -> UInt32? { engine?.state.columns[typeIndex].slot(of: id) }

  @inlinable
  func writable(_ slot: UInt32) -> UnsafeMutableRawPointer {
    let entry = entries[Int(slot >> 6)]
    if entry.epoch == epoch, let base = entry.base { return base }
    return claim(Int(slot >> 6))
  }

  @usableFromInline
  func claim(_ chunk: Int) -> UnsafeMutableRawPointer {
    guard let engine else { preconditionFailure("a lane of another machine has no chunks") }
    return engine.writable(typeIndex, chunk)
  }

  /// The turn of a message to a node begins.
  @inlinable
  func begin(_ link: Link, slot: UInt32, number: Int) {
    me = link.target
    mySlot = slot
    cause = link.cause
    self.number = isAlone ? number : beginAmongOthers(number)
    depth = self.number >= firstWithoutDelay ? link.hint : 0
    sends = 0
    draws = 0
    spawns = 0
    emitted = 0
    linksBefore = links.count
    requestsBefore = requests.count
  }

  /// The turn before is over, and the number of a message in its share becomes that in the round.
  @usableFromInline
  func beginAmongOthers(_ number: Int) -> Int {
    endTurn()
    return numbers[number]
  }

  /// Notes how far the requests of the turn reach that has run, if it asked for anything.
  func endTurn() {
    let end = turns.last.map { ($0.links, $0.requests) } ?? (0, 0)
    if (links.count, requests.count) != end { turns.append((number, links.count, requests.count)) }
  }

  /// What the turns asked for has been taken over.
  func forget() {
    links.count = 0
    requests.removeAll(keepingCapacity: true)
    failures.removeAll(keepingCapacity: true)
    turns.removeAll(keepingCapacity: true)
    staged = [:]
  }

  /// The turn of the root begins.
  func beginRoot(cause: UInt64, depth: UInt32, author: PeerID?, at time: VirtualTime) {
    now = time
    me = .root
    mySlot = Link.unknown
    self.cause = cause
    self.depth = depth
    self.author = author
    (sends, draws, spawns, emitted, number) = (0, 0, 0, 0, 0)
    linksBefore = links.count
    requestsBefore = requests.count
  }

  /// The running turn never happened (VM rule 19).
  @usableFromInline
  func fail(_ error: any Error) {
    for place in linksBefore..<links.count { discard(links[place]) }
    links.count = linksBefore
    requests.removeSubrange(requestsBefore...)
    failures.append((number, FailedTurn.Kind(error)))
  }

  private func discard(_ link: Link) {
    let type = link.target.typeIndex
    guard let engine, !engine.program.types[type].messagesLieInLinks else { return }
    if isAlone { engine.state.messages[type].free(link.payload) } else { staged[type]?.free(link.payload) }
  }

  /// The content of a message that does not lie in its link.
  @usableFromInline
  func content(_ payload: UInt32) -> UnsafeRawPointer {
    guard let engine else { preconditionFailure("a lane of another machine has no messages") }
    return UnsafeRawPointer(engine.state.messages[typeIndex].value(at: payload))
  }

  @inlinable
  func message<Message>(of link: Link, as type: Message.Type) -> Message {
    if InlineMessage.fits(type) { return InlineMessage.message(in: link.payload, as: type) }
    return content(link.payload).assumingMemoryBound(to: type).pointee
  }
}

extension FailedTurn.Kind {
  package init(_ error: any Error) {
    switch error {
    case Refusal.refused: self = .refused
    case Refusal.undecodable: self = .undecodable
    case TurnError.rejected: self = .rejected
    default: self = .threw
    }
  }
}

/// Why a message to the root does not even become a turn.
@usableFromInline
package enum Refusal: Error {
  case refused
  case undecodable
}
