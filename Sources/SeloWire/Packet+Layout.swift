// The bytes of packets: one byte of kind, then the fields in the order of the case, then nothing.

extension Packet {
  package var encoded: [UInt8] {
    var writer = ByteWriter(reserving: 256)
    write(to: &writer)
    return writer.bytes
  }

  package func write(to writer: inout ByteWriter) {
    writer.uint8(kind)
    switch self {
    case .frames(let reign, let frames), .staged(let reign, let frames):
      reign.write(to: &writer)
      writer.count(frames.count)
      for frame in frames { frame.write(to: &writer) }
    case .envelopes(let reign, let envelopes):
      reign.write(to: &writer)
      writer.count(envelopes.count)
      for envelope in envelopes { envelope.write(to: &writer) }
    case .ack(let reign, let received, let digest):
      reign.write(to: &writer)
      writer.uint64(received)
      writer.bool(digest != nil)
      if let digest {
        writer.uint64(digest.sequence)
        digest.digest.write(to: &writer)
      }
    case .progress(let reign, let agreed, let final):
      reign.write(to: &writer)
      writer.uint64(agreed)
      writer.uint64(final)
    case .repair(let reign, let first, let count):
      reign.write(to: &writer)
      writer.uint64(first)
      writer.uint16(count)
    case .suspect(let reign, let received, let reason):
      reign.write(to: &writer)
      writer.uint64(received)
      writer.uint8(reason.rawValue)
    case .joinTerm(let promise): promise.write(to: &writer)
    case .term(let start): start.write(to: &writer)
    case .fenced(let reign), .hail(let reign): reign.write(to: &writer)
    case .fetch(let next, let first, let through):
      next.write(to: &writer)
      writer.uint64(first)
      writer.uint64(through)
    case .evidence(let one, let other):
      one.write(to: &writer)
      other.write(to: &writer)
    case .admit(let entry): entry.write(to: &writer)
    case .welcome(let member, let reign):
      member.write(to: &writer)
      reign.write(to: &writer)
    case .deny(let reason): writer.uint8(reason.rawValue)
    case .leave: break
    case .removed(let lineage, let sequence):
      lineage.bytes.write(to: &writer)
      writer.uint64(sequence)
    case .kick(let identity): identity.key.write(to: &writer)
    case .tick(let period): writer.uint64(period.nanoseconds)
    case .relay(let member, let datagram):
      member.write(to: &writer)
      writer.data(datagram)
    case .relayed(let member, let endpoint, let datagram):
      member.write(to: &writer)
      endpoint.write(to: &writer)
      writer.data(datagram)
    case .unheard(let third):
      writer.bool(third != nil)
      third?.write(to: &writer)
    case .snapshotWanted(let begun): writer.uint64(begun)
    case .snapshotOffer(let offer, let giver):
      writer.uint64(offer.sequence)
      writer.uint32(offer.size)
      offer.root.write(to: &writer)
      writer.uint32(giver.value)
    case .chunksWanted(let sequence, let first, let mask):
      writer.uint64(sequence)
      writer.uint32(first)
      writer.uint64(mask)
    case .chunk(let sequence, let index, let bytes):
      writer.uint64(sequence)
      writer.uint32(index)
      writer.data(bytes)
    case .statementWanted(let sequence, let nonce):
      writer.uint64(sequence)
      writer.raw(nonce.bytes)
    case .statement(let statement): statement.write(to: &writer)
    case .question(let question, let bytes, let mask):
      question.write(to: &writer)
      writer.data(bytes)
      writer.uint64(mask)
    case .answer(let question, let index, let count, let bytes):
      question.write(to: &writer)
      writer.uint8(index)
      writer.uint8(count)
      writer.data(bytes)
    }
  }

  /// Decodes exactly one packet; bytes behind it are refused. The notary computes the hashes of frames.
  package init(decoding bytes: [UInt8], notary: some Notary) throws(DecodeError) {
    var reader = ByteReader(bytes)
    self = try Packet(reading: &reader, notary: notary)
    try reader.finish()
  }

