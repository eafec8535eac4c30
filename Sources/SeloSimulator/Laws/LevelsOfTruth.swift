import SeloMesh
import SeloVM
import SeloWire

/// Law 7: final ≤ agreed ≤ received, agreed and final never fall; and what a reflector calls agreed is held by quorums
/// of the rosters in force, counted in the logs of all processes, those of the dead as they were.
struct LevelsOfTruth<W: World>: Law {
  private struct Levels {
    var agreed: UInt64
    var final: UInt64
    var wasReflector: Bool
  }

  private var levels: [Int: Levels] = [:]

  mutating func check(_ sight: Sight<W>) -> String? {
    let mesh = sight.mesh
    guard mesh.final <= mesh.agreed, mesh.agreed <= mesh.log.received else {
      return "final \(mesh.final), agreed \(mesh.agreed), received \(mesh.log.received)"
    }
    let known = sight.isNew ? nil : levels[sight.peer.index]
    levels[sight.peer.index] = Levels(agreed: mesh.agreed, final: mesh.final, wasReflector: mesh.isReflector)
    guard let known else { return nil }
    if mesh.agreed < known.agreed || mesh.final < known.final { return "agreed or final falls" }
    guard known.wasReflector, mesh.isReflector, mesh.agreed > known.agreed else { return nil }
    return isHeld(sight) ? nil : "no quorum holds frame \(mesh.agreed)"
  }

  private func isHeld(_ sight: Sight<W>) -> Bool {
    let mesh = sight.mesh
    guard let chain = mesh.log.chain(at: mesh.agreed) else { return true }
    // A frame that was stamped after the agreement may have changed the roster already: it does not count yet.
    let rosters = mesh.log.head.rosters.filter { $0.sequence <= mesh.agreed }.suffix(1).map(\.roster)
    return Agreement.isQuorum(rosters) { voter in
      // Whose log is nowhere any more left the session under this id; what it held is not known.
      sight.log(voter).map { $0.chain(at: mesh.agreed) == chain || $0.oldest > mesh.agreed } ?? true
    }
  }
}
