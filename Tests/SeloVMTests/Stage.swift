import SeloTestKit
import SeloVM
import Testing

/// A world for tests whose messages say what the turn is to do, so that a test reads as its script.
struct Stage: World {
  var notes: [Note] = []
  var actors: [Ref<Actor>] = []
  var tickets: [Ticket] = []
  var peers: [String] = []

  static var nodes: [any Node.Type] { [Actor.self] }

  mutating func receive(_ script: Script, _ turn: inout Turn<Stage>) throws {
    notes.append(Note(time: turn.now, tag: script.tag, value: 0))
    for step in script.steps {
      switch step {
      case .set(let index, let number):
        guard let ref = actor(index) else { break }
        turn[ref]?.number = number
      case .raiseAll: turn.update(Actor.self) { _, actor in actor.number += 1 }
      case .introduce:
        let all = turn.all(Actor.self)
        let known = actors
        turn.update(Actor.self) { ref, actor in
          actor.actors = known
          precondition(all.contains(ref))
        }
      default: try step.perform(script, &notes, &actors, &tickets, &turn)
      }
    }
  }

  mutating func presence(_ presence: Presence, _ turn: inout Turn<Stage>) throws {
    switch presence {
    case .joined(_, name: "nobody"): throw TurnError.rejected("nobody")
    case .joined(_, let name): peers.append("+" + name)
    case .left(let peer): peers.append("-\(peer.value)")
    }
    actors.append(turn.spawn(Actor()))
  }

  static func accepts(_ message: Script, from author: PeerID) -> Bool { message.tag != Script.refusedTag }

  private func actor(_ index: Int) -> Ref<Actor>? { actors.isEmpty ? nil : actors[index % actors.count] }
}

/// The only other node of the stage.
struct Actor: Node {
  var notes: [Note] = []
  var actors: [Ref<Actor>] = []
  var tickets: [Ticket] = []
  var number = 0

  mutating func receive(_ script: Script, _ turn: inout Turn<Actor>) throws {
    notes.append(Note(time: turn.now, tag: script.tag, value: 0))
    for step in script.steps { try step.perform(script, &notes, &actors, &tickets, &turn) }
  }
}

/// What a node remembers: when it heard what, or what it drew.
struct Note: Hashable {
  let time: VirtualTime
  let tag: Int
  let value: UInt64
}

extension Stage: Replicated {
  func write(to sink: inout some ReplicaSink) {
    notes.write(to: &sink)
    actors.write(to: &sink)
    tickets.write(to: &sink)
    peers.write(to: &sink)
  }

  init(from reader: inout ReplicaReader) throws {
    notes = try Array(from: &reader)
    actors = try Array(from: &reader)
    tickets = try Array(from: &reader)
    peers = try Array(from: &reader)
  }
}

extension Actor: Replicated {
  func write(to sink: inout some ReplicaSink) {
    notes.write(to: &sink)
    actors.write(to: &sink)
    tickets.write(to: &sink)
    number.write(to: &sink)
  }

  init(from reader: inout ReplicaReader) throws {
    notes = try Array(from: &reader)
    actors = try Array(from: &reader)
    tickets = try Array(from: &reader)
    number = try Int(from: &reader)
  }
}

extension Note: Replicated {
  func write(to sink: inout some ReplicaSink) {
    time.write(to: &sink)
    tag.write(to: &sink)
    value.write(to: &sink)
  }

  init(from reader: inout ReplicaReader) throws {
    time = try VirtualTime(from: &reader)
    tag = try Int(from: &reader)
    value = try UInt64(from: &reader)
  }
}

/// One message: a tag to recognise it and what to do.
struct Script: Replicated, Codable, Hashable, Sendable {
  var tag: Int
  var steps: [Step]

  static let refusedTag = 666

  init(_ tag: Int, _ steps: Step...) {
    self.tag = tag
    self.steps = steps
  }

  init(tag: Int, steps: [Step]) {
    self.tag = tag
    self.steps = steps
  }
}

enum Step: Codable, Hashable, Sendable {
  /// Sends a script to the actor of that index among those the node knows.
  case send(Int, after: UInt64, Script)
  case future(UInt64, Script)
  /// The same script to itself again.
  case again(UInt64)
  /// The ticket of that index among those the node holds, from the end.
  case cancel(Int)
  case spawn
  /// Sends to the node that was spawned last in this very turn.
  case spawnAndSend(Script)
  case destroy(Int)
  case emit(Int)
  case draw
  case fail
  case reject
  // Of the root only:
  case set(Int, Int)
  case raiseAll
  case introduce

  struct Mishap: Error {}

