/// The dispatch table of one node type: what the machine does with nodes and messages whose type it does not know.
///
/// It is made by ``Node/operations()``; there is nothing in it to call. Made where the node type is defined, all of it
/// is specialised for that type: a stretch of messages costs one call through the table, whatever its length.
public final class Operations: Sendable {
  @usableFromInline let identity: ObjectIdentifier
  @usableFromInline let nodeLayout: Layout
  @usableFromInline let messageLayout: Layout
  @usableFromInline let messagesLieInLinks: Bool

  /// Runs the turns of a stretch of messages to nodes of this type; `first` is the number of the first in its round.
  @usableFromInline let run: @Sendable (Lane, _ stretch: UnsafeBufferPointer<Link>, _ first: Int) -> Void
  /// Runs a turn of the root, and changes the value only if it does not throw. Nil for nodes.
  @usableFromInline let runRoot: (@Sendable (Lane, _ root: UnsafeMutableRawPointer, RootTurn) throws -> Void)?

  @usableFromInline let writeNode: @Sendable (UnsafeRawPointer, inout ByteSink) -> Void
  @usableFromInline let readNode: @Sendable (inout ReplicaReader, _ into: UnsafeMutableRawPointer) throws -> Void
  @usableFromInline let hashNode: @Sendable (UnsafeRawPointer, inout DigestSink) -> Void
  /// The sum of the hashes of the nodes in the mask, each keyed by its id.
  @usableFromInline let sumNodes: @Sendable (UnsafeRawPointer, _ ids: UnsafePointer<UInt64>, _ mask: UInt64) -> UInt128
  /// Writes the nodes of these slots, each behind its id and its length.
  @usableFromInline let writeNodes: @Sendable (Chunks, _ slots: UnsafeBufferPointer<UInt32>, inout ByteSink) -> Void
  /// Writes waiting messages to nodes of this type, each content behind head and length.
  @usableFromInline let writeMessages: @Sendable (Chunks, UnsafeBufferPointer<Link>, inout ByteSink) -> Void
  @usableFromInline let hashMessages: @Sendable (Chunks, UnsafeBufferPointer<Link>, inout DigestSink) -> Void
  @usableFromInline let writeMessage: @Sendable (UnsafeRawPointer, inout ByteSink) -> Void
  @usableFromInline let readMessage: @Sendable (inout ReplicaReader, _ into: UnsafeMutableRawPointer) throws -> Void
  @usableFromInline let hashMessage: @Sendable (UnsafeRawPointer, inout DigestSink) -> Void
  /// Moves a node to memory that holds none.
  @usableFromInline let moveNode: @Sendable (_ from: UnsafeMutableRawPointer, _ to: UnsafeMutableRawPointer) -> Void
  /// Copies a message to memory that holds none.
  @usableFromInline let copyMessage: @Sendable (_ from: UnsafeRawPointer, _ to: UnsafeMutableRawPointer) -> Void
  @usableFromInline let anyNode: @Sendable (UnsafeRawPointer) -> any Node
  @usableFromInline let anyMessage: @Sendable (UnsafeRawPointer) -> any Replicated

