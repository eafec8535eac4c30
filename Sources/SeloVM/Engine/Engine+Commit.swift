// What the turns of a round asked for happens, in order (message, call) (VM rule 10).
extension Engine {
  func commit() {
    if !lane.failures.isEmpty { recordFailures() }
    let links = lane.links
    var sent = 0
    if !lane.requests.isEmpty {
      for request in lane.requests {
        while sent < request.links {
          schedule(links[sent])
          sent += 1
        }
        fulfil(request.kind)
      }
      lane.requests.removeAll(keepingCapacity: true)
    }
    while sent < links.count {
      schedule(links[sent])
      sent += 1
    }
    links.count = 0
  }

  private func recordFailures() {
    for failure in lane.failures {
      let link = instant[failure.number]
      record(failure.kind, cause: link.cause, target: link.target)
    }
    lane.failures.removeAll(keepingCapacity: true)
  }

  /// A message without delay belongs to a later round of this instant.
  private func schedule(_ link: Link) {
    if link.time == state.now {
      if link.hint > state.limits.zeroDelayDepth { firstTooDeep = min(firstTooDeep, instant.count) }
      instant.append(link)
    } else {
      state.queue.append(link)
    }
  }

  private func fulfil(_ request: Request.Kind) {
    switch request {
    case .spawn(let id, let chunk, let cause): spawn(id, chunk, cause)
    case .destroy(let id): _ = state.columns[id.typeIndex].remove(id)
    case .cancel(let ticket): cancel(ticket)
    case .emit(let event): events.keep(event)
    case .post(let letter): letters.keep(letter)
    }
  }

  private func spawn(_ id: NodeID, _ chunk: Chunk, _ cause: UInt64) {
    let type = id.typeIndex
    if state.columns[type].slot(of: id) != nil { return record(.collision, cause: cause, target: id) }
    program.types[type].moveNode(chunk.values, state.columns[type].insert(id))
    chunk.occupied = 0
  }

  private func cancel(_ ticket: Ticket) {
    if ticket.time == state.now {
      guard let index = (next..<instant.count).first(where: { instant[$0].cause == ticket.cause }) else { return }
      free(instant[index])
      instant.remove(at: index)
      if index < firstWithoutDelay { firstWithoutDelay -= 1 }
      if firstTooDeep != .max, index <= firstTooDeep { findTooDeep() }
    } else if let link = state.queue.cancel(ticket) {
      free(link)
    }
  }

  private func findTooDeep() {
    let limit = state.limits.zeroDelayDepth
    firstTooDeep = (max(next, firstWithoutDelay)..<instant.count).first { instant[$0].hint > limit } ?? .max
  }
}

// Budgets and records (VM rules 19, 21, 22).
extension Engine {
  /// Counts the messages of a round against the budgets of the instant and of the world.
  func isWithinBudget(_ round: Range<Int>) -> Bool {
    state.messagesThisInstant += UInt64(round.count)
    return state.messagesThisInstant <= state.limits.messagesPerInstant && firstTooDeep >= round.upperBound
      && state.nodeCount <= state.limits.nodes && state.queue.count <= state.limits.pendingMessages
  }

  /// Drops all internal messages of this time that have not run, and records why once.
  func dropInstant() {
    let first = instant[next]
    for index in next..<instant.count { free(instant[index]) }
    record(.runaway, cause: first.cause, target: first.target)
  }

  func isSkipped(_ cause: UInt64) -> Bool {
    if state.skipped.isEmpty { return false }
    return state.skipped.contains(cause)
  }

  func record(_ kind: FailedTurn.Kind, cause: UInt64, target: NodeID = .root) {
    state.failedTurns.record(FailedTurn(time: state.now, cause: cause, target: target, kind: kind))
  }
}

extension Array {
  /// For a host that does not fetch: only the newest are kept, at least 32,768.
  fileprivate mutating func keep(_ element: Element) {
    if count == 65_536 { removeFirst(32_768) }
    append(element)
  }
}
