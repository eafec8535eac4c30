import SeloMesh
import SeloWire

/// Law 1: agreed prefixes of one lineage are equal, and nobody takes back what it knows to be agreed. The lineage is
/// that of the peer, not of the frame: a branch may agree on the end of its parent's log that the parent itself never
/// agreed on.
///
/// A reflector that signs two frames for one place can make two quorums hold different ones: its reigns are left out.
struct AgreedPrefixes: Law {
  private struct Place: Hashable {
    let lineage: LineageID
    let sequence: UInt64
  }

  static let number: Int? = 1
  private var chains = Ledger<Place, Bytes32>()
  private var checked: [Int: UInt64] = [:]

  mutating func check(_ sight: Sight) -> String? {
    let mesh = sight.mesh
    let known = sight.isNew ? 0 : checked[sight.index] ?? 0
    if let cut = sight.rolledBackTo, cut < known { return "rolled back to \(cut) below the agreed frame \(known)" }
    if checked[sight.index] != mesh.agreed { checked[sight.index] = mesh.agreed }
    var sequence = max(known, mesh.log.oldest - 1)
    while sequence < mesh.agreed {
      sequence += 1
      guard let frame = mesh.log[sequence], !sight.liars.contains(frame.frame.reign) else { continue }
      let place = Place(lineage: mesh.lastNormal.lineage, sequence: sequence)
      if let known = chains.note(frame.hash, at: place), known != frame.hash {
        return "another frame \(sequence) was agreed before"
      }
    }
    return nil
  }
}
