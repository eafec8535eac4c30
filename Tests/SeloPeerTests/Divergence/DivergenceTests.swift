import SeloCrypto
import SeloMesh
import SeloTestKit
import SeloVM
import SeloWire
import Testing

@testable import SeloPeer

/// A world that errs on one peer, in whole peers: who is out, what the evidence says, and what becomes of them.
@Suite struct DivergenceTests {
  private typealias House = Neighbourhood<Orchard>.House

  /// A session of voters with forty trees.
  private func orchard(_ names: [String], yielding: Yielding = .nobody) -> Neighbourhood<Orchard> {
    let village = Neighbourhood<Orchard>(sessionName: "orchard", password: Secret(Array(repeating: 5, count: 32)))
    for (index, name) in names.enumerated() {
      village.settle(index == 0 ? .found : .join, name: name, yielding: yielding)
      let isIn = village.run(until: .seconds(10)) { isVoter(village.houses[index]) }
      #expect(isIn, "\(name)")
    }
    village.step(village.houses[0], .publish(Orchard.Message.plant(40).encoded()))
    #expect(village.run(until: .seconds(2)) { village.houses.allSatisfy { $0.peer.agreedWorld?.nodeCount == 40 } })
    // Behind a checkpoint at which all are equal.
    _ = village.run(until: .milliseconds(2_100))
    return village
  }

  private func isVoter(_ house: House) -> Bool {
    house.peer.status.members.contains { $0.isMe && $0.standing == .voter }
  }

  private func found(by house: House) -> Evidence? {
    for case .diverged(let evidence) in house.events { return evidence }
    return nil
  }

  private func disputes(_ house: House) -> [Evidence] {
    house.events.compactMap { if case .worldsDiffer(let evidence) = $0 { evidence } else { nil } }
  }

  /// Everybody waters one tree; where the machine errs it bears more.
  private func water(_ tree: Int, in village: Neighbourhood<Orchard>, erring: House) {
    erring.errs = true
    village.step(village.houses[0], .publish(Orchard.Message.water(tree).encoded()))
    _ = village.run(until: .milliseconds(60))
    erring.errs = false
  }

  @Test func evidenceNamesTheNodeAndTheField() throws {
    let village = orchard(["ada", "bo", "cy"])
    let (ada, cy) = (village.houses[0], village.houses[2])
    let start = village.now
    water(7, in: village, erring: cy)
    // A second of virtual time, two ticks that tell of it, two round trips.
    let isOut = village.run(until: .milliseconds(1_060)) { cy.peer.status.phase == .quarantined }
    #expect(isOut)
    #expect(village.now.since(start) <= .milliseconds(1_060))
    #expect(cy.peer.world == nil && cy.peer.agreedWorld == nil, "what it computed is shown to nobody")
    _ = village.run(until: .milliseconds(100)) { found(by: cy) != nil }
    let evidence = try #require(found(by: cy))
    let agreed = ada.peer.agreedWorld
    let world = try #require(agreed)
    let tree = world.root.trees[7]
    #expect(evidence.differences.map(\.description) == ["Tree \(tree.id).apples: 2, not 1"])
    #expect(evidence.comparedWith == "ada")
    #expect(evidence.own != evidence.other)
    let snapshot = try SessionSnapshot(evidence.snapshot)
    let astray = try Machine<Orchard>(snapshot: snapshot.world).frozen()
    #expect(Bytes16(astray.digest().bytes) == evidence.own)
    #expect(astray[tree]?.apples == 2)
    let unharmed = village.houses[0...1].flatMap(\.events).contains {
      switch $0 {
      case .diverged, .worldsDiffer: true
      default: false
      }
    }
    #expect(!unharmed)
  }

