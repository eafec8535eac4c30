/// A recorded world to walk in: what came, tick by tick, and enough frozen worlds to see any of them again.
///
///     var timeline = Timeline<Counter>(seed: 1)
///     timeline.publish(.increment, by: ada)
///     timeline.advance(by: .milliseconds(50))   // tick 1
///     timeline.publish(.increment, by: ada)
///     timeline.advance(by: .milliseconds(50))   // tick 2
///     try timeline.seek(to: 1).root.count       // 1
///     timeline.latest.root.count                // 2
///
/// A tick ends with an advance. It is a value: copying it is O(1), and the copy goes another way. It keeps what its
/// ``TimelineLimits`` allow, and forgets the oldest first.
///
/// To record a machine that somebody else runs, begin with its ``Machine/frozen()`` and give the timeline what the
/// machine is given, with ``external(encoded:author:authorKey:authorSequence:at:sequence:place:)`` and
/// ``presence(_:at:sequence:place:)``; close each tick with ``record(_:)``.
public struct Timeline<W: World>: Sendable {
  /// How the first tick that is held came about.
  enum Beginning: Sendable {
    case founding(seed: UInt64, limits: MachineLimits)
    case moment
  }

  struct Keyframe: Sendable {
    let tick: Int
    let moment: Frozen<W>
  }

  /// How much is kept.
  public let limits: TimelineLimits
  private(set) var beginning: Beginning
  /// The number of the tick with which the recording that is held begins.
  private(set) var firstTick: Int
  /// The digest at its beginning.
  private(set) var firstDigest: Digest
  private(set) var recorded: [RecordedTick]
  /// Ascending; the first is that of the beginning. No external message waits in any of them.
  private(set) var keyframes: [Keyframe]
  /// What belongs to the next tick.
  private var deliveries: [Delivery] = []
  private var deliveryBytes = 0
  /// The time of the newest delivery: until then a keyframe would hold external messages.
  private var newestDelivery = VirtualTime.zero
  private var authorSequences = Table<PeerID, UInt64>()
  /// The world after the newest tick; nil after an import, until somebody asks.
  private var current: Frozen<W>?

  /// A new world, at tick zero.
  public init(seed: UInt64, machineLimits: MachineLimits = .standard, limits: TimelineLimits = .standard) {
    let machine = Machine<W>(seed: seed, limits: machineLimits)
    self.init(machine.frozen(), beginning: .founding(seed: seed, limits: machineLimits), limits)
  }

  /// A world from a moment on, which becomes tick zero. No external message may wait in it: take it after an advance to
  /// the time of the frame. O(state).
  public init(from moment: Frozen<W>, limits: TimelineLimits = .standard) {
    precondition(!moment.holdsExternals, "external messages wait in the moment that a timeline begins with")
    self.init(moment, beginning: .moment, limits)
  }

  private init(_ moment: Frozen<W>, beginning: Beginning, _ limits: TimelineLimits) {
    self.limits = limits
    self.beginning = beginning
    firstTick = 0
    firstDigest = moment.digest()
    recorded = []
    keyframes = [Keyframe(tick: 0, moment: moment)]
    current = moment
  }

  /// A timeline that came from bytes; every part has been checked.
  init(beginning: Beginning, firstTick: Int, firstDigest: Digest, recorded: [RecordedTick], keyframes: [Keyframe]) {
    limits = .standard
    self.beginning = beginning
    self.firstTick = firstTick
    self.firstDigest = firstDigest
    self.recorded = recorded
    self.keyframes = keyframes
    deliveryBytes = recorded.reduce(0) { $0 + $1.deliveries.reduce(0) { $0 + $1.size } }
    for delivery in recorded.lazy.flatMap(\.deliveries) {
      newestDelivery = max(newestDelivery, delivery.time)
      guard case .external(_, let author, _, let sequence) = delivery.content else { continue }
      authorSequences[author] = max(authorSequences[author, default: 0], sequence)
    }
  }

  // What comes

