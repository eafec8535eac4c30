import SeloMachineKit
import SeloWorlds
import Testing

@testable import SeloVM

@Suite("Timelines") struct TimelineTests {
  @Test("seeking finds what a machine was at every tick", arguments: [1, 3, 64]) func seek(distance: Int) throws {
    let log = RandomLog(seed: 9, frames: 30, messages: 600).withoutLetters
    let ticks = 0...log.frames.count + 1
    let timeline = recording(of: log, limits: TimelineLimits(keyframeTicks: distance))
    let machine = Machine<Stage>(seed: log.seed, limits: log.limits)
    #expect(timeline.ticks == ticks)
    for number in log.frames.indices {
      log.deliver(number, to: machine)
      machine.advance(to: log.time(number))
      let moment = try timeline.seek(to: number + 1)
      #expect(moment.digest() == machine.digest())
      #expect(timeline.digest(at: number + 1) == machine.digest())
      #expect(moment.snapshot() == machine.snapshot())
    }
    #expect(timeline.latest.digest() == log.played().digest())
    #expect(throws: TimelineError.notHeld(ticks)) { try timeline.seek(to: ticks.upperBound + 1) }
    #expect(throws: TimelineError.notHeld(ticks)) { try timeline.seek(to: -1) }
  }

  @Test("seeking to a time is exact, also inside of a tick") func seekTime() throws {
    var timeline = Timeline<Counter>(seed: 1)
    timeline.publish(.loop, by: ada)
    for _ in 0..<3 { timeline.advance(by: .milliseconds(2_000)) }
    let counts = try stride(from: 0, through: 7_000, by: 250).map { time in
      try timeline.seek(to: milliseconds(Int64(time))).root.count
    }
    #expect(counts == stride(from: 0, through: 7_000, by: 250).map { min($0, 6_000) / 500 })
    #expect(try timeline.seek(to: milliseconds(1_250)).now == milliseconds(1_250))
  }