  private init(reading reader: inout ByteReader, notary: some Notary) throws(DecodeError) {
    switch try reader.uint8() {
    case 1: self = .frames(try Reign(reading: &reader), try reader.frames(notary))
    case 2:
      let reign = try Reign(reading: &reader)
      var envelopes: [SignedEnvelope] = []
      for _ in 0..<(try reader.count(limit: Limits.frameEnvelopes, elementSize: 172)) {
        envelopes.append(try SignedEnvelope(reading: &reader))
      }
      self = .envelopes(reign, envelopes)
    case 3:
      let reign = try Reign(reading: &reader)
      let received = try reader.uint64()
      var vote: DigestVote?
      if try reader.bool() { vote = DigestVote(sequence: try reader.uint64(), digest: try reader.bytes16()) }
      self = .ack(reign, received: received, digest: vote)
    case 4:
      let reign = try Reign(reading: &reader)
      let agreed = try reader.uint64()
      let final = try reader.uint64()
      guard final <= agreed else { throw .invalid("progress") }
      self = .progress(reign, agreed: agreed, final: final)
    case 5: self = .repair(try Reign(reading: &reader), first: try reader.uint64(), count: try reader.uint16())
    case 6:
      let reign = try Reign(reading: &reader)
      let received = try reader.uint64()
      guard let reason = SuspectReason(rawValue: try reader.uint8()) else { throw .invalid("reason") }
      self = .suspect(reign, received: received, reason)
    case 7: self = .joinTerm(try SignedJoinTerm(reading: &reader))
    case 8: self = .term(try TermStart(reading: &reader, notary: notary))
    case 9: self = .fenced(try Reign(reading: &reader))
    case 10: self = .fetch(next: try Reign(reading: &reader), first: try reader.uint64(), through: try reader.uint64())
    case 11: self = .staged(next: try Reign(reading: &reader), try reader.frames(notary))
    case 12: self = .hail(try Reign(reading: &reader))
    case 13: self = .admit(try RosterEntry(reading: &reader))
    case 14: self = .welcome(try Member(reading: &reader), try Reign(reading: &reader))
    case 15:
      guard let reason = DenyReason(rawValue: try reader.uint8()) else { throw .invalid("reason") }
      self = .deny(reason)
    case 16: self = .leave
    case 17: self = .removed(try reader.lineage(), sequence: try reader.uint64())
    case 18: self = .snapshotWanted(begun: try reader.uint64())
    case 19:
      let sequence = try reader.uint64()
      let size = try reader.uint32()
      guard size > 0, Int(size) <= Limits.snapshotBytes else { throw .tooLarge("snapshot") }
      let offer = SnapshotOffer(sequence: sequence, size: size, root: try reader.bytes32())
      self = .snapshotOffer(offer, giver: try reader.memberID())
    case 20:
      self = .chunksWanted(
        sequence: try reader.uint64(), first: try reader.uint32(), mask: try reader.uint64())
    case 21:
      self = .chunk(
        sequence: try reader.uint64(), index: try reader.uint32(), try reader.data(limit: Limits.chunkBytes))
    case 22:
      self = .evidence(
        try SignedFrame(reading: &reader, notary: notary), try SignedFrame(reading: &reader, notary: notary))
    case 23: self = .statementWanted(sequence: try reader.uint64(), nonce: try reader.bytes16())
    case 24: self = .statement(try SignedStatement(reading: &reader))
    case 25:
      self = .question(
        try Question(reading: &reader), try reader.data(limit: Limits.questionBytes), mask: try reader.uint64())
    case 26:
      let question = try Question(reading: &reader)
      let index = try reader.uint8()
      let count = try reader.uint8()
      let bytes = try reader.data(limit: Limits.answerPieceBytes)
      let fits = count == 0 ? index == 0 && bytes.isEmpty : index < count && Int(count) <= Limits.answerPieces
      guard fits else { throw .invalid("answer") }
      self = .answer(question, index: index, count: count, bytes)
    case 27: self = .kick(Identity(try reader.bytes32()))
    case 28: self = .tick(try reader.tickPeriod())
    case 30: self = .relay(to: try Member(reading: &reader), try reader.data(limit: Limits.datagramBytes))
    case 31:
      self = .relayed(
        from: try Member(reading: &reader), at: try Endpoint(reading: &reader),
        try reader.data(limit: Limits.datagramBytes))
    case 32: self = .unheard(through: try reader.bool() ? try Member(reading: &reader) : nil)
    default: throw .invalid("packet kind")
    }
  }

  private var kind: UInt8 {
    switch self {
    case .frames: 1
    case .envelopes: 2
    case .ack: 3
    case .progress: 4
    case .repair: 5
    case .suspect: 6
    case .joinTerm: 7
    case .term: 8
    case .fenced: 9
    case .fetch: 10
    case .staged: 11
    case .hail: 12
    case .admit: 13
    case .welcome: 14
    case .deny: 15
    case .leave: 16
    case .removed: 17
    case .snapshotWanted: 18
    case .snapshotOffer: 19
    case .chunksWanted: 20
    case .chunk: 21
    case .evidence: 22
    case .statementWanted: 23
    case .statement: 24
    case .question: 25
    case .answer: 26
    case .kick: 27
    case .tick: 28
    case .relay: 30
    case .relayed: 31
    case .unheard: 32
    }
  }
}

extension Question {
  fileprivate func write(to writer: inout ByteWriter) {
    writer.uint64(sequence)
    writer.uint32(number)
  }

  fileprivate init(reading reader: inout ByteReader) throws(DecodeError) {
    sequence = try reader.uint64()
    number = try reader.uint32()
  }
}

extension ByteReader {
  fileprivate mutating func frames(_ notary: some Notary) throws(DecodeError) -> [SignedFrame] {
    var frames: [SignedFrame] = []
    for _ in 0..<(try count(limit: Limits.framesAhead, elementSize: Frame.headerSize + 68)) {
      frames.append(try SignedFrame(reading: &self, notary: notary))
    }
    return frames
  }
}
