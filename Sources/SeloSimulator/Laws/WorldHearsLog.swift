import SeloMesh
import SeloWire

/// Law 8 where there are no worlds: what a mesh tells its world in a step leads, frame by frame along the chain, from
/// the log that it had to the log that it has. And of law 4: a reign that was handed over is its successor's.
struct WorldHearsLog: Law {
  static let number: Int? = 8

  mutating func check(_ sight: Sight) -> String? {
    guard let step = sight.step else { return nil }
    var heard = step.earlier.log.head.chain
    var last = step.earlier.log[step.earlier.log.received]
    for effect in step.effects {
      switch effect {
      case .rollBack(let sequence):
        guard let chain = step.earlier.log.chain(at: sequence) else { return "the world cannot go back to \(sequence)" }
        heard = chain
        last = step.earlier.log[sequence]
      case .deliver(let frame, _):
        if frame.frame.previous != heard { return "the world hears frame \(frame.sequence) behind another" }
        if let last, !isHeir(frame, of: last) { return "nobody handed over to frame \(frame.sequence)" }
        heard = frame.hash
        last = frame
      default: break
      }
    }
    return heard == sight.mesh.log.head.chain ? nil : "world and log differ"
  }

  private func isHeir(_ frame: SignedFrame, of last: SignedFrame) -> Bool {
    guard frame.frame.reign != last.frame.reign, frame.frame.reign.term.handover > 0 else { return true }
    let next = Reign(lineage: last.frame.reign.lineage, term: last.frame.reign.term.handedOver)
    return last.frame.successor != nil && frame.frame.reign == next
  }
}
