/// The bytes of a state (VM rule 26): equal states have equal bytes, and what is restored is written the same again.
///
///     size  name           meaning
///     4     magic          "SELW"
///     2     format         2
///     8     length         of everything, header and checksum included
///     …     world          name as text, version (8), fingerprint (8), number of columns (4)
///     32    limits         messages per instant, zero-delay depth, nodes, pending messages (8 each)
///     24    position       seed, now, messages this instant (8 each)
///     …     failed turns   total (8), count (4), then time, cause, target (8 each), kind (1)
///     …     letters        count (4), then source and cause of each in a word (8), the oldest first
///     …     skipped        count (4), then causes (8) in ascending order
///     …     root           length (4), state
///     …     columns        for each type in order: count (4), then id (8), length (4), state; ids ascend
///     …     internal       count (4), then time, target, cause (8 each), length (4), content; in their order
///     …     external       count (4), then time, sequence (8 each), place (4), cause (8), author, kind (1), content
///     16    checksum       of all bytes before: finds accidents, not attackers
extension State {
  static let magic: [UInt8] = Array("SELW".utf8)
  static let format: UInt16 = 2
  static let headerBytes = 14
  static let checksumBytes = 16

  func snapshot(_ program: Program) -> [UInt8] {
    var sink = ByteSink(reserving: expectedBytes(program))
    sink.raw(Self.magic)
    sink.uint16(Self.format)
    sink.uint64(0)
    writeHead(to: &sink, program)
    sink.part { program.types[0].writeNode(root.values, &$0) }
    for (column, type) in zip(columns, program.types).dropFirst() {
      sink.count(column.count)
      let slots = column.slots()
      let bases = column.slab.bases
      slots.withUnsafeBufferPointer { slots in
        bases.withUnsafeBufferPointer { type.writeNodes(Chunks(bases: $0), slots, &sink) }
      }
    }
    sink.count(queue.count)
    forEachStretch(of: queue.inOrder()) { type, links, chunks in program.types[type].writeMessages(chunks, links, &sink)
    }
    sink.count(externals.count)
    for external in externals.inOrder { write(external, to: &sink, program.types[0]) }
    Self.seal(&sink)
    return sink.finish()
  }

  /// The stretches of waiting messages whose targets are of one type.
  func forEachStretch(of links: LinkBuffer, _ body: (_ type: Int, UnsafeBufferPointer<Link>, Chunks) -> Void) {
    let bases = messages.map(\.bases)
    var start = 0
    while start < links.count {
      let type = links[start].target.typeIndex
      let end = links.endOfStretch(from: start, before: links.count)
      let stretch = UnsafeBufferPointer(start: links.links + start, count: end - start)
      bases[type].withUnsafeBufferPointer { body(type, stretch, Chunks(bases: $0)) }
      start = end
    }
  }

  private func expectedBytes(_ program: Program) -> Int {
    let nodes = zip(columns, program.types).reduce(0) { $0 + $1.0.count * ($1.1.nodeLayout.stride + 12) }
    return 4_096 + nodes + queue.count * 48
  }

  func writeHead(to sink: inout some ReplicaSink, _ program: Program) {
    sink.text(program.worldName)
    sink.int(program.version)
    sink.uint64(program.fingerprint)
    sink.count(program.types.count - 1)
    sink.uint64(limits.messagesPerInstant)
    sink.uint64(UInt64(limits.zeroDelayDepth))
    sink.int(limits.nodes)
    sink.int(limits.pendingMessages)
    sink.uint64(seed)
    sink.int64(now.nanoseconds)
    sink.uint64(messagesThisInstant)
    failedTurns.write(to: &sink)
    takenLetters.newest.write(to: &sink)
    skipped.write(to: &sink)
  }

  private func write(_ external: External, to sink: inout ByteSink, _ root: Operations) {
    external.writeHead(to: &sink)
    guard case .message(let payload) = external.content else { return }
    sink.part { part in root.withContent(payload, in: messages[0]) { root.writeMessage($0, &part) } }
  }

  /// With its length and its checksum.
  static func seal(_ sink: inout ByteSink) {
    sink.setLength(sink.count + checksumBytes, at: 6)
    let sum = sink.withWritten { checksum($0) }
    sink.raw(sum)
  }

  /// A body with its header and its checksum.
  static func sealed(_ body: [UInt8]) -> [UInt8] {
    var sink = ByteSink(reserving: body.count + headerBytes + checksumBytes)
    sink.raw(magic)
    sink.uint16(format)
    sink.uint64(0)
    sink.raw(body)
    seal(&sink)
    return sink.finish()
  }

  static func checksum(_ bytes: UnsafeRawBufferPointer) -> [UInt8] { Digest(Checksum.of(bytes)).bytes }
}

extension ByteSink {
  /// What `write` writes, behind its length.
  fileprivate mutating func part(_ write: (inout ByteSink) -> Void) {
    let place = placeholder()
    write(&self)
    fill(place)
  }
}

extension FailedTurns {
  package func write(to sink: inout some ReplicaSink) {
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

extension External {
  /// Everything but a message of the root's type.
  func writeHead(to sink: inout some ReplicaSink) {
    time.write(to: &sink)
    sink.uint64(sequence)
    sink.uint32(place)
    sink.uint64(cause)
    author.write(to: &sink)
    switch content {
    case .message: sink.uint8(0)
    case .undecodable: sink.uint8(1)
    case .presence(let presence):
      sink.uint8(2)
      presence.write(to: &sink)
    case .letter(let letter):
      sink.uint8(3)
      letter.write(to: &sink)
    }
  }
}
