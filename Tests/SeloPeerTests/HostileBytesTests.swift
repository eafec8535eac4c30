import SeloCrypto
import SeloMesh
import SeloPeer
import SeloVM
import SeloWire
import SeloWorlds
import Testing

/// SECURITY, attacks 1 to 5 and 8 against a whole peer: bytes that are not authentic change nothing.
@Suite struct HostileBytesTests {
  /// Two members, everything they ever said, and where they stand.
  private func session() -> Neighbourhood<Counter> {
    let village = Neighbourhood<Counter>(sessionName: "bar", password: Secret(Array(repeating: 9, count: 32)))
    let ada = village.settle(.found, name: "ada")
    #expect(village.run(until: .seconds(2)) { ada.peer.status.phase == .member })
    let bo = village.settle(.join, name: "bo")
    #expect(village.run(until: .seconds(10)) { village.areMembers && bo.peer.status.phase == .member })
    village.step(bo, .publish(Counter.Message.increment.encoded()))
    #expect(village.run(until: .seconds(1)) { ada.peer.agreedWorld?.root.count == 1 })
    return village
  }

  private func stands(_ village: Neighbourhood<Counter>, after attack: () -> Void) {
    let authors = village.houses.map { $0.peer.mesh?.log.head.authors }
    let agreed = village.houses.map { $0.peer.mesh?.agreed ?? 0 }
    let members = village.houses.map { $0.peer.status.members }
    attack()
    #expect(village.houses.map { $0.peer.mesh?.log.head.authors } == authors)
    #expect(zip(village.houses.map { $0.peer.mesh?.agreed ?? 0 }, agreed).allSatisfy { $0 >= $1 })
    #expect(village.houses.map { $0.peer.status.members } == members)
    let ada = village.houses[0]
    let count = ada.peer.agreedWorld?.root.count ?? 0
    village.step(village.houses[1], .publish(Counter.Message.increment.encoded()))
    #expect(village.run(until: .seconds(1)) { ada.peer.agreedWorld?.root.count == count + 1 })
  }

  @Test func randomBytes() {
    let village = session()
    let target = village.houses[0]
    let stranger = Endpoint(family: .v4, address: Bytes16([127, 0, 0, 99]), port: 9)
    var state: UInt64 = 1
    func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state >> 33
    }
    let kinds: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 16]
    stands(village) {
      for round in 0..<5_000 {
        var bytes = (0..<Int(next() % 400)).map { _ in UInt8(truncatingIfNeeded: next()) }
        if bytes.count > 2, round % 4 > 0 {
          bytes[0] = kinds[round % kinds.count]
          bytes[1] = 1
        }
        village.step(target, .datagram(bytes, from: stranger))
      }
    }
  }

  @Test func replayOfTheWholeCapture() {
    let village = session()
    let capture = village.capture
    stands(village) {
      for sent in capture where sent.bytes.first == 16 {
        for house in village.houses { village.step(house, .datagram(sent.bytes, from: sent.source)) }
      }
    }
  }

  @Test func flippedAndCutDatagrams() {
    let village = session()
    let capture = village.capture.filter { $0.bytes.first == 16 }
    stands(village) {
      for (number, sent) in capture.enumerated() {
        guard let house = village.houses.first(where: { $0.endpoint == sent.target }) else { continue }
        var flipped = sent.bytes
        flipped[number % flipped.count] ^= 1 << UInt8(number % 8)
        village.step(house, .datagram(flipped, from: sent.source))
        village.step(house, .datagram(Array(sent.bytes.dropLast(1 + number % 40)), from: sent.source))
        village.step(house, .datagram(sent.bytes + [0], from: sent.source))
      }
    }
  }
}
