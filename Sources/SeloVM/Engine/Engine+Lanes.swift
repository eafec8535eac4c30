// One round on several threads. The law of this file: the result is the same for every number of lanes (VM rule 29).
//
// A lane runs all messages to the chunks that are its own, in their order, so two lanes never touch the same node and
// messages to one node keep their order (rule 9). Whatever changes more than a node is done before or after, by this
// thread: chunks are made writable, nodes are found, and what the turns asked for is merged by the number of its
// message (rule 10), which is the order in which one lane alone would have asked for it.
extension Engine {
  func run(_ round: Range<Int>, on lanes: any Lanes, width: Int) {
    while helpers.count < width {
      let lane = Lane(program)
      lane.engine = self
      lane.isAlone = false
      helpers.append(lane)
    }
    let shares = share(round, width)
    let team = Team(lanes: helpers, shares: shares, program: program)
    for helper in helpers { helper.firstWithoutDelay = firstWithoutDelay }
    lanes.run(width: width) { team.run($0) }
    merge(width)
    freeContents(of: round)
  }

  /// Finds the nodes of a round, makes their chunks writable, and deals the messages out by chunk.
  private func share(_ round: Range<Int>, _ width: Int) -> [Share] {
    var shares = Array(repeating: Share(), count: width)
    for type in caches.indices { caches[type].grow(to: state.columns[type].slab.chunkCount) }
    for number in round {
      var link = instant[number]
      let type = link.target.typeIndex
      guard let slot = slot(of: link) else { continue }  // Gone: dropped (VM rule 14).
      let chunk = Int(slot >> 6)
      claim(type, chunk)
      if number < firstWithoutDelay {
        link.hint = slot
      } else if link.hint < state.columns[type].slab.slotLimit {
        // A message that was sent without delay carries its depth there, and a lane will look whether that is its slot.
        claim(type, Int(link.hint >> 6))
      }
      shares[(chunk &+ type) % width].append(link, number: number, type: type)
    }
    return shares
  }

  private func claim(_ type: Int, _ chunk: Int) {
    if caches[type].entries[chunk].epoch != epoch { _ = writable(type, chunk) }
  }

  private func slot(of link: Link) -> UInt32? {
    let column = state.columns[link.target.typeIndex]
    if link.hint < column.slab.slotLimit, column.id(at: link.hint) == link.target { return link.hint }
    return column.slot(of: link.target)
  }

  /// Puts what the lanes' turns asked for into the order of their messages, as if one lane had run them all.
  private func merge(_ width: Int) {
    let team = helpers[..<width]
    lane.failures.append(contentsOf: team.flatMap(\.failures).sorted { $0.number < $1.number })
    var heads = Array(repeating: Head(), count: width)
    while let next = earliest(in: heads) {
      let helper = helpers[next]
      let turn = helper.turns[heads[next].turn]
      let shift = lane.links.count - heads[next].link
      for place in heads[next].link..<turn.links { lane.links.append(moved(helper.links[place], from: helper)) }
      for request in helper.requests[heads[next].request..<turn.requests] {
        lane.requests.append(Request(kind: request.kind, links: request.links + shift))
      }
      heads[next] = Head(turn: heads[next].turn + 1, link: turn.links, request: turn.requests)
    }
    for helper in team { helper.forget() }
  }

  /// How much of a lane has been merged.
  private struct Head {
    var turn = 0
    var link = 0
    var request = 0
  }

  /// The lane whose next turn has the lowest number.
  private func earliest(in heads: [Head]) -> Int? {
    var best: (lane: Int, number: Int)?
    for (index, head) in heads.enumerated() where head.turn < helpers[index].turns.count {
      let number = helpers[index].turns[head.turn].number
      if best.map({ number < $0.number }) ?? true { best = (index, number) }
    }
    return best?.lane
  }

  /// A message whose content lies in a lane's memory moves to the machine's.
  private func moved(_ link: Link, from lane: Lane) -> Link {
    let type = link.target.typeIndex
    if program.types[type].messagesLieInLinks { return link }
    guard let source = lane.staged[type]?.value(at: link.payload) else { return link }
    var link = link
    let place = state.messages[type].add()
    program.types[type].copyMessage(source, place.content)
    link.payload = place.payload
    return link
  }
}

/// The messages of a round that one lane runs, in their order, in stretches of one type.
struct Share {
  static let limit = 64

  private(set) var links: [Link] = []
  private(set) var numbers: [Int] = []
  private(set) var stretches: [(type: Int, end: Int)] = []

  mutating func append(_ link: Link, number: Int, type: Int) {
    links.append(link)
    numbers.append(number)
    if let last = stretches.last, last.type == type {
      stretches[stretches.count - 1].end = links.count
    } else {
      stretches.append((type, links.count))
    }
  }
}

/// What the threads of a round share. It is unchecked Sendable because each number's lane and share are used by one
/// thread only, and all else is not changed while they run.
private struct Team: @unchecked Sendable {
  let lanes: [Lane]
  let shares: [Share]
  let program: Program

  func run(_ index: Int) {
    let lane = lanes[index]
    guard let engine = lane.engine else { return }
    shares[index].links.withUnsafeBufferPointer { links in
      var start = 0
      for stretch in shares[index].stretches {
        lane.prepare(type: stretch.type, engine)
        lane.numbers = Array(shares[index].numbers[start..<stretch.end])
        program.types[stretch.type].run(lane, UnsafeBufferPointer(rebasing: links[start..<stretch.end]), 0)
        start = stretch.end
      }
    }
    lane.endTurn()
  }
}