  @Test("it forgets the oldest, by keyframes and by bytes, and what it keeps is right") func bounded() throws {
    var timeline = Timeline<Counter>(seed: 1, limits: TimelineLimits(keyframeTicks: 5, keyframes: 3))
    for _ in 0..<52 {
      timeline.publish(.increment, by: ada)
      timeline.advance(by: .milliseconds(10))
    }
    #expect(timeline.ticks == 40...52)
    for tick in timeline.ticks { #expect(try timeline.seek(to: tick).root.count == tick) }
    #expect(throws: TimelineError.notHeld(40...52)) { try timeline.seek(to: 39) }
    #expect(throws: TimelineError.notHeld(40...52)) { try timeline.seek(to: milliseconds(1)) }
    #expect(try Timeline<Counter>(imported: timeline.exported()).ticks == 40...52)
    #expect(timeline.verified() == nil)

    var narrow = Timeline<Counter>(seed: 1, limits: TimelineLimits(keyframeTicks: 4, deliveryBytes: 1_000))
    for _ in 0..<100 {
      narrow.publish(.increment, by: ada)
      narrow.advance(by: .milliseconds(10))
    }
    #expect(narrow.ticks.upperBound == 100 && narrow.ticks.lowerBound >= 88, "\(narrow.ticks)")
  }

  @Test("a copy goes another way") func copies() {
    var left = Timeline<Counter>(seed: 1)
    left.advance(by: .milliseconds(1))
    var right = left
    right.publish(.increment, by: ada)
    right.advance(by: .milliseconds(1))
    left.advance(by: .milliseconds(1))
    #expect([left.latest.root.count, right.latest.root.count] == [0, 1])
  }

  @Test("it records a machine that somebody else runs, from a moment on") func recordsAMachine() throws {
    let machine = Machine<Counter>(seed: 4)
    machine.external(.loop, author: ada, authorKey: 7, authorSequence: 1, at: .zero, sequence: 1, place: 0)
    machine.advance(to: milliseconds(700))
    var timeline = Timeline(from: machine.frozen())
    for number in 2..<9 as Range<UInt64> {
      let time = milliseconds(Int64(number) * 500)
      machine.external(
        .increment, author: ada, authorKey: 7, authorSequence: number, at: time, sequence: number, place: 0)
      timeline.external(
        encoded: Counter.Message.increment.encoded(), author: ada, authorKey: 7, authorSequence: number, at: time,
        sequence: number, place: 0)
      machine.advance(to: time)
      timeline.record(machine.frozen())
    }
    #expect(timeline.verified() == nil)
    #expect(timeline.ticks == 0...7)
    #expect(try Timeline<Counter>(imported: timeline.exported(keyframes: false)).verified() == nil)
  }

  @Test("a delivery for later may wait through ticks; no keyframe is taken meanwhile") func later() throws {
    var timeline = Timeline<Stage>(seed: 1, limits: .everything)
    timeline.external(
      encoded: Script(1).encoded(), author: ada, authorKey: 1, authorSequence: 1, at: milliseconds(25), sequence: 1,
      place: 0)
    for _ in 0..<4 { timeline.advance(by: .milliseconds(10)) }
    #expect(timeline.keyframes.map(\.tick) == [0, 3, 4])
    let imported = try Timeline<Stage>(imported: timeline.exported())
    #expect(try imported.seek(to: 2).pendingCount == 1)
    #expect(imported.verified() == nil)
  }

  @Test("bytes come back as the same timeline, which goes on") func roundTrip() throws {
    for keyframes in [false, true] {
      let timeline = recording(
        of: RandomLog(seed: 3, frames: 20, messages: 300), limits: TimelineLimits(keyframeTicks: 4))
      var imported = try Timeline<Stage>(imported: timeline.exported(keyframes: keyframes))
      #expect(imported.ticks == timeline.ticks)
      #expect(imported.exported(keyframes: keyframes) == timeline.exported(keyframes: keyframes))
      for tick in timeline.ticks { #expect(try imported.seek(to: tick).digest() == timeline.digest(at: tick)) }
      imported.publish(Script(1, .spawn), by: ada)
      imported.advance(by: .milliseconds(3))
      #expect(imported.verified() == nil)
    }
    #expect(
      throws: TimelineError.wrongWorld("counter")
    ) { try Timeline<Stage>(imported: Timeline<Counter>(seed: 1).exported()) }
  }
}

@Suite("Rule 28: the first tick, message, node and field") struct BisectTests {
  /// A recording in which actor three is told a number in tick six.
  private func stage(_ number: Int, limits: TimelineLimits = TimelineLimits(keyframeTicks: 4)) -> Timeline<Stage> {
    var timeline = Timeline<Stage>(seed: 1, limits: limits)
    timeline.publish(Script(0, .spawn, .spawn, .spawn, .spawn), by: ada)
    for tick in 1...12 {
      timeline.publish(Script(tick, tick == 6 ? .set(3, number) : .raiseAll, .send(1, after: 4, Script(77))), by: ada)
      timeline.advance(by: .milliseconds(10))
    }
    return timeline
  }

  @Test("28: recordings that were told otherwise") func otherMessages() throws {
    let mine = stage(5)
    let theirs = stage(6)
    let found = try #require(try mine.bisect(theirs))
    #expect(found.tick == 6)
    #expect(found.suspicion == .otherDeliveries)
    #expect(found.differences.first?.path.hasPrefix("message to Stage at 50000000 ns.steps[0].set") == true)
    #expect(try mine.bisect(stage(5)) == nil)
    #expect(try mine.bisect(Timeline(imported: theirs.exported()))?.tick == 6)
  }

