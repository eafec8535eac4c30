import SeloMesh
import SeloWire

/// Law 5: a living peer never rolls back what it reported final.
struct FinalStays: Law {
  static let number: Int? = 5
  private var finals: [Int: UInt64] = [:]

  mutating func check(_ sight: Sight) -> String? {
    let known = sight.isNew ? 0 : finals[sight.index] ?? 0
    if finals[sight.index] != sight.mesh.final { finals[sight.index] = sight.mesh.final }
    if let cut = sight.rolledBackTo, cut < known { return "rolled back to \(cut) below the final frame \(known)" }
    return nil
  }
}
