// The proof that a world computes the same in every way, for tests of worlds.

extension Machine {
  /// Plays a script on a new world and proves, tick by tick, that the world computes the same in every way a peer may
  /// come to a state. For tests of worlds; hundreds of times slower than playing, since it looks into every field.
  ///
  ///     try Machine<Counter>.checked { timeline in
  ///       timeline.publish(.loop, by: ada)
  ///       for _ in 0..<100 { timeline.advance(by: .milliseconds(50)) }
  ///     }
  ///
  /// See ``checked(_:)``. The script may look at ``Timeline/latest`` to choose what it does. Returns the recording.
  @discardableResult
  public static func checked(
    seed: UInt64 = 1, limits: MachineLimits = .standard, _ script: (inout Timeline<W>) throws -> Void
  ) throws -> Timeline<W> {
    var timeline = Timeline<W>(seed: seed, machineLimits: limits, limits: .everything)
    try script(&timeline)
    try checked(timeline)
    return timeline
  }

  /// Proves a recording. Each tick is run forward; rolled back and run again; run from the world's own snapshot; and
  /// by a twin that was decoded once and has lived on since. Digests and bytes of all of them must be equal, what
  /// comes back from a snapshot must equal what went into it field by field, no tick may change a world that was
  /// frozen before it, and no `Dictionary` or `Set` may be in the state: its order is luck.
  ///
  /// Throws a ``Divergence`` that names the tick, the node, the field and the usual cause. What differs only between
  /// processes (`hashValue`) shows when an exported recording is ``Timeline/verified()`` by another process.
  public static func checked(_ timeline: Timeline<W>) throws(Divergence) {
    var moment = timeline.moment(after: timeline.ticks.lowerBound)
    var twin: Frozen<W>?
    for number in timeline.ticks.dropFirst() {
      let check = TickCheck(number: number, tick: timeline.recording(of: number), before: moment, twin: twin)
      (moment, twin) = try check.run()
    }
    let last = timeline.ticks.upperBound
    try StateCheck(tick: last, moment: moment, deliveries: []).run(bytes: moment.snapshot())
  }
}

/// Everything that is proved of one tick.
private struct TickCheck<W: World> {
  let number: Int
  let tick: RecordedTick
  let before: Frozen<W>
  /// The world of a peer that joined by a snapshot at the beginning; nil before the first tick.
  let twin: Frozen<W>?

  private var state: StateCheck<W> { StateCheck(tick: number - 1, moment: before, deliveries: tick.deliveries) }

  /// The ways to come to a state that must all lead to the same one. Who adds a way to run a machine, on other threads
  /// for instance, adds a case here and what it does in ``machine(_:)``.
  enum Way: CaseIterable {
    case again
    case restored
    case twin
  }

  /// The world after the tick, and its twin.
  func run() throws(Divergence) -> (Frozen<W>, twin: Frozen<W>) {
    let bytes = before.snapshot()
    try state.run(bytes: bytes)
    let forward = Machine(from: before)
    forward.run(tick)
    try findShared(bytes)
    guard forward.digest() == tick.digest else { throw hidden(forward, recordedAs: tick.digest) }
    let after = forward.snapshot()
    var twin = forward
    for way in Way.allCases {
      let machine = try machine(way)
      machine.run(tick)
      if way == .twin { twin = machine }
      guard machine.digest() != forward.digest() || machine.snapshot() != after else { continue }
      throw try divergence(of: way, forward, machine)
    }
    return (forward.frozen(), twin: twin.frozen())
  }

  private func machine(_ way: Way) throws(Divergence) -> Machine<W> {
    switch way {
    case .again: Machine(from: before)
    case .restored: try state.decoded(before.snapshot())
    case .twin: if let twin { Machine(from: twin) } else { try state.decoded(before.snapshot()) }
    }
  }

  /// A frozen world must not have moved.
  private func findShared(_ bytes: [UInt8]) throws(Divergence) {
    guard before.snapshot() != bytes else { return }
    let details = before.detailedDifferences(from: try state.decoded(bytes).frozen(), limit: 16)
    throw Divergence(tick: number, time: tick.time, message: nil, details, otherwise: .sharedReference)
  }

  private func divergence(of way: Way, _ forward: Machine<W>, _ machine: Machine<W>) throws(Divergence) -> Divergence {
    let start = try (Machine(from: before), self.machine(way))
    if let found = firstDifference(start.0, tick, start.1, tick, tick: number, .hiddenState) { return found }
    let details = forward.frozen().detailedDifferences(from: machine.frozen(), limit: 16)
    return Divergence(tick: number, time: tick.time, message: nil, details, otherwise: .hiddenState)
  }

  /// The script's own run came out otherwise, and only its digest is left: another run shows what moves.
  private func hidden(_ forward: Machine<W>, recordedAs digest: Digest) -> Divergence {
    let again = Machine(from: before)
    again.run(tick)
    let details = forward.frozen().detailedDifferences(from: again.frozen(), limit: 16)
    return Divergence(tick: number, time: tick.time, message: nil, details, otherwise: .hiddenState)
  }
}
