import SeloMesh
import SeloWire

/// Of law 7: final ≤ agreed ≤ received, and agreed and final never fall, along a log and at a peer.
struct LevelsOfTruth: Law {
  private struct Levels: Hashable {
    let agreed: UInt64
    let final: UInt64
  }

  static let number: Int? = 7
  private var levels: [Int: Levels] = [:]

  mutating func check(_ sight: Sight) -> String? {
    let mesh = sight.mesh
    guard mesh.final <= mesh.agreed, mesh.agreed <= mesh.log.received else {
      return "final \(mesh.final), agreed \(mesh.agreed), received \(mesh.log.received)"
    }
    let now = Levels(agreed: mesh.agreed, final: mesh.final)
    let known = sight.isNew ? nil : levels[sight.index]
    if known != now { levels[sight.index] = now }
    if let known, now.agreed < known.agreed || now.final < known.final { return "agreed or final falls" }
    var before = sight.before
    for frame in sight.fresh {
      if let before, frame.frame.agreed < before.frame.agreed || frame.frame.final < before.frame.final {
        return "agreement falls at frame \(frame.sequence)"
      }
      before = frame
    }
    return nil
  }
}
