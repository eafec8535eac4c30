import SeloVM

/// The world that is measured: nodes of 48 bytes whose turns do so little that what remains is the machine.
///
/// Motes wake themselves for ever, relays hand a message round a ring, and the root counts external messages.
struct Swarm: World {
  var count: UInt64 = 0
  /// The ends of the ring while it is laid.
  var first: Ref<Relay>?
  var last: Ref<Relay>?

  static var nodes: [any Node.Type] { [Mote.self, Relay.self, Thinker.self] }

  enum Message: Equatable, Sendable {
    /// So many motes that wake all at once, or each in a rhythm of its own.
    case motes(UInt32, aligned: Bool)
    /// So many motes that never wake.
    case stillMotes(UInt32)
    /// So many more relays, each the target of the next.
    case relays(UInt32)
    /// So many thinkers that wake all at once.
    case thinkers(UInt32)
    /// Joins the ends of the ring.
    case close
    /// Changes these motes, at most 65,536 of them.
    case touch([Ref<Mote>])
    /// Changes every mote.
    case changeAll
    case increment
  }

  mutating func receive(_ message: Message, _ turn: inout Turn<Swarm>) {
    switch message {
    case .motes(let number, let aligned):
      for _ in 0..<number {
        let (mote, first) = Mote.scattered(by: turn.random, aligned: aligned)
        turn.send(.step, to: turn.spawn(mote), after: first)
      }
    case .stillMotes(let number):
      for _ in 0..<number { _ = turn.spawn(Mote.scattered(by: turn.random, aligned: true).mote) }
    case .relays(let number):
      for _ in 0..<number {
        let relay = turn.spawn(Relay(next: last))
        if first == nil { first = relay }
        last = relay
        turn.send(.pass, to: relay, after: Relay.period)
      }
    case .thinkers(let number):
      for _ in 0..<number { turn.send(.think, to: turn.spawn(Thinker()), after: Thinker.period) }
    case .close:
      if let first { turn[first]?.next = last }
    case .touch(let motes):
      for mote in motes { turn[mote]?.count &+= 1 }
    case .changeAll: turn.update(Mote.self) { _, mote in mote.count &+= 1 }
    case .increment: count &+= 1
    }
  }
}

/// A mote flies in a straight line between two walls and wakes itself for the next step.
struct Mote: Node {
  var x: Double
  var y: Double
  var dx: Double
  var dy: Double
  var count: UInt64 = 0
  let period: UInt64

  enum Message: Sendable { case step }

  static let width = 1_000.0
  /// How often an aligned mote wakes; the rhythms of the others are up to a millisecond shorter or longer.
  static let period = Delay.milliseconds(20)

  /// A mote and the delay of its first step, which are unlike any other's unless they are aligned.
  static func scattered(by random: RandomStream, aligned: Bool) -> (mote: Mote, first: Delay) {
    let spread = Int(period.nanoseconds) / 20
    let rhythm = aligned ? period.nanoseconds : UInt64(Int(period.nanoseconds) + random.int(in: -spread...spread))
    let mote = Mote(
      x: random.double01() * width, y: random.double01() * width, dx: random.double01() * 8 - 4,
      dy: random.double01() * 8 - 4, period: rhythm)
    return (mote, aligned ? period : Delay(nanoseconds: UInt64(random.int(in: 1...Int(rhythm)))))
  }

  init(x: Double, y: Double, dx: Double, dy: Double, period: UInt64) {
    self.x = x
    self.y = y
    self.dx = dx
    self.dy = dy
    self.period = period
  }

  mutating func receive(_ message: Message, _ turn: inout Turn<Mote>) {
    x += dx
    y += dy
    if x < 0 || x > Self.width { dx = -dx }
    if y < 0 || y > Self.width { dy = -dy }
    count &+= 1
    turn.future(Delay(nanoseconds: period), .step)
  }
}

/// A relay hands every message on to its neighbour.
struct Relay: Node {
  var next: Ref<Relay>?
  var count: UInt64 = 0
  var x = 0.0
  var y = 0.0
  var sum: UInt64 = 0

  enum Message: Sendable { case pass }

  static let period = Delay.milliseconds(20)

  init(next: Ref<Relay>?) { self.next = next }

  mutating func receive(_ message: Message, _ turn: inout Turn<Relay>) {
    count &+= 1
    sum = sum &* 31 &+ count
    x += 1
    y -= 1
    if let next { turn.send(.pass, to: next, after: Self.period) }
  }
}

/// A thinker takes a microsecond or two for each turn, which is when a second thread may pay.
struct Thinker: Node {
  var count: UInt64 = 0
  var thought: UInt64 = 1

  enum Message: Sendable { case think }

  static let period = Delay.milliseconds(20)

  init() {}

  mutating func receive(_ message: Message, _ turn: inout Turn<Thinker>) {
    count &+= 1
    for _ in 0..<1_000 { thought = (thought ^ thought >> 29) &* 0xBF58_476D_1CE4_E5B9 &+ count }
    turn.future(Self.period, .think)
  }
}
