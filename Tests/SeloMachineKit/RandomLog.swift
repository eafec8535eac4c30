package import SeloVM

/// What a log delivers to a stage, frame by frame, and the stage itself: a whole program for a machine.
package struct RandomLog: Hashable, Sendable {
  package enum Item: Hashable, Sendable {
    case script(Script, author: UInt64)
    case joined(UInt64)
    case left(UInt64)
    /// A script in a letter of that number from elsewhere; letters of one number are one letter.
    case letter(UInt64, Script)
    /// Bytes that are no script.
    case noise(UInt8)
    /// A letter that is no script.
    case noisyLetter(UInt64)

    var isLetter: Bool {
      switch self {
      case .letter, .noisyLetter: true
      case .script, .joined, .left, .noise: false
      }
    }
  }

  package struct Frame: Hashable, Sendable {
    /// In milliseconds.
    package var time: Int64
    package var items: [Item]

    package init(_ time: Int64, _ items: [Item]) {
      self.time = time
      self.items = items
    }
  }

  package var frames: [Frame]
  package var limits: MachineLimits
  /// Which messages are skipped: the place of an external one in the log, and zero or which of its sends.
  package var skips: [Skip]
  /// That of the world.
  package var seed: UInt64

  package struct Skip: Hashable, Sendable {
    package var frame: Int
    package var place: Int
    package var ordinal: UInt64

    package init(_ frame: Int, _ place: Int, _ ordinal: UInt64) {
      self.frame = frame
      self.place = place
      self.ordinal = ordinal
    }
  }

  package init(
    _ frames: [Frame], limits: MachineLimits = .standard, skips: [Skip] = [], seed: UInt64 = 5
  ) {
    self.frames = frames
    self.limits = limits
    self.skips = skips
    self.seed = seed
  }

  /// The same without letters and with nothing to be skipped, as recordings hold it.
  package var withoutLetters: RandomLog {
    var log = self
    log.skips = []
    for frame in log.frames.indices { log.frames[frame].items.removeAll(where: \.isLetter) }
    return log
  }

  /// When all is over: some of what waits runs after the last frame.
  package var end: VirtualTime { time(frames.count - 1) + .milliseconds(50) }

  package func time(_ frame: Int) -> VirtualTime {
    frames.indices.contains(frame) ? milliseconds(frames[frame].time) : .zero
  }

  /// Skips what the log wants skipped; before anything is delivered.
  package func prepare(_ machine: some LogReader) {
    for skip in skips where frames.indices.contains(skip.frame) {
      let items = frames[skip.frame].items
      guard items.indices.contains(skip.place), case .script(_, let author) = items[skip.place] else { continue }
      let authorSequence = UInt64(skip.frame) * 10 + UInt64(skip.place)
      let cause = Cause.external(authorKey: author &* 31, authorSequence: authorSequence)
      machine.skip(cause: skip.ordinal == 0 ? cause : Cause.send(cause, ordinal: skip.ordinal))
    }
  }

  /// Queues the frame of that number.
  package func deliver(_ number: Int, to machine: some LogReader) {
    let (time, sequence) = (time(number), UInt64(number))
    for (place, item) in frames[number].items.enumerated() {
      let authorSequence = sequence * 10 + UInt64(place)
      switch item {
      case .script(let script, let author):
        machine.external(
          script, author: PeerID(author), authorKey: author &* 31, authorSequence: authorSequence, at: time,
          sequence: sequence, place: UInt32(place))
      case .noise(let byte):
        machine.external(
          encoded: [byte, 1, 2], author: PeerID(9), authorKey: 9, authorSequence: authorSequence, at: time,
          sequence: sequence, place: UInt32(place))
      case .joined(let peer):
        let presence = Presence.joined(PeerID(peer), name: peer == 3 ? "nobody" : "peer \(peer)")
        machine.presence(presence, at: time, sequence: sequence, place: UInt32(place))
      case .left(let peer):
        machine.presence(.left(PeerID(peer)), at: time, sequence: sequence, place: UInt32(place))
      case .letter(let number, let script):
        deliver(number, script.encoded(), to: machine, time, sequence, place)
      case .noisyLetter(let number): deliver(number, [1], to: machine, time, sequence, place)
      }
    }
  }

  private func deliver(
    _ number: UInt64, _ content: [UInt8], to machine: some LogReader, _ time: VirtualTime, _ sequence: UInt64,
    _ place: Int
  ) {
    let letter = Letter(source: "elsewhere", destination: "stage", cause: number, content: content)
    machine.letter(letter, at: time, sequence: sequence, place: UInt32(place))
  }

  /// The machine after the whole log, frame by frame.
  package func played() -> Machine<Stage> {
    let machine = Machine<Stage>(seed: seed, limits: limits)
    prepare(machine)
    for number in frames.indices {
      deliver(number, to: machine)
      machine.advance(to: time(number))
    }
    machine.advance(to: end)
    return machine
  }
}

/// What hears a log: both machines do, so that one program can be told to both.
package protocol LogReader {
  func external(
    _ message: Script, author: PeerID, authorKey: UInt64, authorSequence: UInt64, at time: VirtualTime,
    sequence: UInt64, place: UInt32)
  func external(
    encoded bytes: [UInt8], author: PeerID, authorKey: UInt64, authorSequence: UInt64, at time: VirtualTime,
    sequence: UInt64, place: UInt32)
  func presence(_ presence: Presence, at time: VirtualTime, sequence: UInt64, place: UInt32)
  func letter(_ letter: Letter, at time: VirtualTime, sequence: UInt64, place: UInt32)
  func skip(cause: UInt64)
}

extension Machine: LogReader where W == Stage {}
extension ReferenceMachine: LogReader where W == Stage {}
