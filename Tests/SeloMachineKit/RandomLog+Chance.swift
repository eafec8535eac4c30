import SeloVM

// Programs of chance: some crowd first, then frames, many of which share a time with what the crowd does.
extension RandomLog {
  /// A program of that many frames, or fewer if it runs many messages: it ends with the frame that comes to `messages`.
  package init(seed: UInt64, frames count: Int = 40, messages: UInt64 = 2_000) {
    var chance = Chance(seed: seed)
    let crowd = chance.one(in: 3) ? 70 + chance.below(60) : 3 + chance.below(30)
    var frames = [Frame(0, Self.opening(crowd, &chance))]
    var time: Int64 = 0
    for _ in 1..<max(count, 2) {
      time += Self.pause(&chance)
      frames.append(Frame(time, (0..<chance.below(3)).map { _ in Item(by: &chance) }))
    }
    // The root gets to know who was spawned since, and its acquaintances with it.
    for number in stride(from: 8, to: frames.count, by: 9) {
      frames[number].items.append(.script(Script(1, .acquaint(3 + chance.below(4))), author: 1))
    }
    self.init(frames, limits: Self.limits(&chance), skips: Self.skips(count, &chance), seed: chance.next())
    cut(to: messages)
  }

  private mutating func cut(to messages: UInt64) {
    let machine = Machine<Stage>(seed: seed, limits: limits)
    prepare(machine)
    for number in frames.indices {
      deliver(number, to: machine)
      machine.advance(to: time(number))
      if machine.messagesRun >= messages { return frames.removeSubrange((number + 1)...) }
    }
  }

  private static func opening(_ crowd: Int, _ chance: inout Chance) -> [Item] {
    let scripts = [
      Script(-1, .crowd(crowd)), Script(-2, .acquaint(4 + chance.below(6))),
      Script(-3, .tell(crowd, from: 0, after: 5, Script(by: &chance, depth: 1))),
      Script(-4, .ringMany(crowd, from: 0, after: 5, .echo(UInt8(5 * (1 + chance.below(4)))))),
    ]
    return scripts.map { .script($0, author: 1) }
  }

  private static func pause(_ chance: inout Chance) -> Int64 {
    switch chance.below(24) {
    case 0..<5: 0
    case 5..<18: 5 * Int64(1 + chance.below(3))
    case 18..<23: Int64(chance.below(20))
    default: Int64(1) << Int64(6 + chance.below(3))
    }
  }

  /// One program in six lives under tight limits.
  private static func limits(_ chance: inout Chance) -> MachineLimits {
    if !chance.one(in: 6) { return .standard }
    switch chance.below(5) {
    case 0: return MachineLimits(messagesPerInstant: UInt64(20 + chance.below(300)))
    case 1, 2: return MachineLimits(zeroDelayDepth: UInt32(1 + chance.below(8)))
    case 3: return MachineLimits(nodes: 100 + chance.below(300))
    default: return MachineLimits(pendingMessages: 100 + chance.below(300))
    }
  }

  private static func skips(_ frames: Int, _ chance: inout Chance) -> [Skip] {
    if !chance.one(in: 5) { return [] }
    return (0..<1 + chance.below(5)).map { _ in Skip(chance.below(frames), chance.below(3), UInt64(chance.below(4))) }
  }
}

extension RandomLog.Item {
  init(by chance: inout Chance) {
    switch chance.below(16) {
    case 0: self = .joined(UInt64(chance.below(4)))
    case 1: self = .left(UInt64(chance.below(4)))
    case 2: self = .letter(UInt64(chance.below(12)), Script(by: &chance))
    case 3:
      switch chance.below(4) {
      case 0: self = .noise(chance.byte())
      case 1: self = .noisyLetter(UInt64(chance.below(12)))
      case 2: self = .script(Script(Script.refusedTag, .spawn), author: 1)
      default: self = .script(Script(7, .cancelAll), author: 2)
      }
    default:
      self = .script(Script(by: &chance), author: UInt64(chance.below(4)))
    }
  }
}

extension Script {
  /// A script of chance; only the outer ones may go on for ever or address many, so that programs stay small.
  package init(by chance: inout Chance, depth: Int = 0) {
    self.init(chance.below(100))
    for _ in 0..<chance.below(depth < 3 ? 4 : 2) { steps.append(Step(by: &chance, depth: depth)) }
    if depth == 0, chance.one(in: 2) {
      let script = Script(by: &chance, depth: 1)
      steps.append(.tell(20 + chance.below(200), from: chance.below(50), after: Step.delay(&chance), script))
    }
    if depth < 2, chance.one(in: 3) { steps.append(.again(UInt64(10 + 5 * chance.below(8)))) }
    if chance.one(in: 14) { steps.append(chance.one(in: 2) ? .fail : .reject) }
  }
}

extension Step {
  /// Mostly multiples of five, so that many messages meet; seldom far away.
  static func delay(_ chance: inout Chance) -> UInt64 {
    switch chance.below(40) {
    case 0..<10: 0
    case 10..<34: UInt64(5 * (1 + chance.below(5)))
    case 34..<39: UInt64(chance.below(25))
    default: UInt64(1) << UInt64(chance.below(26))
    }
  }

  init(by chance: inout Chance, depth: Int) {
    let kind = chance.below(depth < 3 ? 24 : 15)
    switch kind {
    case 0: self = .cancel(chance.below(4))
    case 1: self = chance.one(in: 3) ? .cancelAll : .cancel(chance.below(2))
    case 2: self = chance.one(in: 3) ? .crowd(1) : .spawn
    case 3: self = chance.one(in: 3) ? .destroy(chance.below(100)) : .draw
    case 4: self = .emit(chance.below(100))
    case 5: self = chance.one(in: 3) ? .post(chance.below(100)) : .draw
    case 6: self = chance.one(in: 3) ? .chain(chance.below(12)) : .draw
    case 7, 8: self = .ring(chance.below(100), after: Self.delay(&chance), Stroke(by: &chance))
    case 9, 10: self = .store(chance.below(100), after: Self.delay(&chance), hops: UInt64(chance.below(5)))
    case 11: self = .ringMany(3, from: chance.below(9), after: Self.delay(&chance), Stroke(by: &chance))
    case 12: self = chance.one(in: 2) ? .set(chance.below(100), chance.below(100)) : .raiseAll
    case 13: self = chance.one(in: 2) ? .tuneAll : .count
    case 14: self = .falter(chance.below(3))
    default: self.init(nesting: kind, &chance, depth: depth)
    }
  }

  private init(nesting kind: Int, _ chance: inout Chance, depth: Int) {
    let delay = Self.delay(&chance)
    let script = Script(by: &chance, depth: depth + 1)
    switch kind {
    case 15: self = .report(after: delay, script)
    case 16: self = .spawnAndSend(script)
    case 17, 18: self = .future(delay, script)
    case 19: self = depth < 2 ? .tell(3, from: chance.below(9), after: delay, script) : .future(delay, script)
    default: self = .send(chance.below(100), after: delay, script)
    }
  }
}

extension Stroke {
  init(by chance: inout Chance) {
    let kind = chance.below(2 * Self.kinds)
    let number = UInt8(kind == 3 ? 5 * (1 + chance.below(6)) : chance.below(6))
    // The common ones twice; bells vanish seldom.
    self = Stroke(kind: UInt8(kind < Self.kinds ? kind : kind % 4), number: number) ?? .muffle
    if self == .vanish, !chance.one(in: 3) { self = .crack }
    if case .echo(let period) = self, period < 5 { self = .echo(20) }
  }
}
