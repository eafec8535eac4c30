import SeloCrypto
import SeloWire
import Testing

@Suite struct ChannelTests {
  /// Both ends of one channel.
  private func pair() -> (Channel, Channel) {
    let keys = (Secret(Array(repeating: 1, count: 32)), Secret(Array(repeating: 2, count: 32)))
    return (
      Channel(sending: keys.0, receiving: keys.1, localIndex: 11, remoteIndex: 22),
      Channel(sending: keys.1, receiving: keys.0, localIndex: 22, remoteIndex: 11)
    )
  }

  private func packet(_ count: Int, _ salt: Int = 0) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ salt &+ $0 >> 8) }
  }

  @Test func packetsOfEveryLengthArrive() throws {
    var (ada, bob) = pair()
    let edges = [Fragment.capacity, 2 * Fragment.capacity, Limits.packetBytes]
    let lengths = Array(0...70) + edges.flatMap { [$0 - 1, $0, $0 + 1] } + [Limits.frameBytes, 20_000]
    for length in lengths where length <= Limits.packetBytes {
      let packet = packet(length)
      let datagrams = ada.seal(packet)
      #expect(datagrams.count == max(1, (length + Fragment.capacity - 1) / Fragment.capacity))
      for (place, datagram) in datagrams.enumerated() {
        #expect(datagram.count <= Limits.datagramBytes)
        #expect((datagram.count - Channel.headerBytes - 16) % 32 == 0)
        #expect(Channel.index(of: datagram) == 22)
        let opened = try bob.open(datagram)
        #expect(opened == (place == datagrams.count - 1 ? packet : nil))
      }
    }
    #expect(ada.seal(packet(Limits.packetBytes + 1)) == [])
    #expect(Fragment.capacity == 1_148 && Fragment.most == 58)
  }

  @Test func anyOrderWillDoAndTwiceWillNot() throws {
    var (ada, bob) = pair()
    let packets = (0..<7).map { packet(3_000, $0) }
    var datagrams = packets.flatMap { ada.seal($0) }
    datagrams.reverse()
    var arrived: [[UInt8]] = []
    for datagram in datagrams {
      if let packet = try bob.open(datagram) { arrived.append(packet) }
      let before = bob
      #expect(throws: ChannelError.replayed) { try bob.open(datagram) }
      #expect(bob == before)
    }
    #expect(arrived == packets.reversed())
  }

  @Test func lostFragmentsCostOnlyTheirPacket() throws {
    var (ada, bob) = pair()
    for round in 0..<40 {
      let lossy = ada.seal(packet(5_000, round))
      for (place, datagram) in lossy.enumerated() where place != round % lossy.count {
        #expect(try bob.open(datagram) == nil)
      }
      #expect(try bob.open(ada.seal(packet(20, round))[0]) == packet(20, round))
    }
  }

  @Test func everyFlippedBitIsRefusedAndChangesNothing() throws {
    var (ada, bob) = pair()
    let datagram = ada.seal(packet(60))[0]
    let before = bob
    for bit in 0..<(datagram.count * 8) {
      var altered = datagram
      altered[bit / 8] ^= 1 << (bit % 8)
      #expect(throws: ChannelError.self) { try bob.open(altered) }
      #expect(bob == before)
    }
    for length in 0..<datagram.count {
      #expect(throws: ChannelError.self) { try bob.open(Array(datagram.prefix(length))) }
    }
    for extra in 1...40 {
      #expect(throws: ChannelError.self) { try bob.open(datagram + Array(repeating: 0, count: extra)) }
    }
    #expect(bob == before)
    #expect(try bob.open(datagram) == packet(60))
  }

  @Test func reflectedRelabelledAndForeignDatagramsAreRefused() throws {
    var (ada, bob) = pair()
    let datagram = ada.seal([1, 2, 3])[0]
    #expect(throws: ChannelError.otherChannel) { try ada.open(datagram) }
    var relabelled = datagram
    relabelled.replaceSubrange(2..<6, with: [11, 0, 0, 0])
    #expect(throws: ChannelError.notAuthentic) { try ada.open(relabelled) }
    var foreign = Channel(
      sending: Secret(Array(repeating: 3, count: 32)), receiving: Secret(Array(repeating: 4, count: 32)),
      localIndex: 22, remoteIndex: 11)
    #expect(throws: ChannelError.notAuthentic) { try foreign.open(datagram) }
    #expect(throws: ChannelError.malformed) { try bob.open([]) }
    #expect(throws: ChannelError.malformed) { try bob.open(Array(repeating: 0x10, count: 62)) }
    #expect(try bob.open(datagram) == [1, 2, 3])
  }

  @Test func olderThanTheWindowIsRefused() throws {
    var (ada, bob) = pair()
    let datagrams = (0...Limits.replayWindow).flatMap { _ in ada.seal([]) }
    for datagram in datagrams.dropFirst(2) { _ = try bob.open(datagram) }
    #expect(throws: ChannelError.replayed) { try bob.open(datagrams[0]) }
    #expect(try bob.open(datagrams[1]) == [])
  }

  @Test func wornOutKeysAskForNewOnesAndThenSealNothing() {
    let keys = (Secret(Array(repeating: 1, count: 32)), Secret(Array(repeating: 2, count: 32)))
    func channel(_ sent: UInt64) -> Channel {
      Channel(sending: keys.0, receiving: keys.1, localIndex: 1, remoteIndex: 2, sent: sent)
    }
    var young = channel(Limits.datagramsPerKey - 1)
    #expect(!young.needsNewKeys)
    #expect(young.seal([1]).count == 1 && young.needsNewKeys)
    #expect(young.seal([1]).count == 1)
    var old = channel(2 * Limits.datagramsPerKey)
    #expect(old.seal([1]) == [] && old.sent == 2 * Limits.datagramsPerKey)
  }

  // MARK: What an authentic but malicious member may send

  /// A datagram with the given opened bytes, sealed as ada would.
  private func forged(_ text: [UInt8], counter: UInt64) -> [UInt8] {
    var writer = ByteWriter()
    writer.uint8(0x10)
    writer.uint8(1)
    writer.uint32(22)
    writer.uint64(counter)
    let header = writer.bytes
    return header + Sodium.seal(text, binding: header, key: Secret(Array(repeating: 1, count: 32)), counter: counter)
  }

  private func piece(_ index: UInt8, _ count: UInt8, _ bytes: [UInt8]) -> [UInt8] {
    let text =
      [index, count, UInt8(truncatingIfNeeded: bytes.count), UInt8(truncatingIfNeeded: bytes.count >> 8)] + bytes
    return text + Array(repeating: 0, count: (32 - text.count % 32) % 32)
  }

  @Test func fragmentsThatBreakTheRulesAreRefused() throws {
    var (_, bob) = pair()
    let full = packet(Fragment.capacity)
    let bad: [[UInt8]] = [
      piece(0, 0, [1]), piece(1, 1, [1]), piece(5, 3, full), piece(0, 59, full), piece(0, 255, full),
      piece(0, 2, [1]), piece(1, 2, []), piece(57, 58, full), piece(0, 1, [1]) + Array(repeating: 0, count: 32),
      Array(repeating: 0xFF, count: 32), [0, 1, 5, 0, 1, 2, 3, 4, 5, 9] + Array(repeating: 0, count: 22),
      [0, 1, 29, 0] + Array(repeating: 1, count: 28),
    ]
    for (number, text) in bad.enumerated() {
      #expect(throws: ChannelError.badFragment, "\(number)") {
        try bob.open(forged(text, counter: UInt64(number) + 100))
      }
    }
    // An index above its own counter would belong to a packet before the first.
    #expect(throws: ChannelError.badFragment) { try bob.open(forged(piece(1, 2, [1]), counter: 0)) }
  }

  @Test func fragmentsOfTwoPacketsDoNotMix() throws {
    var (_, bob) = pair()
    let full = packet(Fragment.capacity)
    #expect(try bob.open(forged(piece(0, 3, full), counter: 10)) == nil)
    #expect(throws: ChannelError.badFragment) { try bob.open(forged(piece(1, 2, [7]), counter: 11)) }
    #expect(try bob.open(forged(piece(2, 3, [8]), counter: 12)) == nil)
    #expect(throws: ChannelError.replayed) { try bob.open(forged(piece(1, 3, full), counter: 11)) }
  }

  @Test func endlessBeginningsStayWithinBounds() throws {
    var fragments = 0
    var (_, bob) = pair()
    for number in 0..<500 {
      let count = UInt8(2 + number % 57)
      let datagram = forged(piece(0, count, packet(Fragment.capacity)), counter: UInt64(number) * 60)
      if try bob.open(datagram) == nil { fragments += 1 }
      #expect(bob.partialPackets <= Limits.partialPackets)
      #expect(bob.partialBytes <= Limits.partialBytes)
    }
    #expect(fragments == 500)
  }
}
