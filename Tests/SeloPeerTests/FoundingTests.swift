import SeloCrypto
import SeloMesh
import SeloPeer
import SeloVM
import SeloWire
import Testing

/// Who may found does so where nobody has, joins where somebody has, and of several at once one founds.
@Suite struct FoundingTests {
  private typealias Village = Neighbourhood<Whisper>
  private let password = Secret(Array(repeating: 5, count: 32))

  private func village() -> Village { Village(sessionName: "studio", password: password) }

  private func sessions(_ village: Village) -> Int {
    Set(village.houses.map { $0.peer.mesh?.facts.session.bytes ?? .zero }).count
  }

  @Test func whereNobodyIsASessionIsFounded() {
    let village = village()
    let ada = village.settle(.meet, name: "ada")
    #expect(village.run(until: .seconds(1)) { ada.peer.status.phase == .member })
    #expect(ada.peer.status.members.count == 1)
  }

  @Test func aSessionThatIsThereIsJoined() {
    let village = village()
    let ada = village.settle(.found, name: "ada")
    #expect(village.run(until: .seconds(1)) { ada.peer.status.phase == .member })
    let bo = village.settle(.meet, name: "bo")
    #expect(village.run(until: .seconds(10)) { village.areMembers && bo.peer.status.phase == .member })
    #expect(sessions(village) == 1)
  }

  /// Scenario 25, small; `selo simulate --start together --peers 64` is the large one.
  @Test(arguments: [UInt64(0), 1, 7, 20, 45]) func whoStartTogetherBecomeOneSession(spacing: UInt64) {
    let village = village()
    for name in ["ada", "bo", "cy", "dee", "eli"] {
      village.settle(.meet, name: name)
      _ = village.run(until: .milliseconds(spacing))
    }
    // Nobody was let in by being late: all were seeking when the first one founded.
    #expect(village.houses.allSatisfy { $0.peer.mesh == nil })
    #expect(village.run(until: .seconds(20)) { village.areMembers })
    #expect(sessions(village) == 1)
    #expect(!village.houses.contains { $0.events.contains { if case .returned = $0 { true } else { false } } })
  }

  /// Queries tell no names, so who founds another session is waited for, too; then its door tells.
  @Test func whoSeekOtherSessionsFoundThemAll() {
    let village = village()
    village.settle(.meet, name: "ada")
    village.settle(.meet, name: "bo", password: Secret(Array(repeating: 6, count: 32)))
    #expect(village.run(until: .seconds(12)) { village.houses.allSatisfy { $0.peer.status.phase == .member } })
    #expect(sessions(village) == 2)
    _ = village.run(until: .seconds(20))
    #expect(sessions(village) == 2 && village.houses.allSatisfy { $0.peer.status.members.count == 1 })
  }

  @Test func aListedSessionThatRefusesIsNotFoundedAnew() {
    let village = village()
    village.settle(.found, name: "ada", listed: true)
    #expect(village.run(until: .seconds(1)) { village.houses[0].peer.status.phase == .member })
    let eve = village.settle(.meet, name: "eve", password: Secret(Array(repeating: 6, count: 32)))
    #expect(village.run(until: .seconds(30)) { eve.events.contains(.ended(.notAdmitted)) })
  }

  // Scenario 26: two partitions both found, and meet.

  private func parted() -> Village {
    let village = village()
    village.settle(.meet, name: "ada")
    village.settle(.meet, name: "bo").side = 1
    #expect(village.run(until: .seconds(2)) { village.houses.allSatisfy { $0.peer.status.phase == .member } })
    #expect(sessions(village) == 2)
    return village
  }

  private func say(_ words: String, at house: Village.House, in village: Village) {
    village.step(house, .publish(Whisper.Message(words: words).encoded()))
    #expect(village.run(until: .seconds(2)) { house.peer.agreedWorld?.root.heard.contains(words) ?? false })
  }

  @Test func twoFoundingsWithoutMessagesBecomeOne() {
    let village = parted()
    village.houses[1].side = 0
    #expect(village.run(until: .seconds(30)) { village.areMembers && sessions(village) == 1 })
  }

  @Test(arguments: [0, 1]) func theFoundingWithMessagesGoesOn(speaker: Int) {
    let village = parted()
    say("hello", at: village.houses[speaker], in: village)
    let session = village.houses[speaker].peer.mesh?.facts.session
    village.houses[1].side = 0
    #expect(village.run(until: .seconds(30)) { village.areMembers && sessions(village) == 1 })
    #expect(village.houses.allSatisfy { $0.peer.mesh?.facts.session == session })
    #expect(village.houses.allSatisfy { $0.peer.agreedWorld?.root.heard == ["hello"] })
  }

  @Test func twoFoundingsWithMessagesAreForAPersonToDecide() {
    let village = parted()
    say("hello", at: village.houses[0], in: village)
    say("hi", at: village.houses[1], in: village)
    village.houses[1].side = 0
    #expect(village.run(until: .seconds(30)) { village.houses.contains { $0.events.contains(.rival) } })
    _ = village.run(until: .seconds(5))
    #expect(sessions(village) == 2)
    #expect(village.houses.allSatisfy { $0.peer.status.phase == .member })
  }
}
