import SeloVM

/// Chance for tests: the same numbers for the same seed, always.
struct Chance {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return mix(state)
  }

  mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
  mutating func one(in bound: Int) -> Bool { below(bound) == 0 }
  mutating func byte() -> UInt8 { UInt8(truncatingIfNeeded: next()) }
}

extension Script {
  /// A script of chance; only the outermost may go on for ever, so that programs stay small.
  init(by chance: inout Chance, depth: Int = 0) {
    tag = chance.below(100)
    steps = []
    for _ in 0..<chance.below(depth < 3 ? 5 : 2) { steps.append(Step(by: &chance, depth: depth)) }
    if depth == 0, chance.one(in: 3) { steps.append(.again(UInt64(10 + chance.below(40)))) }
    if chance.one(in: 12) { steps.append(chance.one(in: 2) ? .fail : .reject) }
  }
}

extension Step {
  fileprivate init(by chance: inout Chance, depth: Int) {
    let delay = UInt64(chance.one(in: 3) ? 0 : chance.below(25))
    switch depth < 3 ? chance.below(13) : 4 + chance.below(9) {
    case 0, 1, 2: self = .send(chance.below(8), after: delay, Script(by: &chance, depth: depth + 1))
    case 3: self = .future(delay, Script(by: &chance, depth: depth + 1))
    case 4: self = .cancel(chance.below(3))
    case 5: self = .spawn
    case 6: self = depth < 3 ? .spawnAndSend(Script(by: &chance, depth: depth + 1)) : .spawn
    case 7: self = chance.one(in: 3) ? .destroy(chance.below(8)) : .draw
    case 8: self = .emit(chance.below(100))
    case 9: self = .draw
    case 10: self = .set(chance.below(8), chance.below(100))
    case 11: self = .raiseAll
    default: self = .introduce
    }
  }
}

/// A log of chance: frames with externals and presence, some of them sharing a time.
struct RandomLog {
  enum Item {
    case script(Script, author: PeerID)
    case presence(Presence)
  }

  struct Frame {
    let time: VirtualTime
    let items: [Item]
  }

  let frames: [Frame]

  init(seed: UInt64, frames count: Int = 40) {
    var chance = Chance(seed)
    var time: Int64 = 0
    frames = (0..<count).map { _ in
      time += chance.one(in: 4) ? 0 : Int64(chance.below(20))
      let items = (0..<chance.below(3)).map { _ in
        let peer = PeerID(UInt64(chance.below(4)))
        switch chance.below(8) {
        case 0: return Item.presence(.joined(peer, name: "peer \(peer.value)"))
        case 1: return Item.presence(.left(peer))
        default: return Item.script(Script(by: &chance), author: peer)
        }
      }
      return Frame(time: milliseconds(time), items: items)
    }
  }

  var end: VirtualTime { frames[frames.count - 1].time + .milliseconds(50) }

  /// Queues the frame of that number.
  func deliver(_ number: Int, to machine: Machine<Stage>) {
    for (place, item) in frames[number].items.enumerated() {
      let sequence = UInt64(number)
      switch item {
      case .script(let script, let author):
        machine.external(
          script, author: author, authorKey: author.value &* 31, authorSequence: sequence * 10 + UInt64(place),
          at: frames[number].time, sequence: sequence, place: UInt32(place))
      case .presence(let presence):
        machine.presence(presence, at: frames[number].time, sequence: sequence, place: UInt32(place))
      }
    }
  }

  /// The machine after the whole log, frame by frame.
  func played(seed: UInt64 = 5) -> Machine<Stage> {
    let machine = Machine<Stage>(seed: seed)
    for number in frames.indices {
      deliver(number, to: machine)
      machine.advance(to: frames[number].time)
    }
    machine.advance(to: end)
    return machine
  }
}
