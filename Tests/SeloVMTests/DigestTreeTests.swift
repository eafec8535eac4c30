import SeloMachineKit
import SeloWorlds
import Testing

@testable import SeloVM

@Suite("Rule 28: where two worlds differ") struct DigestTreeTests {
  private func theatre(actors: Int = 300) -> Theatre { Theatre(actors: actors) }

  @Test("28: equal worlds have equal trees, and the tree carries the digest") func equal() throws {
    let machine = theatre().machine
    let restored = try Machine<Stage>(snapshot: machine.snapshot())
    #expect(machine.digestTree() == restored.digestTree())
    #expect(machine.digestTree().digest == machine.digest())
    #expect(machine.digestTree().differences(from: restored.digestTree()).isEmpty)
    #expect(machine.frozen().differences(from: restored.frozen()).isEmpty)
  }

  @Test("28: one node that differs is one range, one node, one field") func oneNode() throws {
    var mine = theatre()
    var theirs = theatre()
    mine.play(1, Script(1, .set(7, 41)))
    theirs.play(1, Script(1, .set(7, 42)))
    let ref = mine.machine.root.actors[7]
    let parts = mine.machine.digestTree().differences(from: theirs.machine.digestTree())
    guard case .nodes(let type, let first, let last)? = parts.first, parts.count == 1 else {
      Issue.record("\(parts)")
      return
    }
    #expect(type == "Actor")
    #expect((first...last).contains(ref.id))
    let covered = mine.machine.frozen().all(Actor.self).count { (first...last).contains($0.id) }
    #expect(covered < 100, "a range holds about 64 of the 300 nodes")
    let differences = mine.machine.frozen().differences(from: theirs.machine.frozen())
    #expect(differences.map(\.description) == ["Actor \(ref.id).number: 41, not 42"])
    #expect(differences.map(\.node) == [ref.id])
  }

  @Test("28: every field of every node can be found", arguments: [1, 40, 300]) func everyNode(actors: Int) {
    for index in stride(from: 0, to: actors, by: max(actors / 7, 1)) {
      var mine = theatre(actors: actors)
      let theirs = mine.machine.fork()
      mine.play(0, Script(1, .set(index, 9)))
      let moment = Machine(from: theirs.frozen())
      let ref = mine.machine.root.actors[index]
      let found = mine.machine.frozen().differences(from: moment.frozen(), limit: 64)
      #expect(found.contains { $0.path == "Actor \(ref.id).number" && $0.value == "9" && $0.other == "0" })
      #expect(found.allSatisfy { $0.node == ref.id || $0.path.hasPrefix("Stage.notes") || $0.path.hasPrefix("head.") })
    }
  }

  @Test("28: nodes that only one has, whatever the numbers of nodes") func spawnedAndGone() {
    var mine = theatre(actors: 3)
    var theirs = theatre(actors: 3)
    let gone = mine.machine.root.actors[1]
    mine.play(1, Script(1, .destroy(1)))
    theirs.play(1, Script(1, .emit(1)))
    let found = mine.machine.frozen().differences(from: theirs.machine.frozen())
    #expect(found.map(\.path) == ["Actor \(gone.id)"])
    #expect(found.map(\.value) == ["nothing"])
    // A column of one range against one of eight.
    let many = theatre(actors: 500).machine.digestTree().differences(from: theatre(actors: 20).machine.digestTree())
    #expect(many.contains { if case .nodes = $0 { true } else { false } })
  }

  @Test("28: messages that wait are named by target, time and field") func queue() {
    var mine = theatre(actors: 2)
    var theirs = theatre(actors: 2)
    mine.play(1, Script(1, .send(0, after: 20, Script(5))))
    theirs.play(1, Script(1, .send(0, after: 20, Script(6))))
    let ref = mine.machine.root.actors[0]
    let found = mine.machine.frozen().differences(from: theirs.machine.frozen())
    #expect(found.map(\.description) == ["message to Actor \(ref.id) at 21000000 ns.tag: 5, not 6"])
    #expect(mine.machine.digestTree().differences(from: theirs.machine.digestTree()) == [.queue])
    let idle = theatre(actors: 2)
    idle.machine.advance(to: milliseconds(1))
    let missing = mine.machine.frozen().differences(from: idle.machine.frozen())
    #expect(missing.contains { $0.path.hasPrefix("message to Actor") && $0.other == "nothing" })
  }

