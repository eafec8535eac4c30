import SeloCrypto
import SeloMesh
import SeloVM
import SeloWire
import SeloWorlds
import Testing

@testable import SeloPeer

/// A host puts a peer out, and every door knows it.
@Suite struct KickTests {
  typealias Village = Neighbourhood<Counter>

  private func session(_ names: [String]) -> Village {
    let village = Village(sessionName: "bar", password: Secret(Array(repeating: 9, count: 32)))
    for (index, name) in names.enumerated() {
      let house = village.settle(index == 0 ? .found : .join, name: name)
      let votes = village.run(until: .seconds(10)) {
        village.areMembers && house.peer.status.members.contains { $0.isMe && $0.standing == .voter }
      }
      #expect(votes, "\(name)")
    }
    return village
  }

  @Test func whoIsPutOutEndsAndIsRefusedWhenItComesBack() {
    let village = session(["ada", "bo", "cy"])
    let (bo, cy) = (village.houses[1], village.houses[2])
    village.step(bo, .decide(.kick(cy.notary.keys.identity)))
    #expect(village.run(until: .seconds(1)) { cy.events.contains(.ended(.kicked)) })
    village.kill(cy)
    #expect(village.run(until: .seconds(1)) { village.areMembers })
    let again = village.settle(.join, name: "cy", as: cy)
    #expect(village.run(until: .seconds(3)) { again.events.contains(.ended(.denied(.banned))) })
    village.kill(again)
    // Somebody else is welcome.
    let dee = village.settle(.join, name: "dee")
    #expect(village.run(until: .seconds(3)) { village.areMembers && dee.peer.status.phase == .member })
  }

  @Test func aReflectorIsPutOutToo() {
    let village = session(["ada", "bo", "cy"])
    let (ada, bo, cy) = (village.houses[0], village.houses[1], village.houses[2])
    village.step(cy, .decide(.kick(ada.notary.keys.identity)))
    #expect(village.run(until: .seconds(2)) { ada.events.contains(.ended(.kicked)) })
    #expect(bo.peer.status.isReflector && bo.peer.status.term?.number == 1)
    let again = village.settle(.join, name: "ada", as: ada)
    #expect(village.run(until: .seconds(3)) { again.events.contains(.ended(.denied(.banned))) })
  }

  /// It was cut off while the others put it out: it comes back from its branch to a door that says so.
  @Test func whoMissedItIsToldAtTheDoor() {
    let village = session(["ada", "bo", "cy"])
    let (bo, cy) = (village.houses[1], village.houses[2])
    cy.side = 1
    _ = village.run(until: .seconds(4))
    village.step(bo, .decide(.kick(cy.notary.keys.identity)))
    _ = village.run(until: .seconds(2))
    #expect(bo.peer.status.members.count == 2)
    cy.side = 0
    let hasEnded = village.run(until: .seconds(30)) { cy.events.contains(.ended(.denied(.banned))) }
    #expect(hasEnded, "\(cy.events.suffix(5))")
    #expect(bo.peer.status.members.count == 2)
  }

  /// The tick period is in the status and in snapshots.
  @Test func aJoinerHasTheTickPeriodOfTheSession() {
    let village = session(["ada", "bo"])
    village.step(village.houses[1], .decide(.tick(.milliseconds(80))))
    #expect(village.run(until: .seconds(1)) { village.houses[0].peer.status.tickPeriod == .milliseconds(80) })
    let cy = village.settle(.join, name: "cy")
    #expect(village.run(until: .seconds(5)) { cy.peer.status.phase == .member })
    #expect(village.run(until: .seconds(2)) { cy.peer.status.tickPeriod == .milliseconds(80) })
  }
}
