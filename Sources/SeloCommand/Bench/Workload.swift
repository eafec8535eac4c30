import SeloVM

/// What a swarm does while it is measured.
struct Workload: Sendable {
  enum Kind: String, Sendable {
    /// Every mote wakes at the same times: all of them are one round.
    case aligned
    /// Every mote has a rhythm of its own: hardly two wake at one time.
    case scattered
    /// Every relay sends to its neighbour, all at the same times.
    case ring
    /// Every thinker wakes at the same times, and its turn takes a microsecond or two.
    case heavy
    /// A thousand external messages a frame, each a turn of the root.
    case root
    /// Motes without futures; in each frame one turn of the root changes them all.
    case still
  }

  let kind: Kind
  /// Nodes besides the root.
  let nodes: Int

  var name: String { kind == .root ? kind.rawValue : "\(kind.rawValue)-\(nodes)" }

  static let all: [Workload] = [
    Workload(kind: .aligned, nodes: 1_000), Workload(kind: .aligned, nodes: 10_000),
    Workload(kind: .aligned, nodes: 100_000), Workload(kind: .scattered, nodes: 1_000),
    Workload(kind: .scattered, nodes: 100_000), Workload(kind: .ring, nodes: 1_000),
    Workload(kind: .ring, nodes: 100_000), Workload(kind: .heavy, nodes: 1_000), Workload(kind: .still, nodes: 100_000),
    Workload(kind: .root, nodes: 0),
  ]
}

/// A machine under a workload, advanced frame by frame.
struct Rig {
  private(set) var machine: Machine<Swarm>
  let workload: Workload
  private var sequence: UInt64 = 0

  /// In a frame every node has a turn, and of nodes with one rhythm each has exactly one.
  private var frame: Delay { workload.kind == .scattered ? .milliseconds(21) : Mote.period }
  private static let author = PeerID(1)
  private static let externalsPerFrame = 1_000

  /// A swarm as the workload wants it. It is peopled in portions, so that no large scratch memory is left behind.
  init(_ workload: Workload) {
    machine = Machine(seed: 42)
    self.workload = workload
    var missing = workload.nodes
    while missing > 0 {
      let portion = UInt32(min(missing, 1_000))
      switch workload.kind {
      case .aligned, .scattered: tell(.motes(portion, aligned: workload.kind == .aligned))
      case .ring: tell(.relays(portion))
      case .heavy: tell(.thinkers(portion))
      case .still, .root: tell(.stillMotes(portion))
      }
      missing -= Int(portion)
    }
    if workload.kind == .ring { tell(.close) }
  }

  /// One frame of the workload, as the log would bring it.
  mutating func runFrame(lanes: (any Lanes)? = nil) {
    let time = machine.now + frame
    switch workload.kind {
    case .aligned, .scattered, .ring, .heavy: break
    case .root: for _ in 0..<Self.externalsPerFrame { hand(.increment, at: time) }
    case .still: hand(.changeAll, at: time)
    }
    machine.advance(to: time, lanes: lanes)
  }

  /// One turn: the next of a scattered mote, or where many are due at once, one of the root that changes `mote`.
  mutating func runTurn(changing mote: Ref<Mote>) {
    guard workload.kind == .scattered, let next = machine.nextDue else { return tell(.touch([mote])) }
    machine.advance(to: next)
  }

  /// One external message for the root, and its turn.
  mutating func tell(_ message: Swarm.Message) {
    hand(message, at: machine.now)
    machine.advance(to: machine.now)
  }

  private mutating func hand(_ message: Swarm.Message, at time: VirtualTime) {
    sequence += 1
    machine.external(
      message, author: Self.author, authorKey: 1, authorSequence: sequence, at: time, sequence: sequence, place: 0)
  }

  /// The same rig on a machine that took another way.
  func on(_ machine: Machine<Swarm>) -> Rig {
    var rig = self
    rig.machine = machine
    return rig
  }

  /// How many messages a frame brings at least.
  var messagesPerFrame: UInt64 { UInt64(workload.kind == .root ? Self.externalsPerFrame : workload.nodes) }

  /// How many messages nodes and root have counted. O(nodes).
  var messages: UInt64 {
    let moment = machine.frozen()
    let motes = moment.all(Mote.self).reduce(0 as UInt64) { $0 + (moment[$1]?.count ?? 0) }
    let relays = moment.all(Relay.self).reduce(0 as UInt64) { $0 + (moment[$1]?.count ?? 0) }
    let thinkers = moment.all(Thinker.self).reduce(0 as UInt64) { $0 + (moment[$1]?.count ?? 0) }
    return motes + relays + thinkers + moment.root.count
  }

  /// Nodes spread evenly over the whole swarm.
  func sample(_ number: Int) -> [Ref<Mote>] {
    let all = machine.frozen().all(Mote.self)
    guard all.count >= number else { return all }
    return (0..<number).map { all[$0 * all.count / number] }
  }
}
