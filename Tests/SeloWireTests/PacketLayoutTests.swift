import SeloMachineKit
import SeloTestKit
import SeloWire
import Testing

/// Every kind of packet and of frame body: bytes come back as the same value, and nothing else passes.
@Suite struct PacketLayoutTests {
  private static let notary = GlassNotary(identity: Author.fixture(1).identity)
  private var notary: GlassNotary { Self.notary }

  private static func frame(_ body: Frame.Body, sequence: UInt64 = 7) -> SignedFrame {
    SignedFrame(
      Frame(
        reign: .fixture(3, elected: 2), sequence: sequence, time: VirtualTime(nanoseconds: 5), agreed: 4, final: 2,
        previous: Bytes32([9]), body: body),
      session: .fixture, notary: notary)
  }

  static let bodies: [Frame.Body] = [
    .idle, .messages([.fixture(1), .fixture(2, first: 9, ["", "two"])]),
    .term(successors: [MemberID(3), MemberID(1)]),
    .roster(
      RosterChange(
        from: .fixture(voters: 2), dropping: [MemberID(1)],
        standings: [RosterChange.StandingChange(id: MemberID(2), standing: .observer)],
        adding: [.fixture(3, standing: .learner, role: .spectator)],
        banning: [RosterEntry.fixture(1).identity, RosterEntry.fixture(9).identity], notary: notary)),
    .handover(successor: .fixture(2)),
    .branch(parent: Reign.fixture().lineage, sequence: 6, ids: [MemberID(2), MemberID(5)]),
    .adopt(Reign.fixture(lineage: 4).lineage), .mark,
    .verdict(sequence: 6, digest: Bytes16([1]), root: Bytes32([2]), against: [MemberID(2), MemberID(7)]),
    .dissent(
      sequence: 6,
      votes: [
        MemberVote(id: MemberID(1), digest: Bytes16([1])), MemberVote(id: MemberID(4), digest: Bytes16([2])),
      ]),
    .tick(.milliseconds(50)),
  ]

  static let packets: [Packet] = {
    let reign = Reign.fixture(3, elected: 2)
    let promise = SignedJoinTerm(
      JoinTerm(
        next: .fixture(4, elected: 1), lastNormal: reign, received: 9, chain: Bytes32([3]), agreed: 8, final: 7,
        member: .fixture(1)),
      session: .fixture, notary: notary)
    let start = TermStart(
      frame: frame(.term(successors: [])),
      history: [ReignStart(reign: .fixture(), first: 1), ReignStart(reign: reign, first: 7)], promises: [promise])
    let statement = SignedStatement(
      Statement(
        reign: reign, sequence: 8, chain: Bytes32([3]), state: Bytes32([4]), digest: Bytes16([5]),
        nonce: Bytes16([6]), member: .fixture(1)),
      session: .fixture, notary: notary)
    return bodies.map { Packet.frames(reign, [frame($0), frame($0, sequence: 8)]) } + [
      .envelopes(reign, [.fixture(1), .fixture(2, first: 3)]), .ack(reign, received: 9, digest: nil),
      .ack(reign, received: 9, digest: DigestVote(sequence: 8, digest: Bytes16([5]))),
      .progress(reign, agreed: 9, final: 8), .repair(reign, first: 3, count: 64),
      .suspect(reign, received: 9, .closedPort), .suspect(reign, received: 9, .kicked), .joinTerm(promise),
      .term(start), .fenced(reign),
      .fetch(next: reign, first: 2, through: 9), .staged(next: reign, [frame(.idle)]), .hail(reign),
      .admit(.fixture(0, standing: .learner)), .welcome(.fixture(4), reign), .deny(.world), .leave,
      .removed(reign.lineage, sequence: 9), .snapshotWanted(begun: 7),
      .snapshotOffer(SnapshotOffer(sequence: 8, size: 70_000, root: Bytes32([8])), giver: MemberID(3)),
      .chunksWanted(sequence: 8, first: 2, mask: 5), .chunk(sequence: 8, index: 2, [1, 2, 3]),
      .evidence(frame(.idle), frame(.mark)),
      .statementWanted(sequence: 8, nonce: Bytes16([4])), .statement(statement),
      .question(Question(sequence: 8, number: 3), [0, 1, 2], mask: 9),
      .answer(Question(sequence: 8, number: 3), index: 1, count: 2, [4, 5]),
      .answer(Question(sequence: 8, number: 3), index: 0, count: 0, []),
      .kick(RosterEntry.fixture(2).identity), .tick(.milliseconds(200)),
      .relay(to: .fixture(2), [16, 1, 7]),
      .relayed(
        from: .fixture(3), at: Endpoint(family: .v4, address: Bytes16([10, 0, 0, 3]), port: 47_000),
        Array(repeating: 9, count: 1_200)),
      .unheard(through: nil), .unheard(through: .fixture(2)),
    ]
  }()

  @Test(arguments: packets.indices) func comesBack(index: Int) throws {
    let packet = Self.packets[index]
    let decoded = try Packet(decoding: packet.encoded, notary: notary)
    #expect(decoded == packet)
    #expect(decoded.encoded == packet.encoded)
  }

  /// Whoever adds a kind adds it here.
  @Test func everyKindIsHere() {
    #expect(Set(Self.packets.map { $0.encoded[0] }) == Set(1...28).union(30...32))
    #expect(Set(Self.bodies.map { Self.frame($0).bytes[Frame.headerSize - 1] }) == Set(0...10))
  }

  @Test(arguments: packets.indices) func refusesEveryTruncation(index: Int) {
    let bytes = Self.packets[index].encoded
    for length in bytes.indices {
      #expect(throws: DecodeError.self) { try Packet(decoding: Array(bytes[..<length]), notary: notary) }
    }
    #expect(throws: DecodeError.self) { try Packet(decoding: bytes + [0], notary: notary) }
  }

  /// A flipped bit is refused or makes another value that encodes to exactly these bytes; it never traps.
  @Test(arguments: packets.indices) func survivesEveryFlippedBit(index: Int) {
    let packet = Self.packets[index]
    var bytes = packet.encoded
    for bit in 0..<(8 * bytes.count) {
      bytes[bit / 8] ^= 1 << (bit % 8)
      if let decoded = try? Packet(decoding: bytes, notary: notary) {
        #expect(decoded != packet)
        #expect(decoded.encoded == bytes)
      }
      bytes[bit / 8] ^= 1 << (bit % 8)
    }
  }

  /// 5 to 200 ms; who would wait longer than that for an idle frame would take every pause for a silence.
  @Test(arguments: [0, 4_999_999, 200_000_001, UInt64.max]) func refusesTickPeriodsThatNoSessionHas(period: UInt64) {
    let frames = Packet.frames(.fixture(), [Self.frame(.tick(Delay(nanoseconds: period)))])
    for packet in [frames, .tick(Delay(nanoseconds: period))] {
      #expect(throws: DecodeError.invalid("tick period")) { try Packet(decoding: packet.encoded, notary: notary) }
    }
  }

  @Test func survivesRandomBytes() {
    var chance = Chance(seed: 57)
    for _ in 0..<20_000 {
      let bytes = (0..<chance.below(400)).map {
        $0 == 0 ? UInt8(chance.below(34)) : UInt8(truncatingIfNeeded: chance.next())
      }
      if let decoded = try? Packet(decoding: bytes, notary: notary) { #expect(decoded.encoded == bytes) }
    }
  }
}
