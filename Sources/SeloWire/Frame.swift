/// One entry of the log, stamped by the reflector.
///
///     offset  size  field
///          0    16  lineage
///         16    20  term            number u32, elected (id u32, incarnation u64), hand-over u32
///         36     8  sequence        counted from 1
///         44     8  virtual time    nanoseconds, never negative
///         52     8  agreed          newest agreed frame the reflector knew of
///         60     8  final           newest final frame the reflector knew of
///         68    32  previous        hash of the frame before (the chain)
///        100     1  kind of body
///        101     …  body
package struct Frame: Hashable, Sendable {
  package let reign: Reign
  package let sequence: UInt64
  package let time: VirtualTime
  package let agreed: UInt64
  package let final: UInt64
  package let previous: Bytes32
  package let body: Body

  package enum Body: Hashable, Sendable {
    case idle
    case messages([SignedEnvelope])
    case term(successors: [MemberID])
    case roster(RosterChange)
    case handover(successor: Member)
    case branch(parent: LineageID, sequence: UInt64, ids: [MemberID])
    case adopt(LineageID)
    /// Everybody keeps log state and world as they are here: joiners begin behind it.
    case mark
    /// What more than half of the voters computed at a checkpoint, and whose votes on it were others.
    case verdict(sequence: UInt64, digest: Bytes16, root: Bytes32, against: [MemberID])
    /// Votes on a checkpoint that differ, and none has more than half of the voters.
    case dissent(sequence: UInt64, votes: [MemberVote])
    /// How long the reflector waits for messages before it stamps an idle frame: in force once it is agreed.
    case tick(Delay)
  }

  package init(
    reign: Reign, sequence: UInt64, time: VirtualTime, agreed: UInt64, final: UInt64, previous: Bytes32, body: Body
  ) {
    self.reign = reign
    self.sequence = sequence
    self.time = time
    self.agreed = agreed
    self.final = final
    self.previous = previous
    self.body = body
  }

  /// Whom this frame hands its reign over to.
  package var successor: Member? {
    if case .handover(let successor) = body { successor } else { nil }
  }

  /// Bytes of an encoded frame besides its body.
  package static let headerSize = 101

  package func write(to writer: inout ByteWriter) {
    reign.write(to: &writer)
    writer.uint64(sequence)
    writer.int64(time.nanoseconds)
    writer.uint64(agreed)
    writer.uint64(final)
    previous.write(to: &writer)
    body.write(to: &writer)
  }

  package init(reading reader: inout ByteReader) throws(DecodeError) {
    reign = try Reign(reading: &reader)
    sequence = try reader.uint64()
    time = try reader.time()
    agreed = try reader.uint64()
    final = try reader.uint64()
    previous = try reader.bytes32()
    guard sequence > 0, sequence < .max, agreed < sequence, final <= agreed else { throw .invalid("frame sequence") }
    body = try Body(reading: &reader)
  }
}

extension Frame.Body {
  package func write(to writer: inout ByteWriter) {
    switch self {
    case .idle:
      writer.uint8(0)
    case .messages(let envelopes):
      writer.uint8(1)
      writer.count(envelopes.count)
      for envelope in envelopes { envelope.write(to: &writer) }
    case .term(let successors):
      writer.uint8(2)
      writer.memberIDs(successors)
    case .roster(let change):
      writer.uint8(3)
      change.write(to: &writer)
    case .handover(let successor):
      writer.uint8(4)
      successor.write(to: &writer)
    case .branch(let parent, let sequence, let ids):
      writer.uint8(5)
      parent.bytes.write(to: &writer)
      writer.uint64(sequence)
      writer.memberIDs(ids)
    case .adopt(let lineage):
      writer.uint8(6)
      lineage.bytes.write(to: &writer)
    case .mark:
      writer.uint8(7)
    case .verdict(let sequence, let digest, let root, let members):
      writer.uint8(8)
      writer.uint64(sequence)
      digest.write(to: &writer)
      root.write(to: &writer)
      writer.memberIDs(members)
    case .dissent(let sequence, let votes):
      writer.uint8(9)
      writer.uint64(sequence)
      writer.count(votes.count)
      for vote in votes {
        writer.uint32(vote.id.value)
        vote.digest.write(to: &writer)
      }
    case .tick(let period):
      writer.uint8(10)
      writer.uint64(period.nanoseconds)
    }
  }

  package init(reading reader: inout ByteReader) throws(DecodeError) {
    switch try reader.uint8() {
    case 0: self = .idle
    case 1:
      let count = try reader.count(limit: Limits.frameEnvelopes, elementSize: 172)
      guard count > 0 else { throw .invalid("envelopes") }
      var envelopes: [SignedEnvelope] = []
      envelopes.reserveCapacity(count)
      for _ in 0..<count { envelopes.append(try SignedEnvelope(reading: &reader)) }
      self = .messages(envelopes)
    case 2: self = .term(successors: try reader.memberIDs())
    case 3: self = .roster(try RosterChange(reading: &reader))
    case 4: self = .handover(successor: try Member(reading: &reader))
    case 5:
      self = .branch(parent: try reader.lineage(), sequence: try reader.uint64(), ids: try reader.memberIDs())
    case 6: self = .adopt(try reader.lineage())
    case 7: self = .mark
    case 8:
      self = .verdict(
        sequence: try reader.uint64(), digest: try reader.bytes16(), root: try reader.bytes32(),
        against: try reader.memberIDs())
    case 9:
      let sequence = try reader.uint64()
      var votes: [MemberVote] = []
      for _ in 0..<(try reader.count(limit: Limits.members, elementSize: 20)) {
        votes.append(MemberVote(id: try reader.memberID(), digest: try reader.bytes16()))
      }
      self = .dissent(sequence: sequence, votes: votes)
    case 10: self = .tick(try reader.tickPeriod())
    default: throw .invalid("frame kind")
    }
  }
}

/// What a member's world was at a checkpoint.
package struct MemberVote: Hashable, Sendable {
  package let id: MemberID
  package let digest: Bytes16

  package init(id: MemberID, digest: Bytes16) {
    self.id = id
    self.digest = digest
  }
}

extension ByteWriter {
  fileprivate mutating func memberIDs(_ ids: [MemberID]) {
    count(ids.count)
    for id in ids { uint32(id.value) }
  }
}

extension ByteReader {
  fileprivate mutating func memberIDs() throws(DecodeError) -> [MemberID] {
    var ids: [MemberID] = []
    for _ in 0..<(try count(limit: Limits.members, elementSize: 4)) { ids.append(try memberID()) }
    return ids
  }
}
