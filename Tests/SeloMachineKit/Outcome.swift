package import SeloVM

/// What a program leads to, and how it went on the way.
package struct Outcome: Equatable, Sendable {
  /// The digest after each frame.
  package internal(set) var digests: [Digest] = []
  package internal(set) var digest: Digest
  package internal(set) var snapshot: [UInt8]
  package internal(set) var told: Told

  /// The program as the reference machine runs it.
  package init(of log: RandomLog) {
    let machine = ReferenceMachine<Stage>(seed: log.seed, limits: log.limits)
    log.prepare(machine)
    for frame in log.frames.indices {
      log.deliver(frame, to: machine)
      machine.advance(to: log.time(frame))
      digests.append(machine.digest())
    }
    machine.advance(to: log.end)
    digest = machine.digest()
    snapshot = machine.snapshot()
    told = Told()
    told.hear(machine.events, machine.letters)
  }
}

/// What turns told the outside, in its order.
package struct Told: Equatable, Sendable {
  /// Everything that was emitted and posted; separately, since hosts fetch them separately.
  private(set) var events = DigestSink(key: 1).value
  private(set) var letters = DigestSink(key: 2).value

  mutating func hear(_ events: [Event], _ letters: [Letter]) {
    for event in events {
      var sink = DigestSink(key: UInt64(truncatingIfNeeded: self.events))
      sink.uint64(UInt64(truncatingIfNeeded: self.events >> 64))
      sink.int64(event.time.nanoseconds)
      sink.uint64(event.cause)
      sink.uint32(event.ordinal)
      sink.uint64(event.source.value)
      sink.int(event.value as? Int ?? -1)
      self.events = sink.value
    }
    for letter in letters {
      var sink = DigestSink(key: UInt64(truncatingIfNeeded: self.letters))
      sink.uint64(UInt64(truncatingIfNeeded: self.letters >> 64))
      letter.write(to: &sink)
      self.letters = sink.value
    }
  }
}