  @inlinable
  init<N: Node>(
    _ type: N.Type, runRoot: (@Sendable (Lane, UnsafeMutableRawPointer, RootTurn) throws -> Void)?
  ) {
    typealias Message = N.Message
    identity = ObjectIdentifier(type)
    nodeLayout = Layout(of: type)
    messageLayout = Layout(of: Message.self)
    messagesLieInLinks = InlineMessage.fits(Message.self)
    self.runRoot = runRoot
    run = { lane, stretch, first in
      var turn = Turn<N>(in: lane)
      for index in stretch.indices {
        let link = stretch[index]
        guard let place = lane.node(of: link, as: type) else { continue }  // Gone: dropped (VM rule 14).
        lane.begin(link, slot: place.slot, number: first + index)
        let slot = Int(place.slot & 63)
        let node = (place.base + Chunk.valuesOffset).assumingMemoryBound(to: type) + slot
        // A copy, so that a turn that throws leaves nothing behind.
        var value = node.pointee
        do {
          try value.receive(lane.message(of: link, as: Message.self), &turn)
          node.pointee = value
          Chunk.touch(place.base, slot)
        } catch {
          lane.fail(error)
        }
      }
    }
    writeNode = { node, sink in node.assumingMemoryBound(to: type).pointee.write(to: &sink) }
    readNode = { reader, memory in memory.initializeMemory(as: type, to: try N(from: &reader)) }
    hashNode = { node, sink in node.assumingMemoryBound(to: type).pointee.write(to: &sink) }
    sumNodes = { nodes, ids, mask in
      let nodes = nodes.assumingMemoryBound(to: type)
      var sum: UInt128 = 0
      for slot in Slots(mask) {
        var sink = DigestSink(key: ids[slot])
        nodes[slot].write(to: &sink)
        sum &+= sink.value
      }
      return sum
    }
    writeNodes = { chunks, slots, sink in
      withUnsafeTemporaryAllocation(of: UInt64.self, capacity: Chunks.batch) { ids in
        for first in stride(from: 0, to: slots.count, by: Chunks.batch) {
          let batch = UnsafeBufferPointer(rebasing: slots[first..<min(first + Chunks.batch, slots.count)])
          _ = chunks.fetch(batch, stride: MemoryLayout<N>.stride, ids: ids)
          for (index, slot) in batch.enumerated() {
            sink.uint64(ids[index])
            let place = sink.placeholder()
            chunks.value(slot, as: type).pointee.write(to: &sink)
            sink.fill(place)
          }
        }
      }
    }
    writeMessages = { chunks, links, sink in
      for link in links {
        link.writeHead(to: &sink)
        let place = sink.placeholder()
        chunks.message(link.payload, as: Message.self).write(to: &sink)
        sink.fill(place)
      }
    }
    hashMessages = { chunks, links, sink in
      for link in links {
        link.writeHead(to: &sink)
        chunks.message(link.payload, as: Message.self).write(to: &sink)
      }
    }
    writeMessage = { message, sink in message.assumingMemoryBound(to: Message.self).pointee.write(to: &sink) }
    readMessage = { reader, memory in
      memory.initializeMemory(as: Message.self, to: try Message(from: &reader))
    }
    hashMessage = { message, sink in message.assumingMemoryBound(to: Message.self).pointee.write(to: &sink) }
    moveNode = { source, target in
      target.moveInitializeMemory(as: type, from: source.assumingMemoryBound(to: type), count: 1)
    }
    copyMessage = { source, target in
      target.initializeMemory(as: Message.self, to: source.assumingMemoryBound(to: Message.self).pointee)
    }
    anyNode = { $0.assumingMemoryBound(to: type).pointee }
    anyMessage = { $0.assumingMemoryBound(to: Message.self).pointee }
  }
}

extension Operations {
  /// The table of a node type.
  @inlinable
  public convenience init<N: Node>(of type: N.Type) { self.init(type, runRoot: nil) }

  /// The table of a world: that of a node type, and the turns that only a root has.
  @inlinable
  public convenience init<W: World>(of type: W.Type) {
    self.init(type) { lane, root, call in
      let root = root.assumingMemoryBound(to: type)
      var turn = Turn<W>(in: lane)
      var value = root.pointee
      switch call {
      case .start: value.start(&turn)
      case .message(let message): try value.receive(message.assumingMemoryBound(to: W.Message.self).pointee, &turn)
      case .external(let message, let author):
        let message = message.assumingMemoryBound(to: W.Message.self)
        guard W.accepts(message.pointee, from: author) else { throw Refusal.refused }
        try value.receive(message.pointee, &turn)
      case .presence(let presence): try value.presence(presence, &turn)
      case .letter(let letter): try value.letter(letter, &turn)
      }
      root.pointee = value
    }
  }
}

/// Why the root has a turn.
@usableFromInline
enum RootTurn {
  case start
  /// A message from a node or from itself.
  case message(UnsafeRawPointer)
  case external(UnsafeRawPointer, author: PeerID)
  case presence(Presence)
  case letter(Letter)
}

extension Operations {
  /// The content of a message, for as long as `body` runs.
  func withContent<Result>(
    _ payload: UInt32, in slab: Slab, _ body: (UnsafeRawPointer) throws -> Result
  ) rethrows -> Result {
    guard messagesLieInLinks else { return try body(slab.value(at: payload)) }
    return try withUnsafePointer(to: payload) { try body($0) }
  }
}
