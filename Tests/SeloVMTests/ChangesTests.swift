import SeloMachineKit
import SeloVM
import Testing

@Suite("Changes since an earlier moment") struct ChangesTests {
  @Test("who came, who changed, who went") func named() {
    var theatre = Theatre(actors: 200)
    let before = theatre.machine.frozen()
    #expect(theatre.machine.changes(since: before).isEmpty)
    let actors = theatre.machine.root.actors
    theatre.play(5, Script(1, .set(3, 1), .set(150, 2), .destroy(70), .spawn))
    let changes = theatre.machine.changes(since: before)
    #expect(changes.rootChanged)
    #expect(changes.changed == [actors[3].id, actors[150].id].sorted())
    #expect(changes.destroyed == [actors[70].id])
    #expect(changes.spawned == theatre.machine.root.actors.suffix(1).map(\.id))
    let back = before.changes(since: theatre.machine.frozen())
    #expect(back.spawned == changes.destroyed && back.destroyed == changes.spawned && back.changed == changes.changed)
  }

  @Test("the same between machines that share no memory, and against a look at everything", arguments: 1...8)
  func equalsALookAtEverything(seed: Int) throws {
    let log = RandomLog(seed: UInt64(seed))
    let machine = Machine<Stage>(seed: 5)
    var moments: [Frozen<Stage>] = []
    for number in log.frames.indices {
      log.deliver(number, to: machine)
      machine.advance(to: milliseconds(log.frames[number].time))
      moments.append(machine.frozen())
    }
    var chance = Chance(seed: UInt64(seed))
    for _ in 0..<12 {
      let (old, new) = (moments[chance.below(moments.count)], moments[chance.below(moments.count)])
      let changes = new.changes(since: old)
      let (before, after) = (content(of: old), content(of: new))
      #expect(changes.spawned == after.keys.filter { before[$0] == nil }.sorted())
      #expect(changes.destroyed == before.keys.filter { after[$0] == nil }.sorted())
      #expect(changes.changed == after.keys.filter { before[$0] != nil && before[$0] != after[$0] }.sorted())
      #expect(changes.rootChanged == (old.root.encoded() != new.root.encoded()))
      let stranger = try Machine<Stage>(snapshot: old.snapshot()).frozen()
      #expect(new.changes(since: stranger) == changes)
    }
  }

  /// The bytes of all nodes by id.
  private func content(of moment: Frozen<Stage>) -> [NodeID: [UInt8]] {
    var content: [NodeID: [UInt8]] = [:]
    moment.forEachNode { id, _, node in if id != .root { content[id] = node.encoded() } }
    return content
  }
}
