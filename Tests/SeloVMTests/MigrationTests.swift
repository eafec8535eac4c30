import SeloMachineKit
import Testing

@testable import SeloVM

/// The first version of a garden.
private struct GardenOfYesterday: World, Codable {
  struct Flower: Node, Codable {
    var height = 0
    enum Message: Replicated, Codable { case grow }
    mutating func receive(_ message: Message, _ turn: inout Turn<Self>) {
      height += 1
      turn.future(.milliseconds(10), .grow)
    }
  }
  static var name: String { "garden" }
  static var nodes: [any Node.Type] { [Flower.self] }
  var visits = 0
  var flowers: [Ref<Flower>] = []
  enum Message: Replicated, Codable { case plant }
  mutating func receive(_ message: Message, _ turn: inout Turn<Self>) {
    visits += 1
    flowers.append(turn.spawn(Flower(height: visits * 100)))
    turn.send(.grow, to: flowers[visits - 1], after: .milliseconds(UInt64(visits)))
  }
}

/// The second version: flowers have colours and grow by centimetres; there are bees; the small flowers are gone.
private struct Garden: World, Codable {
  struct Flower: Node, Codable {
    var height = 0
    var colour = "red"
    struct Grow: Replicated, Codable, Sendable { var centimetres = 1 }
    mutating func receive(_ message: Grow, _ turn: inout Turn<Self>) {
      height += message.centimetres
      turn.future(.milliseconds(10), message)
    }
  }
  struct Bee: Node, Codable {
    enum Message: Replicated, Codable { case fly }
    mutating func receive(_ message: Message, _ turn: inout Turn<Self>) {}
  }
  static var version: Int { 2 }
  static var nodes: [any Node.Type] { [Flower.self, Bee.self] }
  var title = ""
  var flowers: [Ref<Flower>] = []
  enum Message: Replicated, Codable { case none }
  mutating func receive(_ message: Message, _ turn: inout Turn<Self>) {}

  static func migrate(_ reader: inout SnapshotReader, from version: Int) throws -> Garden {
    let old = try reader.root(GardenOfYesterday.self)
    guard old.visits < 9 else { throw TurnError.rejected("too many visits") }
    let isTall = try reader.nodes(GardenOfYesterday.Flower.self, of: Flower.self).map { $0.node.height > 150 }
    try reader.convert(GardenOfYesterday.Flower.self, to: Flower.self) { _, flower in
      flower.height > 150 ? Flower(height: flower.height, colour: "blue") : nil
    }
    try reader.convertMessages(GardenOfYesterday.Flower.Message.self, to: Flower.self) { _ in
      Flower.Grow(centimetres: 5)
    }
    return Garden(
      title: "\(old.visits) visits, \(isTall.count { $0 }) tall", flowers: old.flowers.map { Ref($0.id) })
  }
}

@Suite("Rule 32: migration") struct MigrationTests {
  private func yesterday(visits: Int = 3) -> Machine<GardenOfYesterday> {
    let machine = Machine<GardenOfYesterday>(seed: 6)
    for number in 0..<UInt64(visits) {
      machine.external(
        .plant, author: ada, authorKey: 1, authorSequence: number, at: .zero, sequence: number, place: 0)
    }
    machine.advance(to: milliseconds(25))
    return machine
  }

  @Test("32: a snapshot of an older version becomes one of today when it is restored") func migrates() throws {
    let old = yesterday()
    let machine = try Machine<Garden>(snapshot: old.snapshot())
    #expect(machine.root.title == "3 visits, 2 tall")
    #expect(machine.now == old.now && machine.seed == old.seed)
    #expect(machine.root.flowers.map(\.id) == old.root.flowers.map(\.id))
    let moment = machine.frozen()
    #expect(moment.all(Garden.Flower.self).count == 2)
    #expect(machine.root.flowers.map { moment[$0]?.height } == [nil, 203, 303])
    #expect(machine.root.flowers.compactMap { moment[$0]?.colour } == ["blue", "blue"])
    #expect(moment.pendingCount == 3, "what waits keeps its time; the flower that is gone will not hear it")
    machine.advance(to: milliseconds(35))
    #expect(machine.root.flowers.map { machine.frozen()[$0]?.height } == [nil, 208, 308])
    #expect(try Machine<Garden>(snapshot: machine.snapshot()).digest() == machine.digest())
  }

  @Test("32: all who migrate from the same snapshot hold the same world") func canonical() throws {
    let bytes = yesterday().snapshot()
    let machine = try Machine<Garden>(snapshot: bytes)
    #expect(try Machine<Garden>(snapshot: bytes).snapshot() == machine.snapshot())
    let recording = try Machine<Garden>(snapshot: bytes).frozen()
    try Machine<Garden>.checked(
      {
        var timeline = Timeline(from: recording, limits: .everything)
        for _ in 0..<4 { timeline.advance(by: .milliseconds(7)) }
        return timeline
      }())
  }

  @Test("32: a world that does not say how refuses by version; one that gives up says so") func refuses() throws {
    #expect(throws: SnapshotError.notMigrated(from: 1)) {
      try Machine<Garden>(snapshot: yesterday(visits: 9).snapshot())
    }
    #expect(throws: SnapshotError.wrongVersion(1)) { try Machine<NoWayBack>(snapshot: yesterday().snapshot()) }
    let today = Machine<Garden>(seed: 1).snapshot()
    #expect(throws: SnapshotError.wrongVersion(2)) { try Machine<GardenOfYesterday>(snapshot: today) }
  }

  @Test("32: an empty garden: columns without nodes are told from the queue") func empty() throws {
    let machine = try Machine<Garden>(snapshot: yesterday(visits: 0).snapshot())
    #expect(machine.frozen().nodeCount == 0 && machine.nextDue == nil)
    #expect(machine.root.title == "0 visits, 0 tall")
  }

  @Test("32: hostile bytes of an older version are refused, or are a world", arguments: 0..<2) func hostile(part: Int) {
    var chance = Chance(seed: UInt64(part))
    let original = yesterday().snapshot()
    var accepted = 0
    for _ in 0..<800 {
      var body = Array(original.dropFirst(14).dropLast(16))
      switch chance.below(3) {
      case 0: body.removeLast(chance.below(body.count))
      case 1: body[chance.below(body.count)] = chance.byte()
      default: for _ in 0...chance.below(4) { body[chance.below(body.count)] ^= 1 << (chance.byte() & 7) }
      }
      guard let machine = try? Machine<Garden>(snapshot: State.sealed(body)) else { continue }
      accepted += 1
      _ = machine.digest()
    }
    #expect(accepted > 10 && accepted < 790, "both ends are reached: \(accepted)")
  }
}

/// A garden of the future that has forgotten its past.
private struct NoWayBack: World, Codable {
  static var name: String { "garden" }
  static var version: Int { 3 }
  enum Message: Replicated, Codable { case none }
  mutating func receive(_ message: Message, _ turn: inout Turn<Self>) {}
}
