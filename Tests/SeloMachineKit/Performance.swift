import SeloVM

/// One run of a program in one way, compared with what the reference machine came to.
package struct Performance {
  private let log: RandomLog
  private let variant: Variant
  private let expected: Outcome
  private let lanes: (any Lanes)?
  private var chance: Chance
  private var machine: Machine<Stage>
  private var told = Told()
  /// Machines that others went on from.
  private var left: [(machine: Machine<Stage>, frame: Int, told: Told)] = []
  /// How many messages have been run, those that were rolled back included.
  package private(set) var messages: UInt64 = 0
  /// What was different first.
  package private(set) var difference: String?

  private init(_ log: RandomLog, _ variant: Variant, _ expected: Outcome) {
    self.log = log
    self.variant = variant
    self.expected = expected
    lanes = variant.lanes
    chance = Chance(seed: variant.seed)
    machine = Machine(seed: log.seed, limits: log.limits)
    log.prepare(machine)
  }

  /// Runs the program. Nothing is different if all is well.
  package static func of(_ log: RandomLog, _ variant: Variant, expecting expected: Outcome) -> Performance {
    var performance = Performance(log, variant, expected)
    performance.run()
    return performance
  }

  private mutating func run() {
    var frame = 0
    while frame < log.frames.count, difference == nil {
      changeMachine(at: frame)
      play(frame)
      if difference == nil, chance.one(in: 3), machine.digest() != expected.digests[frame] {
        difference = "the digest after frame \(frame)"
      }
      frame += 1
    }
    finish()
    for other in left where difference == nil {
      leave()
      (machine, told) = (other.machine, other.told)
      for frame in other.frame..<log.frames.count { play(frame) }
      finish()
    }
    leave()
  }

  /// Goes on with another machine than before, as if it were the same.
  private mutating func changeMachine(at frame: Int) {
    if variant.forks, chance.one(in: 5) {
      hear()
      let fork = machine.fork()
      if left.count < 2, chance.one(in: 3) { left.append((machine, frame, told)) } else { leave() }
      machine = fork
    }
    if variant.rollbacks, chance.one(in: 5) { speculate(from: frame) }
    if variant.restores, chance.one(in: 6) { restore() }
  }

  /// Runs ahead, with something that is not in the log, and goes back.
  private mutating func speculate(from frame: Int) {
    hear()
    let (kept, before) = (machine.fork(), told)
    let end = min(frame + 1 + chance.below(3), log.frames.count)
    for next in frame..<end {
      if chance.one(in: 2) {
        machine.external(
          Script(99, .raiseAll, .crowd(2), .tell(50, from: 0, after: 0, Script(98, .draw, .destroy(1)))),
          author: PeerID(9), authorKey: 9, authorSequence: UInt64(next), at: log.time(next), sequence: UInt64(next),
          place: 99)
      }
      play(next)
    }
    leave()
    (machine, told) = (kept, before)
  }

  private mutating func restore() {
    hear()
    let bytes = machine.snapshot()
    guard let twin = try? Machine<Stage>(snapshot: bytes) else {
      difference = "a snapshot that can not be restored"
      return
    }
    if twin.snapshot() != bytes { difference = "the snapshot of a restored machine" }
    leave()
    machine = twin
  }

  private mutating func play(_ frame: Int) {
    log.deliver(frame, to: machine)
    if variant.restores, chance.one(in: 12) { restore() }
    let time = log.time(frame)
    while variant.pieces, chance.one(in: 2), machine.now < time {
      machine.advance(
        to: VirtualTime(nanoseconds: machine.now.nanoseconds + (time.nanoseconds - machine.now.nanoseconds) / 2),
        lanes: lanes)
    }
    machine.advance(to: time, lanes: lanes)
    hear()
  }

  private mutating func hear() { told.hear(machine.drainEvents(), machine.drainLetters()) }

  /// What the machine has run counts, and no more of it is needed.
  private mutating func leave() { messages += machine.messagesRun }

  private mutating func finish() {
    if difference != nil { return }
    machine.advance(to: log.end, lanes: lanes)
    hear()
    if machine.digest() != expected.digest {
      difference = "the digest at the end"
    } else if machine.snapshot() != expected.snapshot {
      difference = "the snapshot at the end"
    } else if told != expected.told {
      difference = "events or letters"
    }
  }
}

extension RandomLog {
  /// What is different when the program is run in this way; nil when nothing is.
  package func difference(_ variant: Variant) -> String? {
    Performance.of(self, variant, expecting: Outcome(of: self)).difference
  }
}
