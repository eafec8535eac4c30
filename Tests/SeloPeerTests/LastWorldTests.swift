import SeloCrypto
import SeloPeer
import SeloVM
import SeloWire
import SeloWorlds
import Testing

/// Whole peers of whom none with a vote is left (PROTOCOL section 6, "No quorum"; scenario 29).
@Suite struct LastWorldTests {
  typealias Village = Neighbourhood<Counter>

  private func isVoter(_ house: Village.House) -> Bool {
    house.peer.status.phase == .member && house.peer.status.members.contains { $0.isMe && $0.standing == .voter }
  }

  private func count(_ house: Village.House) -> Int { house.peer.world?.root.count ?? -1 }

  /// ada has counted to three when she dies; bo has just installed her snapshot.
  @Test func aJoinerThatHasJustComeInCarriesTheWorldOn() throws {
    let village = Village(sessionName: "bar", password: Secret(Array(repeating: 9, count: 32)))
    let ada = village.settle(.found, name: "ada")
    #expect(village.run(until: .seconds(2)) { isVoter(ada) })
    let add = Counter.Message.increment.encoded()
    for _ in 0..<3 { village.step(ada, .publish(add)) }
    _ = village.run(until: .seconds(1))
    let bo = village.settle(.join, name: "bo")
    #expect(village.run(until: .seconds(10)) { bo.peer.currentPhase == .member })
    village.stop(ada)
    let isLearner = !isVoter(bo)
    #expect(isLearner)
    #expect(!village.run(until: .seconds(9)) { bo.peer.status.isReflector }, "ada may come back")
    #expect(village.run(until: .seconds(5)) { bo.peer.status.isReflector && isVoter(bo) })
    #expect(bo.peer.status.isBranch)
    village.step(bo, .publish(add))
    // The dead one comes back to what is left of the session, as a newer run.
    let again = village.settle(.join, name: "ada", as: ada)
    #expect(village.run(until: .seconds(10)) { isVoter(again) })
    #expect(count(bo) == 4 && count(again) == 4)
    let dropped = bo.events.contains(.phase(.seeking)) && bo.arrows.count > 2
    #expect(!dropped, "the world stayed where it was")
  }

  /// cy holds the world, has no vote, and knows nobody any more of those who carry the session on. It finds them at the
  /// doors, long before it would carry on by itself.
  @Test func whoLostTouchWithEverybodyComesBackByTheDoor() throws {
    let village = Village(sessionName: "bar", password: Secret(Array(repeating: 9, count: 32)))
    let ada = village.settle(.found, name: "ada")
    #expect(village.run(until: .seconds(2)) { isVoter(ada) })
    let bo = village.settle(.join, name: "bo")
    #expect(village.run(until: .seconds(10)) { isVoter(bo) })
    let cy = village.settle(.join, name: "cy")
    #expect(village.run(until: .seconds(10)) { cy.peer.currentPhase == .member })
    let id = cy.peer.status.me
    village.cut = [(1, 3), (2, 3), (3, 4)]
    let di = village.settle(.join, name: "di")
    #expect(village.run(until: .seconds(5)) { isVoter(di) })
    for house in [ada, bo] {
      village.step(house, .leave)
      _ = village.run(until: .milliseconds(500))
      village.kill(house)
    }
    let stays = cy.peer.currentPhase
    #expect(stays == .electing)
    village.cut = []
    #expect(village.run(until: .seconds(6)) { di.peer.status.members.map(\.name) == ["di", "cy"] && isVoter(cy) })
    #expect(cy.peer.status.me != id)
    #expect(cy.peer.status.isBranch == false)
  }
}