  @Test("28: the head: seed, time, counts") func head() {
    func paths(_ left: Theatre, _ right: Theatre) -> [String] {
      left.machine.frozen().differences(from: right.machine.frozen()).map(\.path)
    }
    #expect(paths(Theatre(seed: 1), Theatre(seed: 2)).contains("head.seed"))
    let late = Theatre()
    late.machine.advance(to: milliseconds(5))
    #expect(paths(Theatre(), late) == ["head.now"])
    #expect(Theatre().machine.digestTree().differences(from: late.machine.digestTree()) == [.head])
    var failed = Theatre()
    failed.play(0, Script(Script.refusedTag))
    #expect(paths(Theatre(), failed) == ["head.failedTurnCount"])
  }

  @Test("28: trees show each difference that digests show", arguments: 0..<20 as Range<UInt64>)
  func agreesWithDigest(seed: UInt64) {
    let log = RandomLog(seed: seed, frames: 12, messages: 300)
    let machine = log.played()
    let other = RandomLog(seed: seed + 1, frames: 12, messages: 300).played()
    #expect((machine.digestTree() == other.digestTree()) == (machine.digest() == other.digest()))
    let differences = machine.frozen().differences(from: other.frozen(), limit: 5)
    #expect(differences.isEmpty == (machine.digest() == other.digest()))
    #expect(differences.count <= 5)
  }

  @Test("28: a tree travels; what no world has is refused", arguments: [0, 1, 64, 65, 500]) func travels(
    actors: Int
  ) throws {
    let tree = theatre(actors: actors).machine.digestTree()
    let bytes = tree.encoded()
    #expect(bytes.count < 200 + actors / 2)
    #expect(try DigestTree(encoded: bytes) == tree)
    for length in bytes.indices {
      #expect(throws: DecodeError.self) { try DigestTree(encoded: Array(bytes[..<length])) }
    }
    var chance = Chance(seed: UInt64(actors))
    for _ in 0..<300 {
      var changed = bytes
      changed[chance.below(bytes.count)] ^= 1 << (chance.byte() & 7)
      guard let other = try? DigestTree(encoded: changed) else { continue }
      #expect(!other.differences(from: tree).isEmpty && !tree.differences(from: other).isEmpty)
    }
  }

  @Test("28: fields of every shape are named") func shapes() {
    struct Inner: Codable { var list = [1, 2, 3] }
    enum Mood: Codable { case calm, wild(level: Int, Inner) }
    struct Shapes {
      var text = "e\u{301}"
      var number = 0.0
      var mood = Mood.wild(level: 3, Inner())
      var maybe: Inner? = Inner()
      var pair = (1, name: "a")
      var table: Table<Int, String> = [1: "one", 2: "two"]
    }
    func paths(_ change: (inout Shapes) -> Void) -> [String] {
      var other = Shapes()
      change(&other)
      var comparison = FieldComparison(limit: 9)
      comparison.compare(Shapes(), other, at: "S")
      return comparison.findings.map(\.path)
    }
    #expect(paths { _ in }.isEmpty)
    #expect(paths { $0.text = "\u{e9}" } == ["S.text"], "equal for Swift, other bytes")
    #expect(paths { $0.number = -0.0 } == ["S.number"])
    #expect(paths { $0.mood = .wild(level: 4, Inner()) } == ["S.mood.wild.level"])
    #expect(paths { $0.mood = .calm } == ["S.mood"])
    #expect(paths { $0.maybe?.list[2] = 9 } == ["S.maybe.list[2]"])
    #expect(paths { $0.maybe = nil } == ["S.maybe"])
    #expect(paths { $0.maybe?.list.append(4) } == ["S.maybe.list.count"])
    #expect(paths { $0.pair.name = "b" } == ["S.pair.name"])
    #expect(paths { $0.table[2] = "2" } == ["S.table.values[1]"])
    #expect(
      paths {
        $0.number = 1
        $0.text = ""
      } == ["S.text", "S.number"])
  }
}
