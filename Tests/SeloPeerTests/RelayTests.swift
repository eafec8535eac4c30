import SeloCrypto
import SeloMesh
import SeloVM
import SeloWire
import SeloWorlds
import Testing

@testable import SeloPeer

/// A third passes on what two others seal for each other: it can do them no harm, and they cannot use it for anything
/// else (PROTOCOL section 5, "Relay").
@Suite struct RelayTests {
  typealias Village = Neighbourhood<Counter>

  /// Ada founds; bo and cy join. Cy and ada may be cut off from each other from the beginning.
  private func village(cut: [(Int, Int)] = []) -> Village {
    let village = Village(sessionName: "bar", password: Secret(Array(repeating: 9, count: 32)))
    village.cut = cut
    let ada = village.settle(.found, name: "ada")
    #expect(village.run(until: .seconds(2)) { ada.peer.status.phase == .member })
    for name in ["bo", "cy"] {
      let house = village.settle(.join, name: name)
      #expect(village.run(until: .seconds(10)) { village.areMembers && house.peer.status.phase == .member })
    }
    _ = village.run(until: .seconds(2))
    return village
  }

  private func say(_ packet: Packet, by house: Village.House, to other: Village.House, in village: Village) {
    village.make(house) { house.peer.send(packet, to: other.peer.author, &$0) }
  }

  private func me(_ house: Village.House) -> Member {
    house.peer.mesh?.facts.me ?? Member(id: MemberID(0), incarnation: Incarnation(0))
  }

  private func relays(_ house: Village.House) -> [RelayRejection] {
    house.rejections.compactMap { if case .relay(let rejection) = $0 { rejection } else { nil } }
  }

  private let stranger = Member(id: MemberID(99), incarnation: Incarnation(99))
  private let nowhere = Endpoint(family: .v4, address: Bytes16([9, 9, 9, 9]), port: 9)

  @Test func aLinkThatNeverWorkedIsBridgedAndNobodyTakesTheThirdForTheOther() {
    let village = village(cut: [(1, 3)])
    let (ada, bo, cy) = (village.houses[0], village.houses[1], village.houses[2])
    #expect(cy.peer.bridged > 20 && ada.peer.bridged > 20)
    #expect(bo.peer.bridged == 0)
    #expect(cy.peer.channels.endpoint(of: ada.peer.author) == ada.endpoint)
    #expect(ada.peer.channels.endpoint(of: cy.peer.author) == cy.endpoint)
    village.step(cy, .publish(Counter.Message.increment.encoded()))
    #expect(village.run(until: .milliseconds(300)) { ada.peer.agreedWorld?.root.count == 1 })
    // Whole again: nothing takes the detour.
    village.cut = []
    _ = village.run(until: .seconds(2))
    let bridged = cy.peer.bridged
    _ = village.run(until: .seconds(2))
    #expect(cy.peer.bridged == bridged)
  }

  @Test func whoPassesOnCanNeitherChangeNorRepeat() throws {
    let village = village()
    let (ada, bo, cy) = (village.houses[0], village.houses[1], village.houses[2])
    let sealed = ada.peer.channels.seal(Packet.leave.encoded, to: cy.peer.author)
    let datagram = try #require(sealed?.datagrams.first)
    for place in datagram.indices where place >= Channel.headerBytes {
      var changed = datagram
      changed[place] ^= 1
      say(.relayed(from: me(ada), at: nowhere, changed), by: bo, to: cy, in: village)
    }
    _ = village.run(until: .milliseconds(10))
    let refused = cy.rejections.count { $0 == .channel(.notAuthentic) }
    #expect(refused == datagram.count - Channel.headerBytes)
    #expect(cy.peer.bridged == 0)
    say(.relayed(from: me(ada), at: nowhere, datagram), by: bo, to: cy, in: village)
    say(.relayed(from: me(ada), at: nowhere, datagram), by: bo, to: cy, in: village)
    _ = village.run(until: .milliseconds(10))
    #expect(cy.peer.bridged == 1)
    #expect(cy.rejections.contains(.channel(.replayed)))
    // The third's word on where ada is counts for nothing.
    #expect(cy.peer.channels.endpoint(of: ada.peer.author) == ada.endpoint)
  }

