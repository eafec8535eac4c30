import SeloMachineKit
import SeloVM
import SeloWorlds
import Testing

@Suite("The balls") struct BallsTests {
  private func field(_ balls: Int) throws -> WorldLog<Balls> {
    var log = WorldLog<Balls>()
    for _ in 0..<balls { try log.tell("ball") }
    return log
  }

  private func positions(_ log: WorldLog<Balls>) -> [Point] {
    let moment = log.machine.frozen()
    return moment.all(Disc.self).compactMap { moment[$0]?.position }
  }

  @Test("they move, collide and stay in the field") func collisions() throws {
    let log = try field(40)
    let before = positions(log)
    for _ in 0..<60 {
      log.rest(.seconds(1))
      for position in positions(log) {
        #expect((16..<984).contains(position.x) && (16..<584).contains(position.y), "a whole disc fits")
      }
    }
    #expect(positions(log) != before)
    let clicks = log.machine.drainEvents().filter { $0.value is Balls.Click }
    #expect(clicks.count > 100, "\(clicks.count) collisions in a minute")
    #expect(log.machine.failedTurnCount == 0)
  }

  @Test("the field is as full as it may be, and empties one by one") func limit() throws {
    var log = try field(Balls.ballLimit)
    try log.tell("ball")
    #expect(log.machine.failedTurns.map(\.kind) == [.rejected])
    for left in (0..<Balls.ballLimit).reversed() {
      try log.tell("pop")
      #expect(positions(log).count == left)
    }
    try log.tell("pop")
    #expect(log.machine.failedTurnCount == 2)
  }

  @Test("a kick drives away what is near") func kick() throws {
    func distances(kicked: Bool) throws -> [Int32] {
      var log = try field(1)
      let start = try #require(positions(log).first)
      let beside = Point(x: start.x - 20, y: start.y)
      if kicked { log.hand(.kick(beside)) }
      log.rest(.milliseconds(20))
      return positions(log).map { $0.x - start.x }
    }
    let (pushed, alone) = (
      try #require(try distances(kicked: true).first), try #require(try distances(kicked: false).first)
    )
    #expect(pushed > alone)
  }

  @Test("the steps are the world's own") func steps() {
    #expect(!Balls.accepts(.step, from: ada))
    #expect(!Balls.accepts(.kick(Point(x: -1, y: 0)), from: ada))
    var log = WorldLog<Balls>()
    log.hand(.step)
    #expect(log.machine.failedTurns.map(\.kind) == [.refused])
    log.rest(.seconds(1))
    #expect(log.machine.nextDue == milliseconds(1_020), "one loop, not two")
  }
}

@Suite("A collision") struct CollisionTests {
  /// Two discs that touch, at any places and velocities: place and velocity are in 256ths.
  private func pair(_ seed: UInt64) throws -> (Disc, Disc) {
    var chance = Chance(seed: seed)
    let (x, y) = (100_000, 80_000)
    func number(upTo limit: Int) -> Int { chance.below(2 * limit + 1) - limit }
    return (
      try disc(x, y, number(upTo: 1_000), number(upTo: 1_000)),
      try disc(x + number(upTo: 5_700), y + number(upTo: 5_700), number(upTo: 1_000), number(upTo: 1_000))
    )
  }

  private func disc(_ numbers: Int...) throws -> Disc {
    var sink = ByteSink()
    for number in numbers { sink.int(number) }
    return try Disc(encoded: sink.bytes)
  }

  private func velocity(_ disc: Disc) throws -> (x: Int, y: Int) {
    var reader = ReplicaReader(disc.encoded())
    _ = (try reader.int(), try reader.int())
    return (try reader.int(), try reader.int())
  }

  @Test("keeps the sum of the velocities exactly and the energy nearly, and then they part")
  func exchange() throws {
    var collisions = 0
    for seed in 0..<2_000 as Range<UInt64> {
      let (first, second) = try pair(seed)
      guard let (third, fourth) = Disc.bounced(first, second) else { continue }
      collisions += 1
      let (a, b, c, d) = (try velocity(first), try velocity(second), try velocity(third), try velocity(fourth))
      #expect(a.x + b.x == c.x + d.x)
      #expect(a.y + b.y == c.y + d.y)
      func energy(_ velocity: (x: Int, y: Int)) -> Int { velocity.x * velocity.x + velocity.y * velocity.y }
      let (before, after) = (energy(a) + energy(b), energy(c) + energy(d))
      #expect(abs(before - after) <= 4_000, "half a 256th of rounding at speeds up to 2,000")
      let towards = try #require(Disc.bounced(second, first))
      #expect(towards.first.encoded() == fourth.encoded() && towards.second.encoded() == third.encoded())
    }
    #expect(collisions > 500, "\(collisions) of 2,000 pairs approach each other")
  }

  @Test("needs discs that touch and approach")
  func none() throws {
    let still = try disc(100_000, 80_000, 0, 0)
    #expect(Disc.bounced(still, try disc(108_192, 80_000, -100, 0)) == nil, "two radii apart")
    #expect(Disc.bounced(still, try disc(108_191, 80_000, -100, 0)) != nil)
    #expect(Disc.bounced(still, try disc(108_191, 80_000, 100, 0)) == nil, "parting")
    #expect(Disc.bounced(still, try disc(100_000, 80_000, 100, 0)) == nil, "no direction to bounce in")
  }

  @Test(
    "a disc outside of the field, or too fast, is not read",
    arguments: [[0, 80_000, 0, 0], [100_000, 80_000, 4_000, 0]])
  func refused(numbers: [Int]) {
    #expect(throws: DecodeError.self) { try self.disc(numbers[0], numbers[1], numbers[2], numbers[3]) }
  }
}
