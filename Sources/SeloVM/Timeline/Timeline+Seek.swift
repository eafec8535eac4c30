// Going to where a recording has been: from the nearest keyframe before it, the ticks are run again.

extension Timeline {
  /// The world at the end of a tick. O(ticks since the keyframe before it).
  public func seek(to tick: Int) throws(TimelineError) -> Frozen<W> {
    guard ticks.contains(tick) else { throw .notHeld(ticks) }
    return moment(after: tick)
  }

  /// The world at a time, exactly; from the end of the newest tick on it is that of the newest tick.
  ///
  /// What shares a time with the end of a tick has happened. O(ticks since the keyframe before it).
  public func seek(to time: VirtualTime) throws(TimelineError) -> Frozen<W> {
    guard time >= keyframes[0].moment.now else { throw .notHeld(ticks) }
    let count = recorded.prefix { $0.time <= time }.count
    guard count < recorded.count else { return latest }
    let machine = machine(after: firstTick + count)
    guard time > machine.now else { return machine.frozen() }
    for delivery in recorded[count].deliveries { machine.deliver(delivery) }
    machine.advance(to: time)
    return machine.frozen()
  }

  /// The digest that was recorded at the end of a tick; nil for ticks that are not held.
  public func digest(at tick: Int) -> Digest? {
    guard ticks.contains(tick) else { return nil }
    return tick == firstTick ? firstDigest : recorded[tick - firstTick - 1].digest
  }

  /// What was recorded for the tick that ends with this number, which must be held and not be the first.
  func recording(of tick: Int) -> RecordedTick { recorded[tick - firstTick - 1] }

  func moment(after tick: Int) -> Frozen<W> {
    if let keyframe = keyframe(at: tick) { return keyframe }
    return tick == ticks.upperBound ? latest : machine(after: tick).frozen()
  }

  func keyframe(at tick: Int) -> Frozen<W>? {
    keyframes.last { $0.tick <= tick }.flatMap { $0.tick == tick ? $0.moment : nil }
  }

  /// A machine that has run up to the end of a tick that is held.
  func machine(after tick: Int) -> Machine<W> {
    let keyframe = keyframes.last { $0.tick <= tick } ?? keyframes[0]
    let machine = Machine(from: keyframe.moment)
    for number in (keyframe.tick + 1)..<(tick + 1) { machine.run(recording(of: number)) }
    return machine
  }
}

/// Why a timeline can not do what it is asked, or bytes are not a timeline of this world.
public enum TimelineError: Error, Hashable, Sendable {
  /// The tick or time is not among those that are held.
  case notHeld(ClosedRange<Int>)
  /// Two timelines hold no tick of the same number.
  case nothingInCommon
  /// The bytes do not begin as a timeline does.
  case notATimeline
  /// A timeline of another format, or of a machine with other rules.
  case unknownFormat(UInt16)
  /// The bytes end too early, or go on too long.
  case wrongLength
  /// The bytes are not those that were written: their checksum differs.
  case corrupted
  /// A timeline of the world with this name.
  case wrongWorld(String)
  /// A timeline of another version of this world, or one with other types of nodes.
  case wrongVersion(Int)
  /// A part holds what no timeline writes; the text names it.
  case invalid(StaticText)
  /// A frozen world in it is none.
  case unreadable(SnapshotError)
}