  func perform<N: Node>(
    _ script: Script, _ notes: inout [Note], _ actors: inout [Ref<Actor>], _ tickets: inout [Ticket],
    _ turn: inout Turn<N>
  ) throws where N.Message == Script {
    func actor(_ index: Int) -> Ref<Actor>? { actors.isEmpty ? nil : actors[index % actors.count] }
    switch self {
    case .send(let index, let delay, let script):
      guard let ref = actor(index) else { return }
      tickets.append(turn.send(script, to: ref, after: .milliseconds(delay)))
    case .future(let delay, let script): tickets.append(turn.future(.milliseconds(delay), script))
    case .again(let delay): tickets.append(turn.future(.milliseconds(delay), script))
    case .cancel(let index):
      guard !tickets.isEmpty else { return }
      turn.cancel(tickets[tickets.count - 1 - index % tickets.count])
    case .spawn: actors.append(turn.spawn(Actor()))
    case .spawnAndSend(let script):
      let ref = turn.spawn(Actor())
      turn.send(script, to: ref)
      actors.append(ref)
    case .destroy(let index):
      guard let ref = actor(index) else { return }
      turn.destroy(ref)
    case .emit(let number): turn.emit(number)
    case .draw: notes.append(Note(time: turn.now, tag: script.tag, value: turn.random.next()))
    case .fail: throw Mishap()
    case .reject: throw TurnError.rejected("as told")
    case .set, .raiseAll, .introduce: break
    }
  }
}

func milliseconds(_ count: Int64) -> VirtualTime { VirtualTime(nanoseconds: count * 1_000_000) }

let ada = PeerID(0xADA)

/// A machine with what a test need not say: who publishes, and frame after frame. The reference machine plays along,
/// and after every advance both must have the same digest and the same bytes.
struct Theatre {
  let machine: Machine<Stage>
  let reference: ReferenceMachine<Stage>
  private(set) var sequence: UInt64 = 0

  init(seed: UInt64 = 1, limits: MachineLimits = .standard) {
    machine = Machine(seed: seed, limits: limits)
    reference = ReferenceMachine(seed: seed, limits: limits)
  }

  /// A theatre with that many actors, who all know each other, at time zero.
  init(actors: Int, limits: MachineLimits = .standard) {
    self.init(limits: limits)
    tell(0, Script(tag: -1, steps: Array(repeating: .spawn, count: actors)))
    tell(0, Script(-2, .introduce))
    advance(0)
  }

  /// Publishes a script in a frame of its own.
  mutating func tell(_ time: Int64, _ script: Script, author: PeerID = ada) {
    sequence += 1
    machine.external(
      script, author: author, authorKey: author.value, authorSequence: sequence, at: milliseconds(time),
      sequence: sequence, place: 0)
    reference.external(
      script, author: author, authorKey: author.value, authorSequence: sequence, at: milliseconds(time),
      sequence: sequence, place: 0)
  }

  /// Publishes scripts one after the other and runs them.
  mutating func play(_ time: Int64, _ scripts: Script...) {
    for script in scripts { tell(time, script) }
    advance(time)
  }

  /// The same from any place of the log.
  func deliver(_ time: Int64, sequence: UInt64, place: UInt32, _ script: Script, author: PeerID = ada, key: UInt64 = 1)
  {
    machine.external(
      script, author: author, authorKey: key, authorSequence: sequence, at: milliseconds(time), sequence: sequence,
      place: place)
    reference.external(
      script, author: author, authorKey: key, authorSequence: sequence, at: milliseconds(time), sequence: sequence,
      place: place)
  }

  func deliver(_ time: Int64, sequence: UInt64, place: UInt32, encoded bytes: [UInt8]) {
    machine.external(
      encoded: bytes, author: ada, authorKey: 1, authorSequence: sequence, at: milliseconds(time), sequence: sequence,
      place: place)
    reference.external(
      encoded: bytes, author: ada, authorKey: 1, authorSequence: sequence, at: milliseconds(time), sequence: sequence,
      place: place)
  }

  func deliver(_ time: Int64, sequence: UInt64, place: UInt32, _ presence: Presence) {
    machine.presence(presence, at: milliseconds(time), sequence: sequence, place: place)
    reference.presence(presence, at: milliseconds(time), sequence: sequence, place: place)
  }

  func deliver(_ time: Int64, sequence: UInt64, place: UInt32, _ letter: Letter) {
    machine.letter(letter, at: milliseconds(time), sequence: sequence, place: place)
    reference.letter(letter, at: milliseconds(time), sequence: sequence, place: place)
  }

  func advance(_ time: Int64) { advance(to: milliseconds(time)) }

  func advance(to time: VirtualTime) {
    machine.advance(to: time)
    reference.advance(to: time)
    expectEqual()
  }

  func expectEqual() {
    #expect(machine.digest() == reference.digest(), "at \(machine.now)")
    #expect(machine.snapshot() == reference.snapshot(), "at \(machine.now)")
  }

  /// What the root heard, without what the theatre itself told it: (milliseconds, tag).
  var heard: [[Int]] { Self.heard(machine.root.notes).filter { $0[1] >= 0 } }

  func actor(_ index: Int) -> Actor? { machine.frozen()[machine.root.actors[index]] }

  func heard(_ index: Int) -> [[Int]] { Self.heard(actor(index)?.notes ?? []) }

  static func heard(_ notes: [Note]) -> [[Int]] { notes.map { [Int($0.time.nanoseconds / 1_000_000), $0.tag] } }

  var failures: [FailedTurn.Kind] { machine.failedTurns.map(\.kind) }
}
