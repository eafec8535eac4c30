package import SeloVM

/// A world for tests whose messages say what the turn is to do, so that a test reads as its script.
package struct Stage: World, ScriptPlayer {
  package var notes: [Note] = []
  package var actors: [Ref<Actor>] = []
  package var bells: [Ref<Bell>] = []
  package var chests: [Ref<Chest>] = []
  package var tickets: [Ticket] = []
  package var peers: [String] = []

  package init() {}

  package static var nodes: [any Node.Type] { [Actor.self, Bell.self, Chest.self] }

  package mutating func receive(_ script: Script, _ turn: inout Turn<Stage>) throws {
    notes.append(Note(time: turn.now, tag: script.tag, value: 0))
    for step in script.steps { try perform(step, of: script, &turn) }
  }

  private mutating func perform(_ step: Step, of script: Script, _ turn: inout Turn<Stage>) throws {
    switch step {
    case .set(let index, let number):
      if let ref = Step.pick(index, actors) { turn[ref]?.number = number }
    case .raiseAll: turn.update(Actor.self) { _, actor in actor.number += 1 }
    case .tuneAll: turn.update(Bell.self) { ref, bell in bell.sound &+= ref.id.value & 7 }
    case .introduce: introduce(&turn)
    case .acquaint(let count): acquaint(count, &turn)
    case .count:
      let sum = turn.all(Actor.self).reduce(0) { $0 &+ (turn[$1]?.number ?? 0) }
      notes.append(Note(time: turn.now, tag: script.tag, value: UInt64(bitPattern: Int64(sum))))
    default: try step.perform(script, by: &self, &turn)
    }
  }

  /// All actors know those whom the root knows.
  private func introduce(_ turn: inout Turn<Stage>) {
    let all = turn.all(Actor.self)
    turn.update(Actor.self) { ref, actor in
      actor.actors = actors
      precondition(all.contains(ref))
    }
  }

  /// All nodes know that many others, some of which may be gone.
  private func acquaint(_ count: Int, _ turn: inout Turn<Stage>) {
    var place = 0
    turn.update(Actor.self) { _, actor in
      place += 1
      actor.actors = Self.few(count, of: actors, from: place * 7)
      actor.bells = Self.few(count, of: bells, from: place * 5)
      actor.chests = Self.few(count, of: chests, from: place * 3)
    }
    turn.update(Bell.self) { _, bell in
      place += 1
      bell.next = Step.pick(place, bells)
    }
    turn.update(Chest.self) { _, chest in
      place += 1
      chest.next = Step.pick(place, chests)
    }
  }

  private static func few<N>(_ count: Int, of all: [Ref<N>], from start: Int) -> [Ref<N>] {
    (0..<min(count, all.count)).map { all[(start + $0 * $0) % all.count] }
  }

  package mutating func presence(_ presence: Presence, _ turn: inout Turn<Stage>) throws {
    switch presence {
    case .joined(_, name: "nobody"): throw TurnError.rejected("nobody")
    case .joined(_, let name): peers.append("+" + name)
    case .left(let peer): peers.append("-\(peer.value)")
    }
    actors.append(turn.spawn(Actor()))
  }

  /// A letter holds a script.
  package mutating func letter(_ letter: Letter, _ turn: inout Turn<Stage>) throws {
    try receive(letter.read(as: Script.self), &turn)
  }

  package static func accepts(_ message: Script, from author: PeerID) -> Bool { message.tag != Script.refusedTag }
}

extension Stage: Replicated {
  package func write(to sink: inout some ReplicaSink) {
    notes.write(to: &sink)
    actors.write(to: &sink)
    bells.write(to: &sink)
    chests.write(to: &sink)
    tickets.write(to: &sink)
    peers.write(to: &sink)
  }

  package init(from reader: inout ReplicaReader) throws {
    notes = try Array(from: &reader)
    actors = try Array(from: &reader)
    bells = try Array(from: &reader)
    chests = try Array(from: &reader)
    tickets = try Array(from: &reader)
    peers = try Array(from: &reader)
  }
}

/// A virtual time in milliseconds.
package func milliseconds(_ count: Int64) -> VirtualTime { VirtualTime(nanoseconds: count * 1_000_000) }
