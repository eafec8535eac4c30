import SeloMesh
import SeloWire

/// Law 12: a staged log is never visible. While a new term is promised or taken up the log stands still.
struct StagedIsHidden: Law {
  static let number: Int? = 12

  mutating func check(_ sight: Sight) -> String? {
    guard let step = sight.step, step.earlier.log.head.chain != sight.mesh.log.head.chain else { return nil }
    switch (step.earlier.phase, sight.mesh.phase) {
    case (.staging, .staging): return "the log moved while staging"
    case (.joining, .joining): return "the log moved while joining"
    default: return nil
    }
  }
}
