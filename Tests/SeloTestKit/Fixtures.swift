package import SeloMesh
package import SeloWire

// Values with defaults, so that whatever a test states is what the test is about.

extension RosterEntry {
  package static func fixture(_ id: UInt32, standing: Standing = .voter, role: Role = .member) -> RosterEntry {
    RosterEntry(
      id: MemberID(id),
      ident: IdentBytes(author: .fixture(id), staticKey: .zero, signature: Signature([UInt8(id & 0xff)])),
      standing: standing, role: role, name: "peer \(id)",
      addresses: [Endpoint(family: .v4, address: Bytes16([10, 0, 0, UInt8(id & 0xff)]), port: 47_000)])
  }
}

extension Author {
  package static func fixture(_ number: UInt32) -> Author {
    Author(
      identity: Identity(Bytes32([UInt8(number >> 8), UInt8(number & 0xff)])),
      incarnation: Incarnation(UInt64(number)))
  }
}

extension Member {
  package static func fixture(_ id: UInt32) -> Member {
    Member(id: MemberID(id), incarnation: Incarnation(UInt64(id)))
  }
}

extension Roster {
  /// Voters with the ids from `first` on.
  package static func fixture(voters: Int, from first: UInt32 = 1) -> Roster {
    let entries = (0..<UInt32(voters)).map { RosterEntry.fixture(first + $0) }
    return Roster(version: 1, highest: entries.last?.id ?? MemberID(0), entries: entries)
  }
}

extension SessionID {
  package static let fixture = SessionID(Bytes16([1, 2, 3]))
}

extension Reign {
  package static func fixture(_ number: UInt32 = 1, elected: UInt32 = 1, lineage: UInt8 = 0) -> Reign {
    let name = lineage == 0 ? SessionID.fixture.bytes : Bytes16([lineage])
    return Reign(
      lineage: LineageID(name), term: Term(number: number, elected: .fixture(elected), handover: 0))
  }
}

extension SignedEnvelope {
  package static func fixture(
    _ author: UInt32 = 1, first: UInt64 = 1, _ messages: [String] = ["hello"]
  ) -> SignedEnvelope {
    let author = Author.fixture(author)
    return SignedEnvelope(
      Envelope(
        author: author, lineage: Reign.fixture().lineage, first: first, agreed: 0, agreedChain: .zero,
        messages: messages.map { Array($0.utf8) }),
      session: .fixture, notary: GlassNotary(identity: author.identity))
  }
}

/// Writes a log as a reflector does: each frame chained to the one before.
package struct LogWriter {
  package let notary = GlassNotary(identity: Author.fixture(1).identity)
  package var log: FrameLog
  package var reign = Reign.fixture()

  /// A log whose first frame is a roster of `voters`.
  package init(voters: Int = 3) {
    log = FrameLog(from: LogState(founding: .fixture, tick: .milliseconds(20), notary: notary))
    let change = RosterChange(
      from: .empty, dropping: [], standings: [], adding: (1...UInt32(voters)).map { .fixture($0) }, notary: notary)
    append(.roster(change))
  }

  /// What the next frame with this body would be.
  package func next(
    _ body: Frame.Body = .idle, agreed: UInt64? = nil, final: UInt64? = nil, advance: Delay = .milliseconds(20)
  ) -> Proven<SignedFrame> {
    let head = log.head
    let frame = Frame(
      reign: reign, sequence: head.sequence + 1, time: head.time + advance, agreed: agreed ?? head.agreed,
      final: final ?? head.final, previous: head.chain, body: body)
    return Proven(checked: SignedFrame(frame, session: .fixture, notary: notary))
  }

  @discardableResult
  package mutating func append(_ body: Frame.Body = .idle, agreed: UInt64? = nil) -> SignedFrame {
    let frame = next(body, agreed: agreed)
    do { try log.append(frame, notary: notary) } catch { preconditionFailure("\(error)") }
    return frame.value
  }
}
