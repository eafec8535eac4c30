// Finding the first tick, message, node and field in which two runs differ (VM rule 28).

extension Timeline {
  /// Where this recording and `other` begin to differ; nil when they do not, in the ticks that both hold.
  ///
  /// The digests tell the tick. Then both are run through it side by side, from one time at which something happens to
  /// the next. If `other` comes from another process and does not come out here as it did there, the next keyframe
  /// that it brought along is compared. O(ticks + state).
  public func bisect(_ other: Timeline) throws(TimelineError) -> Divergence? {
    guard ticks.overlaps(other.ticks) else { throw .nothingInCommon }
    return bisect(other, in: ticks.clamped(to: other.ticks))
  }

  /// The same against what another peer says: `digests`, the first of which is for the end of tick `firstTick`, and a
  /// way to get its world at the end of a tick; nil if it has it no longer.
  public func bisect(
    digests: [Digest], from firstTick: Int, fetch: (_ tick: Int) -> Frozen<W>?
  ) throws(TimelineError) -> Divergence? {
    let (end, overflows) = firstTick.addingReportingOverflow(digests.count)
    guard !overflows else { throw .nothingInCommon }
    let common = (firstTick..<end).clamped(to: ticks.lowerBound..<(ticks.upperBound + 1))
    guard !common.isEmpty else { throw .nothingInCommon }
    guard let tick = common.first(where: { digest(at: $0) != digests[$0 - firstTick] }) else { return nil }
    return divergence(at: tick, theirs: fetch(tick), seenAt: tick)
  }
}

extension Timeline {
  /// Runs everything again, here, and says where that comes out otherwise than it was recorded; nil when nowhere.
  ///
  /// A recording that another process exported shows in this way what differs between processes. O(all turns + state).
  public func verified() -> Divergence? {
    let machine = Machine(from: keyframes[0].moment)
    guard machine.digest() == firstDigest else { return divergence(from: machine, at: firstTick) }
    for tick in ticks.dropFirst() {
      machine.run(recording(of: tick))
      if machine.digest() != recording(of: tick).digest { return divergence(from: machine, at: tick) }
    }
    return nil
  }

  /// How a machine that has run to the end of `tick` differs from what was recorded, by the next keyframe that differs.
  private func divergence(from machine: Machine<W>, at tick: Int) -> Divergence {
    for keyframe in keyframes where keyframe.tick >= tick {
      let mine = machine.fork()
      for number in (tick + 1)..<(keyframe.tick + 1) { mine.run(recording(of: number)) }
      let details = mine.frozen().detailedDifferences(from: keyframe.moment, limit: 16)
      guard let first = details.first else { continue }
      let message = tick > firstTick ? messages(to: first.difference.node, in: tick).first : nil
      return Divergence(
        tick: tick, time: machine.now, message: message, details, otherwise: .hiddenState)
    }
    return Divergence(tick: tick, time: machine.now, message: nil, [], otherwise: .hiddenState)
  }

  private func bisect(_ other: Timeline, in common: ClosedRange<Int>) -> Divergence? {
    guard let tick = common.first(where: { digest(at: $0) != other.digest(at: $0) }) else { return nil }
    guard tick > common.lowerBound else {
      return divergence(at: tick, theirs: other.moment(after: tick), seenAt: tick)
    }
    let pair = (machine(after: tick - 1), other.machine(after: tick - 1))
    if pair.0.digest() == pair.1.digest() {
      let told = (recording(of: tick), other.recording(of: tick))
      let suspicion: Divergence.Suspicion = told.0.deliveries == told.1.deliveries ? .hiddenState : .otherDeliveries
      if let found = firstDifference(pair.0, told.0, pair.1, told.1, tick: tick, suspicion) { return found }
    }
    let seen = (tick...common.upperBound).first { number in
      other.keyframe(at: number).map { $0.digest() != digest(at: number) } ?? false
    }
    return divergence(at: tick, theirs: seen.flatMap { other.keyframe(at: $0) }, seenAt: seen ?? tick)
  }

  /// What can be said of a tick from the world of the other at the end of a tick.
  private func divergence(at tick: Int, theirs: Frozen<W>?, seenAt seen: Int) -> Divergence {
    let details = theirs.map { moment(after: seen).detailedDifferences(from: $0, limit: 16) } ?? []
    let time = tick == firstTick ? keyframes[0].moment.now : recording(of: tick).time
    let message = tick > firstTick ? details.first.flatMap { messages(to: $0.difference.node, in: tick).first } : nil
    return Divergence(tick: tick, time: time, message: message, details, otherwise: .hiddenState)
  }

  /// The messages to a node in a tick that is held, in words. O(turns of the tick).
  func messages(to node: NodeID?, in tick: Int) -> [String] {
    let machine = machine(after: tick - 1)
    let recording = recording(of: tick)
    for delivery in recording.deliveries { machine.deliver(delivery) }
    var found: [String] = []
    while let due = machine.nextDue, due <= recording.time {
      let moment = machine.frozen()
      found += moment.waitingMessages().filter { $0.time == due && $0.target == node ?? .root }.map(moment.words)
      machine.advance(to: due)
    }
    return found
  }
}

/// Runs two machines that are equal through a tick, from one time at which something happens to the next, and says
/// where they first differ; nil when they come out equal.
func firstDifference<W: World>(
  _ left: Machine<W>, _ leftTick: RecordedTick, _ right: Machine<W>, _ rightTick: RecordedTick, tick: Int,
  _ suspicion: Divergence.Suspicion
) -> Divergence? {
  func difference(after waiting: [WaitingMessage]) -> Divergence? {
    guard left.digest() != right.digest() else { return nil }
    let moment = left.frozen()
    let details = moment.detailedDifferences(from: right.frozen(), limit: 16)
    let node = details.first?.difference.node
    let message = waiting.first { $0.target == node } ?? waiting.first { $0.target == .root } ?? waiting.first
    return Divergence(
      tick: tick, time: left.now, message: message.map(moment.words), details, otherwise: suspicion)
  }
  for delivery in leftTick.deliveries { left.deliver(delivery) }
  for delivery in rightTick.deliveries { right.deliver(delivery) }
  if let found = difference(after: []) { return found }
  while let due = [left.nextDue, right.nextDue].compactMap({ $0 }).min(), due <= min(leftTick.time, rightTick.time) {
    let waiting = left.frozen().waitingMessages().filter { $0.time == due }
    left.advance(to: due)
    right.advance(to: due)
    if let found = difference(after: waiting) { return found }
  }
  left.advance(to: max(leftTick.time, left.now))
  right.advance(to: max(rightTick.time, right.now))
  return difference(after: [])
}

extension Frozen {
  /// A message in words, with whom it is for.
  func words(_ message: WaitingMessage) -> String { "\(message.words) to \(name(of: message.target))" }
}
