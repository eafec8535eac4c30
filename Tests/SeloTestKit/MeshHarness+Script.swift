package import SeloMesh
package import SeloWire

// What a test does to a session of meshes.

extension MeshHarness {
  package mutating func join(_ name: String, identity: Identity? = nil, role: Role = .member) {
    let entry = newEntry(name: name, standing: .learner, id: MemberID(0), identity: identity, role: role)
    strangers.append(Stranger(entry: entry, knocks: now))
  }

  /// Every two of them have opened a channel, as real peers do within a second, though they may never speak.
  mutating func reachEachOther() {
    for index in peers.indices {
      let others = peers.indices.filter { $0 != index }.map { peers[$0].mesh.facts.me }
      for other in others { step(index, .reached(other)) }
      flush(index)
    }
  }

  package mutating func publish(_ text: String, by index: Int) { publish([text], by: index) }

  /// Publishes all of these before anything is sealed.
  package mutating func publish(_ texts: [String], by index: Int) {
    for text in texts {
      let before = peers[index].mesh.outbox.last
      step(index, .publish(Array(text.utf8)))
      if peers[index].mesh.outbox.last > before { peers[index].said.append(text) }
    }
    flush(index)
  }

  package mutating func crash(_ index: Int) {
    note("crash", index)
    peers[index].isAlive = false
  }

  /// A draft that PROTOCOL forbids: the process dies, forgets everything, and goes on at once under the id it had,
  /// behind the agreed frame of a member that lives.
  package mutating func restartWithSameID(_ index: Int, behind giver: Int) {
    note("restarts under the same id", index)
    let old = peers[index].mesh
    let mesh = Mesh(
      joining: old.facts, behind: peers[giver].mesh.log.floor, reign: peers[giver].mesh.lastNormal, at: now)
    peers[index].mesh = mesh
    peers[index].applied = []
    peers[index].began = mesh.log.oldest - 1
  }

  /// SIGSTOP: no step until the time is over.
  package mutating func pause(_ index: Int, for time: Delay) {
    note("pause", index)
    peers[index].pausedUntil = now + time
  }

  /// From now on the clock of this peer counts so many thousandths of true time.
  package mutating func setClock(_ index: Int, permille: UInt64) {
    note("clock counts \(permille) ‰", index)
    peers[index].setClock(permille: permille, at: now)
  }

  package mutating func leave(_ index: Int) {
    step(index, .leave)
    flush(index)
  }

  package mutating func stepDown(_ index: Int) {
    step(index, .stepDown)
    flush(index)
  }

  /// A person at this peer decides.
  package mutating func decide(_ index: Int, _ decision: Decision) {
    step(index, .decide(decision))
    flush(index)
  }
}
