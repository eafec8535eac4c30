package import SeloVM

/// The node of the stage that plays scripts; it holds memory of its own.
package struct Actor: Node, ScriptPlayer {
  package var notes: [Note] = []
  package var actors: [Ref<Actor>] = []
  package var bells: [Ref<Bell>] = []
  package var chests: [Ref<Chest>] = []
  package var tickets: [Ticket] = []
  package var number = 0

  package init() {}

  package mutating func receive(_ script: Script, _ turn: inout Turn<Actor>) throws {
    notes.append(Note(time: turn.now, tag: script.tag, value: 0))
    for step in script.steps { try step.perform(script, by: &self, &turn) }
  }
}

/// What a node remembers: when it heard what, or what it drew.
package struct Note: Hashable, Sendable {
  package let time: VirtualTime
  package let tag: Int
  package let value: UInt64
}

extension Actor: Replicated {
  package func write(to sink: inout some ReplicaSink) {
    notes.write(to: &sink)
    actors.write(to: &sink)
    bells.write(to: &sink)
    chests.write(to: &sink)
    tickets.write(to: &sink)
    number.write(to: &sink)
  }

  package init(from reader: inout ReplicaReader) throws {
    notes = try Array(from: &reader)
    actors = try Array(from: &reader)
    bells = try Array(from: &reader)
    chests = try Array(from: &reader)
    tickets = try Array(from: &reader)
    number = try Int(from: &reader)
  }
}

extension Note: Replicated {
  package func write(to sink: inout some ReplicaSink) {
    time.write(to: &sink)
    tag.write(to: &sink)
    value.write(to: &sink)
  }

  package init(from reader: inout ReplicaReader) throws {
    time = try VirtualTime(from: &reader)
    tag = try Int(from: &reader)
    value = try UInt64(from: &reader)
  }
}
