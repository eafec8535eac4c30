/// A message that waits for a node, as the queue holds it: when, whom for, why, and where its content lies. 32 bytes.
@usableFromInline
struct Link: Sendable {
  /// When it is due.
  @usableFromInline let time: VirtualTime
  /// Its identity (VM rule 16).
  @usableFromInline let cause: UInt64
  /// The node it is for; there need not be one any more.
  @usableFromInline let target: NodeID
  /// The content itself, when a message of the target's type fits (``InlineMessage``), else its slot in the slab.
  @usableFromInline var payload: UInt32
  /// While it waits: where the target probably lies, or ``unknown``. Sent without delay: how long the chain is.
  @usableFromInline var hint: UInt32

  @inlinable
  init(time: VirtualTime, cause: UInt64, target: NodeID, payload: UInt32, hint: UInt32) {
    self.time = time
    self.cause = cause
    self.target = target
    self.payload = payload
    self.hint = hint
  }

  /// Everything of it that is state, but for the content.
  @inlinable
  func writeHead(to sink: inout some ReplicaSink) {
    sink.int64(time.nanoseconds)
    sink.uint64(target.value)
    sink.uint64(cause)
  }

  /// No slot.
  @usableFromInline static let unknown = UInt32.max
}

/// Messages of up to four plain bytes, such as most enums, lie in the link itself: no slab, no memory to be freed.
@usableFromInline
enum InlineMessage {
  /// Whether messages of this type do. Known to the compiler where the type is.
  @inlinable
  static func fits<Message>(_ type: Message.Type) -> Bool {
    MemoryLayout<Message>.size <= 4 && MemoryLayout<Message>.alignment <= 4 && _isPOD(type)
  }

  @inlinable
  static func payload<Message>(of message: Message) -> UInt32 {
    var payload: UInt32 = 0
    withUnsafeMutableBytes(of: &payload) { bytes in
      withUnsafeBytes(of: message) { bytes.copyMemory(from: $0) }
    }
    return payload
  }

  @inlinable
  static func message<Message>(in payload: UInt32, as type: Message.Type) -> Message {
    withUnsafeBytes(of: payload) { $0.load(as: type) }
  }
}
