import SeloMesh
import SeloWire

/// Law 15: outbox, log and frames stay within their limits; and a peer that was just flushed asks for no step in the
/// past, which would make its shell spin.
struct LimitsHold: Law {
  static let number: Int? = 15

  mutating func check(_ sight: Sight) -> String? {
    let mesh = sight.mesh
    if mesh.outbox.count > Limits.outboxMessages { return "\(mesh.outbox.count) messages in the outbox" }
    if mesh.log.received + 1 - mesh.log.oldest > UInt64(Limits.logFrames) { return "the log is too long" }
    if let newest = mesh.log[mesh.log.received], newest.bytes.count > Limits.frameBytes {
      return "frame \(newest.sequence) has \(newest.bytes.count) bytes"
    }
    if sight.isFlushed, let deadline = mesh.deadline, deadline <= sight.reading { return "the deadline is in the past" }
    return nil
  }
}