  @Test func whatIsNoMembersAffairIsRefused() throws {
    let village = village()
    let (ada, bo, cy) = (village.houses[0], village.houses[1], village.houses[2])
    let sealed = try #require(ada.peer.channels.seal([], to: cy.peer.author)?.datagrams.first)
    func refusals(at house: Village.House, _ packets: [Packet], by other: Village.House) -> [RelayRejection] {
      let before = relays(house).count
      for packet in packets { say(packet, by: other, to: house, in: village) }
      _ = village.run(until: .milliseconds(10))
      return Array(relays(house).dropFirst(before))
    }
    var seen: [RelayRejection] = []
    seen += refusals(
      at: bo, [.relay(to: stranger, sealed), .relay(to: me(bo), sealed), .relay(to: me(ada), sealed)], by: ada)
    #expect(seen == [.notMember, .notMember, .notMember])
    seen += refusals(
      at: cy, [.relayed(from: stranger, at: nowhere, sealed), .relayed(from: me(bo), at: nowhere, sealed)], by: bo)
    #expect(seen.suffix(2) == [.notMember, .notMember])
    // A beacon, a HELLO, and something of no protocol: nobody speaks to strangers in another's name.
    for bytes in [[0x02, 1, 0], [0x03, 1], [0x77], []] as [[UInt8]] {
      seen += refusals(at: bo, [.relay(to: me(cy), bytes)], by: ada)
      seen += refusals(at: cy, [.relayed(from: me(ada), at: nowhere, bytes)], by: bo)
      #expect(seen.suffix(2) == [.notRelayable, .notRelayable])
    }
    // Bo's own words in ada's name.
    let own = try #require(bo.peer.channels.seal(Packet.leave.encoded, to: cy.peer.author)?.datagrams.first)
    seen += refusals(at: cy, [.relayed(from: me(ada), at: nowhere, own)], by: bo)
    #expect(seen.last == .otherSender)
    let inner = try #require(
      ada.peer.channels.seal(Packet.relay(to: me(bo), sealed).encoded, to: cy.peer.author)?.datagrams.first)
    seen += refusals(at: cy, [.relayed(from: me(ada), at: nowhere, inner)], by: bo)
    #expect(seen.last == .nested)
    let many = refusals(at: bo, Array(repeating: .relay(to: me(cy), sealed), count: 200), by: ada)
    #expect(many.count == 200 - Limits.relaysAtOnce && Set(many) == [.tooOften])
    seen += many
    seen += unreachable(village)
    #expect(Set(seen) == Set(RelayRejection.allCases))
  }

  /// Dee has just come in through ada's door: bo has no channel to her yet.
  private func unreachable(_ village: Village) -> [RelayRejection] {
    let (ada, bo) = (village.houses[0], village.houses[1])
    village.cut = [(2, 4)]
    let dee = village.settle(.join, name: "dee")
    let isIn = village.run(until: .seconds(10)) { bo.peer.mesh?.log.head.roster.entry(of: dee.peer.author) != nil }
    #expect(isIn)
    let member = bo.peer.membership?.member(of: dee.peer.author) ?? stranger
    let before = relays(bo).count
    say(.relay(to: member, [0x10, 1, 0, 0, 0, 0]), by: ada, to: bo, in: village)
    _ = village.run(until: .milliseconds(1))
    return Array(relays(bo).dropFirst(before))
  }
}

/// The value that decides which words take a detour.
@Suite struct PathTests {
  private let tick = Delay.milliseconds(20)
  private let third = Member(id: MemberID(3), incarnation: Incarnation(3))
  private let other = Member(id: MemberID(4), incarnation: Incarnation(4))

  private func at(_ milliseconds: UInt64) -> Instant { Instant(nanoseconds: (5_000 + milliseconds) * 1_000_000) }

  @Test func whoIsAnsweredSaysNothingOfIt() {
    var path = Path()
    for millis in stride(from: 0, to: 2_000, by: 20) as StrideTo<UInt64> {
      let speech = path.speak(at: at(millis), tick: tick)
      #expect(speech == Path.Speech())
      path.hear(at: at(millis + 1))
    }
  }

  @Test func whoSpeaksWithoutAnAnswerSaysSoTenTimesASecond() {
    var path = Path()
    path.hear(at: at(0))
    let said = (0..<1_000).filter { path.speak(at: at(UInt64($0)), tick: tick).saysUnheard }
    #expect(said == Array(stride(from: 100, to: 1_000, by: 100)))
  }

  @Test func aWordNowAndThenNeedsNoAnswer() {
    var path = Path()
    path.hear(at: at(0))
    for second in 0..<9 as Range<UInt64> {
      #expect(path.speak(at: at(second * 1_100), tick: tick) == Path.Speech())
    }
  }

  @Test func slowTicksLeaveMoreTime() {
    var path = Path()
    let said = (0..<700).filter { path.speak(at: at(UInt64($0)), tick: .milliseconds(200)).saysUnheard }
    #expect(said == [600])
  }

  @Test func copiesGoWhereTheOtherSays() {
    var path = Path()
    path.hearUnheard(through: nil, at: at(0))
    // While nobody knows who reaches it: one in 50 ms, each through somebody else.
    let tries = (0..<160).compactMap { path.speak(at: at(UInt64($0)), tick: tick).detour }
    #expect(tries == [.inTurn(1), .inTurn(2), .inTurn(3), .inTurn(4)])
    path.hearUnheard(through: third, at: at(160))
    #expect((160..<660).allSatisfy { path.speak(at: at($0), tick: tick).detour == .through(third) })
    #expect(path.speak(at: at(660), tick: tick).detour == nil)
  }

  @Test func theFirstThirdThatReachesUsIsKeptWhileItDoes() {
    var path = Path()
    path.hear(through: third, at: at(0), tick: tick)
    path.hear(through: other, at: at(100), tick: tick)
    #expect(path.bridge(at: at(299), tick: tick) == third)
    #expect(path.bridge(at: at(300), tick: tick) == nil)
    path.hear(through: other, at: at(301), tick: tick)
    #expect(path.bridge(at: at(302), tick: tick) == other)
    path.hear(at: at(303))
    #expect(path.bridge(at: at(304), tick: tick) == nil)
  }
}