  /// Whoever gets the evidence can run it again: on a machine that does not err it gives what the others computed.
  @Test func theEvidenceRunsAgain() throws {
    let village = orchard(["ada", "bo", "cy"])
    let cy = village.houses[2]
    water(3, in: village, erring: cy)
    #expect(village.run(until: .seconds(2)) { found(by: cy) != nil })
    let evidence = try #require(found(by: cy))
    let before = try #require(evidence.before)
    var line = try WorldLine<Orchard>(snapshot: before.world, at: before.sequence)
    for bytes in evidence.frames {
      var reader = ByteReader(bytes)
      line.deliver(try Frame(reading: &reader), [])
    }
    #expect(line.received == evidence.sequence)
    #expect(line.checkpoint(at: evidence.sequence) == evidence.other)
  }

  @Test func itReturnsWithAFreshCopyAndItsOwnMessages() {
    let village = orchard(["ada", "bo", "cy"])
    let cy = village.houses[2]
    water(7, in: village, erring: cy)
    #expect(village.run(until: .seconds(2)) { cy.peer.status.phase == .quarantined })
    let refusal = cy.events.count
    village.step(cy, .publish(Orchard.Message.water(1).encoded()))
    #expect(cy.events.count == refusal, "no member, no message")
    #expect(village.run(until: .seconds(5)) { isVoter(cy) && cy.peer.agreedWorld?.nodeCount == 40 })
    village.step(cy, .publish(Orchard.Message.water(1).encoded()))
    let agree = village.run(until: .seconds(2)) {
      village.houses.allSatisfy { house in
        house.peer.agreedWorld.map { world in
          [1, 7].allSatisfy { world[world.root.trees[$0]]?.apples == 1 }
        } ?? false
      }
    }
    #expect(agree)
  }

  @Test func aReflectorThatErrsIsNamedByTheOthersWorlds() throws {
    let village = orchard(["ada", "bo", "cy"])
    let ada = village.houses[0]
    water(0, in: village, erring: ada)
    #expect(village.run(until: .seconds(2)) { found(by: ada) != nil })
    let evidence = try #require(found(by: ada))
    #expect(evidence.differences.map { "\($0.value), not \($0.other)" } == ["2, not 1"])
    #expect(evidence.comparedWith == "bo")
    #expect(village.run(until: .seconds(5)) { isVoter(ada) })
  }

  // Two that differ

  @Test func ofTwoBothAreToldInWhatTheyDiffer() {
    let village = orchard(["ada", "bo"])
    let (ada, bo) = (village.houses[0], village.houses[1])
    water(5, in: village, erring: bo)
    #expect(village.run(until: .milliseconds(1_200)) { !disputes(ada).isEmpty && !disputes(bo).isEmpty })
    #expect(disputes(ada).first?.differences.map { "\($0.value), not \($0.other)" } == ["1, not 2"])
    #expect(disputes(bo).first?.differences.map { "\($0.value), not \($0.other)" } == ["2, not 1"])
    #expect(disputes(ada).first?.comparedWith == "bo")
    #expect(ada.peer.status.phase == .member && bo.peer.status.phase == .member)
    // They go on differing, and are looked into now and then.
    _ = village.run(until: .seconds(9))
    #expect(disputes(ada).count == 1)
    _ = village.run(until: .seconds(4))
    #expect(disputes(ada).count == 2)
  }

  /// The copy it fetches is not from before the verdict: it would go the same way again.
  @Test func ofTwoTheYoungerYieldsIfItIsToldTo() {
    let village = orchard(["ada", "bo"], yielding: .younger)
    let (ada, bo) = (village.houses[0], village.houses[1])
    water(5, in: village, erring: ada)
    #expect(village.run(until: .seconds(2)) { found(by: bo) != nil })
    #expect(found(by: bo)?.differences.map { "\($0.value), not \($0.other)" } == ["1, not 2"])
    let agree = village.run(until: .seconds(5)) {
      isVoter(bo) && bo.peer.agreedWorld.map { $0[$0.root.trees[5]]?.apples == 2 } ?? false
    }
    #expect(agree)
    #expect(disputes(ada).isEmpty && found(by: ada) == nil)
    #expect(bo.events.count { if case .diverged = $0 { true } else { false } } == 1)
  }
}
