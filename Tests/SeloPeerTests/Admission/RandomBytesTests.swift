import SeloCrypto
import SeloPeer
import SeloWire
import Testing

/// Attack 1 of SECURITY section 7, for everything that reads bytes of strangers: no trap, no state, no entrance.
@Suite struct RandomBytesTests {
  @Test func changeNothingAnywhere() throws {
    var chance = Entropy(seed: Secret([0x11]))
    var step = Doorstep()
    let visitor = Visitor(step.charter.session, now: step.now)
    let pair = KeyPair(from: &chance)
    var pairDoor = PairDoor(session: step.charter.session, ownStatic: pair)
    pairDoor.setRoster([KeyPair(from: &chance).publicKey])
    var channel = Channel(sending: Secret(pair.publicKey.bytes), receiving: pair.secret, localIndex: 0, remoteIndex: 0)
    let (knock, fresh, roster) = (visitor.knock, channel, pairDoor)
    let lengths = [0, 1, 2, 34, 62, 64, 70, 84, 86, 192, 1_200, 1_500]
    for number in 0..<6_000 {
      let word = chance.uint64()
      var datagram = chance.bytes(number % 2 == 0 ? Int(word % 1_501) : lengths[Int(word % 12)])
      // Half of them begin as a datagram of ours does, and some name what exists.
      if number % 4 > 1, datagram.count > 2 {
        datagram[0] = DatagramKind.allCases[Int(word >> 32) % DatagramKind.allCases.count].rawValue
        datagram[1] = DatagramKind.version
        if number % 8 > 5, datagram.count > 20 {
          datagram.replaceSubrange(2..<20, with: [1, 0] + step.charter.session.bytes.bytes)
        }
      }
      #expect(step.ask(datagram).isEmpty)
      var copy = visitor
      copy.hear(datagram, at: step.now)
      #expect(copy.knock == knock && copy.sent == visitor.sent)
      var effects: [PairEffect] = []
      pairDoor.step(datagram, from: Doorstep.endpoint(2), at: step.now, localIndex: 1, &chance, into: &effects)
      guard case .rejected = effects.first else {
        Issue.record("\(datagram)")
        return
      }
      #expect(throws: ChannelError.self) { try channel.open(datagram) }
      if let beacon = try? Beacon(datagram: datagram) { #expect(beacon.datagram == datagram) }
      if let query = try? Query(datagram: datagram) { #expect(query.datagram == datagram) }
    }
    #expect(step.door.pending == 0 && step.arrivals.isEmpty && step.door.exchangesComputed == 0)
    #expect(step.rejections.count == 6_000)
    #expect(channel == fresh && pairDoor == roster)
  }
}
