import SeloCrypto
import SeloPeer
import SeloWire
import SeloWorlds
import Testing

/// Whoever loses its place does not enter the first lineage that opens a door (PROTOCOL section 6, "Adoption").
@Suite struct ReturningTests {
  typealias Village = Neighbourhood<Counter>

  /// ada founds, bo comes and is cut off, cy and di come; then ada is stopped until the others have dropped it, and finds
  /// bo only. Houses are numbered from one in this order.
  private func evicted() -> Village {
    let village = Village(sessionName: "bar", password: Secret(Array(repeating: 9, count: 32)))
    let ada = village.settle(.found, name: "ada")
    #expect(village.run(until: .seconds(2)) { ada.peer.status.phase == .member })
    let bo = village.settle(.join, name: "bo")
    #expect(village.run(until: .seconds(10)) { village.areMembers && bo.peer.status.phase == .member })
    _ = village.run(until: .seconds(1))
    village.cut = [(1, 2), (2, 3), (2, 4)]
    #expect(village.run(until: .seconds(10)) { bo.events.contains { if case .branched = $0 { true } else { false } } })
    for name in ["cy", "di"] { village.settle(.join, name: name) }
    #expect(village.run(until: .seconds(20)) { ada.peer.status.members.map(\.name) == ["ada", "cy", "di"] })
    _ = village.run(until: .seconds(1))
    village.stop(ada)
    #expect(village.run(until: .seconds(20)) { village.houses[1].peer.status.members.map(\.name) == ["cy", "di"] })
    village.goOn(ada)
    #expect(village.run(until: .seconds(5)) { ada.peer.currentPhase == .seeking })
    village.cut = [(1, 3), (1, 4), (2, 3), (2, 4)]
    return village
  }

  @Test func aPeerThatWasEvictedWaitsForItsOwnLineage() {
    let village = evicted()
    let ada = village.houses[3]
    #expect(!village.run(until: .seconds(4)) { ada.peer.currentPhase != .seeking })
    village.cut = [(1, 2), (2, 3), (2, 4)]
    #expect(village.run(until: .seconds(6)) { ada.peer.status.members.map(\.name) == ["cy", "di", "ada"] })
  }

  @Test func itDoesNotWaitForEver() {
    let village = evicted()
    let ada = village.houses[3]
    #expect(village.run(until: .seconds(8)) { ada.peer.status.members.map(\.name) == ["bo", "ada"] })
  }
}