  @Test("28: a world that went another way by itself") func otherComputation() throws {
    // The recording of a process whose actor heard something of its own, at tick six.
    let mine = stage(5, limits: .everything)
    var theirs = Timeline<Stage>(seed: 1, limits: .everything)
    theirs.publish(Script(0, .spawn, .spawn, .spawn, .spawn), by: ada)
    let machine = Machine(from: theirs.latest)
    for tick in 1...12 {
      for delivery in mine.recording(of: tick).deliveries {
        if tick > 1 || delivery.place > 0 { theirs.copy(delivery) }
        machine.deliver(delivery)
      }
      machine.advance(to: mine.recording(of: tick).time)
      if tick == 6 { machine.tamper() }
      theirs.record(machine.frozen())
    }
    let imported = try Timeline<Stage>(imported: theirs.exported())
    let ref = mine.latest.root.actors[3]
    for found in [try mine.bisect(imported), imported.verified()] {
      let found = try #require(found)
      #expect(found.tick == 6)
      #expect(found.differences.contains { $0.path == "Actor \(ref.id).number" }, "\(found)")
    }
    let digests = theirs.ticks.compactMap { theirs.digest(at: $0) }
    let found = try #require(try mine.bisect(digests: digests, from: 0) { try? theirs.seek(to: $0) })
    #expect(found.tick == 6 && found.differences.contains { $0.node == ref.id })
    #expect(try mine.bisect(digests: digests, from: 0) { _ in nil }?.differences.isEmpty == true)
    #expect(try mine.bisect(digests: Array(digests[..<6]), from: 0) { _ in nil } == nil)
    for first in [99, -99, .max, .min] {
      #expect(throws: TimelineError.nothingInCommon) { try mine.bisect(digests: digests, from: first) { _ in nil } }
    }
  }
}

extension Timeline {
  fileprivate mutating func copy(_ delivery: Delivery) {
    switch delivery.content {
    case .external(let bytes, let author, let key, let sequence):
      external(
        encoded: bytes, author: author, authorKey: key, authorSequence: sequence, at: delivery.time,
        sequence: delivery.sequence, place: delivery.place)
    case .presence(let presence):
      self.presence(presence, at: delivery.time, sequence: delivery.sequence, place: delivery.place)
    }
  }
}

extension Machine<Stage> {
  /// What no peer may do: changes the number of actor three from outside of the log.
  fileprivate func tamper() {
    external(
      Script(-1, .set(3, 1_000)), author: ada, authorKey: 666, authorSequence: 1, at: now, sequence: .max, place: 9)
    advance(to: now)
  }
}

@Suite("Hostile timelines") struct TimelineFuzzTests {
  /// Small, so that a mutation hits a little of everything.
  private static let log = RandomLog(
    (0..<10).map { number in
      let script = Script(Int(number), .spawn, .again(15), .draw, .emit(1), .send(0, after: 4, Script(7, .fail)))
      return .init(Int64(number) * 5, [number % 3 == 0 ? .joined(UInt64(number)) : .script(script, author: 1)])
    })
  private static let bytes = recording(of: log, limits: TimelineLimits(keyframeTicks: 3)).exported()

  @Test("any change of the bytes is found") func changed() {
    var chance = Chance(seed: 1)
    for _ in 0..<600 {
      let bytes = mutated(Self.bytes, &chance)
      guard bytes != Self.bytes else { continue }
      #expect(throws: TimelineError.self) { try Timeline<Stage>(imported: bytes) }
    }
    #expect(throws: TimelineError.notATimeline) { try Timeline<Stage>(imported: []) }
    #expect(throws: TimelineError.wrongLength) { try Timeline<Stage>(imported: Array("SELT".utf8)) }
    #expect(throws: TimelineError.corrupted) {
      try Timeline<Stage>(imported: Self.bytes.dropLast() + [Self.bytes[Self.bytes.count - 1] ^ 1])
    }
  }

  @Test("with a good checksum, it is refused or it can be walked in", arguments: 0..<4) func resealed(part: Int) {
    var chance = Chance(seed: 50 + UInt64(part))
    let body = Array(Self.bytes[TimelineSeal.headerBytes..<(Self.bytes.count - TimelineSeal.checksumBytes)])
    var accepted = 0
    for _ in 0..<600 {
      let bytes = TimelineSeal.sealed(mutated(body, &chance))
      guard let timeline = try? Timeline<Stage>(imported: bytes) else { continue }
      accepted += 1
      #expect(timeline.exported() == bytes, "whatever is accepted is canonical")
      // Virtual time is far beyond what a test can wait for when a mutation hit its upper bytes.
      guard timeline.now < .zero + .seconds(3) else { continue }
      _ = timeline.latest.digest()
      _ = timeline.verified()
    }
    #expect(accepted > 20 && accepted < 590, "both ends of the decoder are reached: \(accepted)")
  }

