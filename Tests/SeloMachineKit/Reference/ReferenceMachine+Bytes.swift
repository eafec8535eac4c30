package import SeloVM

/// Snapshot and digest, as docs/ARCHITECTURE.md and the engine define them (VM rules 26, 27).
extension ReferenceMachine {
  func ids(of type: any Node.Type) -> [NodeID] {
    guard let index = types.firstIndex(where: { $0 == type }), index > 0 else { return [] }
    return state.nodes.keys.filter { $0.typeIndex == index }.sorted()
  }

  package func snapshot() -> [UInt8] {
    var sink = ByteSink()
    writeHead(to: &sink)
    sink.data(state.root.encoded())
    for type in types.dropFirst() {
      sink.count(ids(of: type).count)
      for id in ids(of: type) {
        sink.uint64(id.value)
        sink.data(state.nodes[id]?.encoded() ?? [])
      }
    }
    sink.count(state.pending.count { !$0.isExternal })
    for message in state.pending where !message.isExternal {
      message.writeInternalHead(to: &sink)
      if case .message(let content) = message.content { sink.data(content.encoded()) }
    }
    sink.count(state.pending.count { $0.isExternal })
    for message in state.pending where message.isExternal {
      message.writeExternalHead(to: &sink)
      if case .message(let content) = message.content { sink.data(content.encoded()) }
    }
    return sealed(sink.bytes)
  }

  package func digest() -> Digest {
    var sink = DigestSink(key: 0)
    writeHead(to: &sink)
    state.root.write(to: &sink)
    for type in types.dropFirst() {
      var sum: UInt128 = 0
      for id in ids(of: type) {
        var node = DigestSink(key: id.value)
        state.nodes[id]?.write(to: &node)
        sum &+= node.value
      }
      sink.count(ids(of: type).count)
      sink.uint64(UInt64(truncatingIfNeeded: sum >> 64))
      sink.uint64(UInt64(truncatingIfNeeded: sum))
    }
    sink.count(state.pending.count { !$0.isExternal })
    for message in state.pending where !message.isExternal {
      message.writeInternalHead(to: &sink)
      if case .message(let content) = message.content { content.write(to: &sink) }
    }
    sink.count(state.pending.count { $0.isExternal })
    for message in state.pending where message.isExternal {
      message.writeExternalHead(to: &sink)
      if case .message(let content) = message.content { content.write(to: &sink) }
    }
    return Digest(sink.value)
  }

  private func writeHead(to sink: inout some ReplicaSink) {
    sink.text(W.name)
    sink.int(W.version)
    sink.uint64(Machine<W>.schemaFingerprint)
    sink.count(W.nodes.count)
    sink.uint64(state.limits.messagesPerInstant)
    sink.uint64(UInt64(state.limits.zeroDelayDepth))
    sink.int(state.limits.nodes)
    sink.int(state.limits.pendingMessages)
    sink.uint64(state.seed)
    sink.int64(state.now.nanoseconds)
    sink.uint64(state.messagesThisInstant)
    state.failedTurns.write(to: &sink)
    state.takenLetters.newest.write(to: &sink)
    state.skipped.sorted().write(to: &sink)
  }

  /// Magic, format and length before, the checksum behind.
  private func sealed(_ body: [UInt8]) -> [UInt8] {
    var sink = ByteSink()
    sink.raw(Array("SELW".utf8))
    sink.uint16(2)
    sink.uint64(UInt64(4 + 2 + 8 + body.count + 16))
    sink.raw(body)
    let sum = sink.bytes.withUnsafeBytes { Checksum.of($0) }
    sink.raw(Digest(sum).bytes)
    return sink.bytes
  }
}

extension ReferenceMessage {
  fileprivate func writeInternalHead(to sink: inout some ReplicaSink) {
    sink.int64(time.nanoseconds)
    sink.uint64(target.value)
    sink.uint64(cause)
  }

  fileprivate func writeExternalHead(to sink: inout some ReplicaSink) {
    sink.int64(time.nanoseconds)
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