  /// A message by `author` in the frame of the next tick; the timeline numbers messages and frames by itself, so use
  /// this where it makes up the log, and not beside
  /// ``external(encoded:author:authorKey:authorSequence:at:sequence:place:)``.
  public mutating func publish(_ message: W.Message, by author: PeerID) {
    let number = authorSequences[author, default: 0] &+ 1
    authorSequences[author] = number
    external(
      encoded: message.encoded(), author: author, authorKey: author.value, authorSequence: number, at: now,
      sequence: UInt64(ticks.upperBound) + 1, place: UInt32(deliveries.count))
  }

  /// A peer comes or goes in the frame of the next tick.
  public mutating func publish(_ presence: Presence) {
    self.presence(presence, at: now, sequence: UInt64(ticks.upperBound) + 1, place: UInt32(deliveries.count))
  }

  /// An external message as the log delivers it; arguments and conditions as for the machine's method of this name.
  public mutating func external(
    encoded bytes: [UInt8], author: PeerID, authorKey: UInt64, authorSequence: UInt64, at time: VirtualTime,
    sequence: UInt64, place: UInt32
  ) {
    keep(
      .external(bytes, author: author, authorKey: authorKey, authorSequence: authorSequence), time, sequence, place)
  }

  /// A presence as the log delivers it.
  public mutating func presence(_ presence: Presence, at time: VirtualTime, sequence: UInt64, place: UInt32) {
    keep(.presence(presence), time, sequence, place)
  }

  private mutating func keep(
    _ content: Delivery.Content, _ time: VirtualTime, _ sequence: UInt64, _ place: UInt32
  ) {
    precondition(time >= now, "a delivery for \(time) came at \(now)")
    deliveries.append(Delivery(content: content, time: time, sequence: sequence, place: place))
    newestDelivery = max(newestDelivery, time)
  }

  // Ticks

  /// Runs what came and what is due up to `time`, and closes the tick. Returns what was emitted. O(turns + state).
  @discardableResult
  public mutating func advance(to time: VirtualTime) -> [Event] {
    let machine = Machine(from: latest)
    for delivery in deliveries { machine.deliver(delivery) }
    machine.advance(to: time)
    record(machine.frozen())
    return machine.drainEvents()
  }

  /// The same, so far from here.
  @discardableResult
  public mutating func advance(by delay: Delay) -> [Event] { advance(to: now + delay) }

  /// Closes the tick with the world that somebody else has computed from what came. O(state), for the digest.
  public mutating func record(_ moment: Frozen<W>) {
    precondition(moment.now >= now, "tick \(ticks.upperBound + 1) would end at \(moment.now), before \(now)")
    recorded.append(RecordedTick(deliveries: deliveries, time: moment.now, digest: moment.digest()))
    deliveryBytes += deliveries.reduce(0) { $0 + $1.size }
    deliveries = []
    current = moment
    let distance = ticks.upperBound - keyframes[keyframes.count - 1].tick
    if distance >= limits.keyframeTicks, newestDelivery <= moment.now {
      keyframes.append(Keyframe(tick: ticks.upperBound, moment: moment))
    }
    while keyframes.count > 2, keyframes.count > limits.keyframes || deliveryBytes > limits.deliveryBytes { forget() }
  }

  /// Forgets the stretch before the second keyframe, which becomes the beginning.
  private mutating func forget() {
    let count = keyframes[1].tick - firstTick
    firstDigest = recorded[count - 1].digest
    for tick in recorded[..<count] { deliveryBytes -= tick.deliveries.reduce(0) { $0 + $1.size } }
    recorded.removeFirst(count)
    keyframes.removeFirst()
    firstTick += count
    beginning = .moment
  }

  // What there is

  /// The ticks that are held: that of the beginning, and one for each advance since.
  public var ticks: ClosedRange<Int> { firstTick...(firstTick + recorded.count) }

  /// The time at the end of the newest tick.
  public var now: VirtualTime { recorded.last?.time ?? keyframes[0].moment.now }

  /// The world after the newest tick.
  public var latest: Frozen<W> { current ?? machine(after: ticks.upperBound).frozen() }
}

extension Frozen {
  /// Whether external messages or presence wait for their time.
  var holdsExternals: Bool {
    var found = false
    forEachPending { _, target, _, author, message in
      found = found || author != nil || (target == .root && message is Presence)
    }
    return found
  }
}
