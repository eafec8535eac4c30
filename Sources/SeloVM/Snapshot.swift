/// The bytes of a state (VM rule 26): equal states have equal bytes, and what is restored is written the same again.
///
///     size  name           meaning
///     4     magic          "SELW"
///     2     format         1
///     8     length         of everything, header and checksum included
///     …     world          name as text, version (8), fingerprint (8)
///     16    limits         messages per instant (8), zero-delay depth (8)
///     32    position       seed, now, messages this instant, next sequence (8 each)
///     …     failed turns   total (8), count (4), then time, cause, target (8 each), kind (1)
///     …     root           length (4), state
///     …     columns        for each type in order: count (4), then id (8), length (4), state; ids ascend
///     …     queue          count (4), then head, length (4), content; positions ascend
///     16    checksum       of all bytes before: finds accidents, not attackers
extension State {
  static let magic: [UInt8] = Array("SELW".utf8)
  static let format: UInt16 = 1

  func snapshot(_ program: Program) -> [UInt8] {
    var body = ByteSink(reserving: 256 + 64 * (nodes.count + queue.count))
    var part = ByteSink()
    body.text(program.worldName)
    body.int(program.version)
    body.uint64(program.fingerprint)
    body.uint64(limits.messagesPerInstant)
    body.uint64(UInt64(limits.zeroDelayDepth))
    body.uint64(seed)
    body.int64(now.nanoseconds)
    body.uint64(messagesThisInstant)
    body.uint64(nextSequence)
    failedTurns.write(to: &body)
    body.part(&part) { program.types[0].writeNode(root, &$0) }
    for typeIndex in program.types.indices.dropFirst() {
      body.count(nodes.count(ofType: typeIndex))
      nodes.forEach(ofType: typeIndex) { id, cell in
        body.uint64(id.value)
        body.part(&part) { program.types[typeIndex].writeNode(cell, &$0) }
      }
    }
    body.count(queue.count)
    queue.forEach { message in
      message.writeHead(to: &body)
      body.part(&part) { part in
        guard case .message(let cell) = message.content else { return }
        program.types[message.target.typeIndex].writeMessage(cell, &part)
      }
    }
    return Self.sealed(body.bytes)
  }

  /// A body with its header and checksum.
  static func sealed(_ body: [UInt8]) -> [UInt8] {
    var sink = ByteSink(reserving: body.count + headerBytes + checksumBytes)
    sink.raw(magic)
    sink.uint16(format)
    sink.uint64(UInt64(body.count + headerBytes + checksumBytes))
    sink.raw(body)
    sink.raw(checksum(sink.bytes[...]))
    return sink.bytes
  }

  static let headerBytes = 14
  static let checksumBytes = 16

  static func checksum(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    var sink = DigestSink(key: 1)
    sink.raw(bytes)
    return Digest(sink.value).bytes
  }
}

extension ByteSink {
  /// What `write` writes, behind its length.
  fileprivate mutating func part(_ scratch: inout ByteSink, _ write: (inout ByteSink) -> Void) {
    scratch.removeAll()
    write(&scratch)
    data(scratch.bytes)
  }
}

extension FailedTurns {
  func write(to sink: inout some ReplicaSink) {
    sink.uint64(total)
    sink.count(newest.count)
    for turn in newest {
      sink.int64(turn.time.nanoseconds)
      sink.uint64(turn.cause)
      sink.uint64(turn.target.value)
      sink.uint8(turn.kind.rawValue)
    }
  }
}

extension PendingMessage {
  /// Everything but a message of the target's type.
  func writeHead(to sink: inout some ReplicaSink) {
    position.time.write(to: &sink)
    sink.uint8(position.class.rawValue)
    sink.uint64(position.sequence)
    sink.uint32(position.place)
    target.write(to: &sink)
    sink.uint64(cause)
    sink.uint32(depth)
    author.write(to: &sink)
    switch content {
    case .message: sink.uint8(0)
    case .undecodable: sink.uint8(1)
    case .presence(let presence):
      sink.uint8(2)
      presence.write(to: &sink)
    }
  }
}
