import SeloVM

/// A program that fails, made as small as greed can: whatever can go while it still fails, goes.
package struct Shrinking {
  package private(set) var log: RandomLog
  package private(set) var variant: Variant
  /// How many smaller programs were tried.
  package private(set) var attempts = 0
  private let limit: Int
  private let failing: (RandomLog, [Variant]) -> Variant?

  /// Tries at most `limit` smaller programs. `failing` says the first of a few ways in which a program fails.
  package init(
    _ log: RandomLog, _ variant: Variant, limit: Int = 4_000,
    failing: @escaping (RandomLog, [Variant]) -> Variant? = Self.differing
  ) {
    (self.log, self.variant, self.limit, self.failing) = (log, variant, limit, failing)
    var before: (log: RandomLog, variant: Variant)?
    while before?.log != self.log || before?.variant != self.variant, attempts < limit {
      before = (self.log, self.variant)
      simplifyVariant()
      dropFrames()
      attemptEach(self.log.smallerSurroundings)
      dropItems()
      shrinkScripts()
    }
  }

  /// Less that may matter: one way to be different is enough.
  private mutating func simplifyVariant() {
    for path: WritableKeyPath<Variant, Bool> in [\.forks, \.rollbacks, \.restores, \.pieces] {
      var simpler = variant
      simpler[keyPath: path] = false
      if simpler != variant { attempt(log, simpler) }
    }
    for dispatch in [Variant.Dispatch.alone, .shuffled(2), .shuffled(3)] {
      if dispatch == variant.dispatch { break }
      var simpler = variant
      simpler.dispatch = dispatch
      if attempt(log, simpler) { break }
    }
  }

  private mutating func dropFrames() {
    var length = max(log.frames.count / 2, 1)
    while length > 0 {
      var start = 0
      while start + length <= log.frames.count, log.frames.count > length {
        var smaller = log
        smaller.frames.removeSubrange(start..<start + length)
        if !attempt(smaller, variant) { start += length }
      }
      length /= 2
    }
  }

  private mutating func dropItems() {
    for frame in log.frames.indices {
      var place = 0
      while place < log.frames[frame].items.count {
        var smaller = log
        smaller.frames[frame].items.remove(at: place)
        if !attempt(smaller, variant) { place += 1 }
      }
    }
  }

  private mutating func shrinkScripts() {
    for frame in log.frames.indices {
      for place in log.frames[frame].items.indices {
        var hasShrunk = true
        while hasShrunk {
          hasShrunk = false
          for item in log.frames[frame].items[place].smaller {
            var smaller = log
            smaller.frames[frame].items[place] = item
            hasShrunk = attempt(smaller, variant)
            if hasShrunk { break }
          }
        }
      }
    }
  }

  private mutating func attemptEach(_ candidates: [RandomLog]) {
    for candidate in candidates { attempt(candidate, variant) }
  }

  /// Takes the smaller program if it fails as well, with any of a few seeds of the way it is run: where it forks
  /// shifts with every frame that goes.
  @discardableResult
  private mutating func attempt(_ log: RandomLog, _ variant: Variant) -> Bool {
    if attempts >= limit { return false }
    attempts += 1
    var variants: [Variant] = []
    for seed in variant.isWithoutChance ? [variant.seed] : [variant.seed] + Array(1...5) {
      var other = variant
      other.seed = seed
      variants.append(other)
    }
    guard let failed = failing(log, variants) else { return false }
    (self.log, self.variant) = (log, failed)
    return true
  }

  /// The first of the ways in which the program does not come to what the reference machine comes to.
  package static func differing(_ log: RandomLog, _ variants: [Variant]) -> Variant? {
    let expected = Outcome(of: log)
    return variants.first { Performance.of(log, $0, expecting: expected).difference != nil }
  }
}

extension Variant {
  /// Whether its seed does not matter.
  fileprivate var isWithoutChance: Bool {
    if forks || rollbacks || restores || pieces { return false }
    return switch dispatch {
    case .alone: true
    case .shuffled, .threads: false
    }
  }
}

extension RandomLog {
  fileprivate var smallerSurroundings: [RandomLog] {
    var all: [RandomLog] = []
    var simpler = self
    simpler.limits = .standard
    if simpler != self { all.append(simpler) }
    simpler = self
    simpler.skips = []
    if simpler != self { all.append(simpler) }
    simpler = self
    simpler.seed = 5
    if simpler != self { all.append(simpler) }
    return all
  }
}

extension RandomLog.Item {
  fileprivate var smaller: [Self] {
    switch self {
    case .script(let script, let author): script.smaller.map { .script($0, author: author) }
    case .letter(let number, let script): script.smaller.map { .letter(number, $0) }
    case .joined, .left, .noise, .noisyLetter: []
    }
  }
}

extension Script {
  /// Scripts with one step less, with a nested script in the place of a step, or with one step smaller.
  fileprivate var smaller: [Script] {
    var all: [Script] = []
    for place in steps.indices {
      var shorter = self
      shorter.steps.remove(at: place)
      all.append(shorter)
    }
    for place in steps.indices {
      for step in steps[place].smaller {
        var simpler = self
        simpler.steps[place] = step
        all.append(simpler)
      }
    }
    return all
  }
}

extension Step {
  fileprivate var smaller: [Step] {
    switch self {
    case .send(let index, let delay, let script):
      return (index > 0 ? [.send(index / 2, after: delay, script)] : [])
        + script.smaller.map { .send(index, after: delay, $0) }
    case .tell(let count, let first, let delay, let script):
      var all: [Step] = []
      if count > 1 {
        all = [count / 2, count - 1].map { .tell($0, from: first, after: delay, script) }
      }
      if first > 0 { all.append(.tell(count, from: 0, after: delay, script)) }
      return all + script.smaller.map { .tell(count, from: first, after: delay, $0) }
    case .report(let delay, let script): return script.smaller.map { .report(after: delay, $0) }
    case .future(let delay, let script): return script.smaller.map { .future(delay, $0) }
    case .spawnAndSend(let script): return [.spawn] + script.smaller.map { .spawnAndSend($0) }
    case .chain(let length): return length > 1 ? [.chain(length / 2), .chain(length - 1)] : []
    case .crowd(let count): return count > 1 ? [.crowd(count / 2), .crowd(count - 1)] : [.spawn]
    case .acquaint(let count): return count > 1 ? [.acquaint(count / 2), .acquaint(count - 1)] : []
    case .ringMany(let count, let first, let delay, let stroke):
      return count > 1 ? [count / 2, count - 1].map { .ringMany($0, from: first, after: delay, stroke) } : []
    case .store(let index, let delay, let hops):
      return hops > 0 ? [.store(index, after: delay, hops: hops - 1)] : []
    case .again, .cancel, .cancelAll, .falter, .spawn, .destroy, .ring, .emit, .post, .draw, .fail, .reject, .set,
      .raiseAll,
      .tuneAll, .count, .introduce:
      return []
    }
  }
}