  @Test("times that go back, places that are taken twice") func order() {
    func refused(_ ticks: [RecordedTick]) -> Bool {
      let start = Machine<Counter>(seed: 1)
      let bytes = Timeline<Counter>(
        beginning: .founding(seed: 1, limits: .standard), firstTick: 0, firstDigest: start.digest(), recorded: ticks,
        keyframes: [.init(tick: 0, moment: start.frozen())]
      ).exported()
      return (try? Timeline<Counter>(imported: bytes)) == nil
    }
    func tick(_ time: Int64, _ deliveries: [Int64] = []) -> RecordedTick {
      let joined = Delivery.Content.presence(.joined(ada, name: "Ada"))
      return RecordedTick(
        deliveries: deliveries.map { Delivery(content: joined, time: milliseconds($0), sequence: 1, place: 1) },
        time: milliseconds(time), digest: Machine<Counter>(seed: 1).digest())
    }
    #expect(!refused([tick(1), tick(1), tick(2, [1]), tick(3, [2, 3])]))
    #expect(refused([tick(2), tick(1)]))
    #expect(refused([tick(2), tick(3, [1])]))
    #expect(refused([tick(2, [1, 1])]))
    #expect(refused([tick(-1)]))
  }

  private func mutated(_ original: [UInt8], _ chance: inout Chance) -> [UInt8] {
    var bytes = original
    switch chance.below(4) {
    case 0: bytes.removeLast(1 + chance.below(bytes.count - 1))
    case 1: bytes.removeSubrange(chance.below(bytes.count / 2)..<(bytes.count / 2 + chance.below(bytes.count / 2)))
    case 2: bytes[chance.below(bytes.count)] = chance.one(in: 2) ? 0xFF : chance.byte()
    default: for _ in 0...chance.below(3) { bytes[chance.below(bytes.count)] ^= 1 << (chance.byte() & 7) }
    }
    return bytes
  }
}

/// A log of chance as a recording, without letters; every frame a tick.
func recording(of log: RandomLog, limits: TimelineLimits = .everything) -> Timeline<Stage> {
  let log = log.withoutLetters
  let recorder = Recorder(Timeline<Stage>(seed: log.seed, machineLimits: log.limits, limits: limits))
  for number in log.frames.indices {
    log.deliver(number, to: recorder)
    recorder.timeline.advance(to: log.time(number))
  }
  recorder.timeline.advance(to: log.end)
  return recorder.timeline
}

/// A timeline that hears a log.
private final class Recorder: LogReader {
  var timeline: Timeline<Stage>

  init(_ timeline: Timeline<Stage>) { self.timeline = timeline }

  func external(
    _ message: Script, author: PeerID, authorKey: UInt64, authorSequence: UInt64, at time: VirtualTime,
    sequence: UInt64, place: UInt32
  ) {
    external(
      encoded: message.encoded(), author: author, authorKey: authorKey, authorSequence: authorSequence, at: time,
      sequence: sequence, place: place)
  }

  func external(
    encoded bytes: [UInt8], author: PeerID, authorKey: UInt64, authorSequence: UInt64, at time: VirtualTime,
    sequence: UInt64, place: UInt32
  ) {
    timeline.external(
      encoded: bytes, author: author, authorKey: authorKey, authorSequence: authorSequence, at: time,
      sequence: sequence, place: place)
  }

  func presence(_ presence: Presence, at time: VirtualTime, sequence: UInt64, place: UInt32) {
    timeline.presence(presence, at: time, sequence: sequence, place: place)
  }

  func letter(_ letter: Letter, at time: VirtualTime, sequence: UInt64, place: UInt32) {
    Issue.record("a recording holds no letters")
  }

  func skip(cause: UInt64) { Issue.record("a recording skips nothing") }
}
