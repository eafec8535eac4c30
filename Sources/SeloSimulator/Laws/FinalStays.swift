import SeloMesh
import SeloVM
import SeloWire

/// Law 5: a living peer never rolls back what it reported final.
struct FinalStays<W: World>: Law {
  private var finals: [Int: UInt64] = [:]

  mutating func check(_ sight: Sight<W>) -> String? {
    let known = sight.isNew ? 0 : finals[sight.peer.index] ?? 0
    finals[sight.peer.index] = sight.mesh.final
    if let cut = sight.rolledBackTo, cut < known { return "rolled back to \(cut) below the final frame \(known)" }
    return nil
  }
}
