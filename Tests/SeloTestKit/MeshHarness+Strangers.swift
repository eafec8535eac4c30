import SeloMachineKit
import SeloMesh
package import SeloWire

// Strangers at the doors, and lineages that meet.

extension MeshHarness {
  /// Of those who wait at the doors.
  package var incarnations: [Incarnation] { strangers.map(\.entry.author.incarnation) }

  mutating func knock(_ index: Int) {
    let entry = strangers[index].entry
    strangers[index].knocks = now + .milliseconds(50)
    let leaves = strangers[index].leaves
    // A membership that ended meanwhile has nothing to leave; one whose lineage is beaten no longer stays.
    if let leaves, !peers[leaves].isMember {
      strangers.remove(at: index)
      return
    }
    let doors = peers.indices.filter { door in
      guard !peers[door].isAway, !shut.contains(door), peers[door].isMember, peers[door].mesh.isNormal else {
        return false
      }
      return leaves.map { reach($0, door) && ranking(of: $0, against: door) == .loses } ?? true
    }
    guard !doors.isEmpty else { return }
    let door = chance.pick(doors)
    if peers[door].mesh.roster.bans(entry.identity), let leaves {
      // The better lineage has put it out: it ends where it is.
      strangers.remove(at: index)
      peers[leaves].detachment = .kicked
      return
    }
    guard let given = peers[door].mesh.roster.entry(of: entry.author) else {
      step(door, .admit(entry))
      return flush(door)
    }
    // A mark that was agreed in an earlier reign will do: the terms since are taken up behind it.
    guard let mark = peers[door].marks.last(where: { peers[door].mesh.reachesBack(to: $0) }) else { return }
    // The snapshot travels as bytes.
    var writer = ByteWriter()
    mark.write(to: &writer)
    var reader = ByteReader(writer.bytes)
    do {
      let state = try LogState(reading: &reader)
      try reader.finish()
      if state != mark { laws.violate("snapshot differs", now) }
      guard let reign = state.reign else { return }
      strangers.remove(at: index)
      let mesh = Mesh(
        joining: facts(of: given), behind: state, reign: reign, guide: peers[door].member, at: now)
      peers.append(HarnessPeer(name: entry.name, author: entry.author, mesh: mesh))
      peers[peers.count - 1].marks = [state]
      checkBeginning(of: peers.count - 1)
      if let leaves { step(from: leaves, to: peers.count - 1) }
      note("begins behind \(state.sequence)", peers.count - 1)
    } catch { laws.violate("snapshot: \(error)", now) }
  }

  /// Two marks are kept, as members do. What the log amounts to there must be the same for all.
  mutating func keep(_ mark: LogState, of index: Int) {
    peers[index].marks = peers[index].marks.suffix(1) + [mark]
    if let known = laws.marks[mark.chain], known != mark {
      laws.violate("\(peers[index].name): another state at mark \(mark.sequence)", now)
    }
    laws.marks[mark.chain] = mark
  }

  // Lineages that meet

  /// Every peer that hears a reflector of a better lineage knocks there, and stays where it is until it is let in.
  mutating func meet() {
    let reflectors = peers.indices.filter { !peers[$0].isAway && peers[$0].isMember && peers[$0].mesh.isReflector }
    for index in peers.indices where !peers[index].isAway && peers[index].isMember {
      for reflector in reflectors where reach(index, reflector) && peers[index].isMember {
        switch ranking(of: index, against: reflector) {
        case .same, .wins: if isStranded(index) { peers[index].detachment = .outvoted }
        case .rival: rivals += 1
        case .loses:
          guard !strangers.contains(where: { $0.leaves == index }) else { continue }
          let entry = newEntry(
            name: peers[index].name, standing: .learner, id: MemberID(0), identity: peers[index].author.identity)
          note("meets a better lineage", index)
          strangers.append(Stranger(entry: entry, knocks: now, leaves: index))
        }
      }
    }
  }

  /// Whether it has no term and no vote: the reflector of its session that it finds has to let it in again.
  package func isStranded(_ index: Int) -> Bool {
    peers[index].mesh.isStranded(at: peers[index].reading(at: now))
  }

  private func reach(_ one: Int, _ other: Int) -> Bool {
    !weather.cut.contains(Weather.Link(one, other)) && !weather.cut.contains(Weather.Link(other, one))
  }

  private func ranking(of index: Int, against other: Int) -> Ranking {
    peers[index].mesh.claim.ranking(against: peers[other].mesh.claim)
  }

  /// The one step from one lineage into another: the old membership says goodbye, its messages come along.
  private mutating func step(from old: Int, to new: Int) {
    merges += 1
    peers[new].luggage = Luggage(of: peers[old].mesh, after: peers[old].luggage)
    peers[new].moved = peers[old].moved + [old]
    leave(old)
    peers[old].isAlive = false
  }

  /// What was brought along is published as soon as this peer may: then the log says what it holds already.
  mutating func unpack(_ index: Int) {
    guard !peers[index].luggage.isEmpty, peers[index].isMember else { return }
    guard peers[index].mesh.log.head.mayPublish(peers[index].author) else { return }
    peers[index].luggage.unpack(in: peers[index].mesh.log.head)
    while let message = peers[index].luggage.takeFirst() {
      step(index, .publish(message))
      let name = Luggage.Name(author: peers[index].author, sequence: peers[index].mesh.outbox.last)
      peers[index].luggage.published(as: name)
    }
    flush(index)
  }
}
