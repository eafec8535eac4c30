import SeloMesh
import SeloVM
import SeloWire

/// Law 1: agreed prefixes of one lineage are equal. The lineage is that of the peer, not of the frame: a branch may
/// agree on the end of its parent's log that the parent itself never agreed on.
struct AgreedPrefixes<W: World>: Law {
  private struct Place: Hashable {
    let lineage: LineageID
    let sequence: UInt64
  }

  private var chains: [Place: Bytes32] = [:]
  private var checked: [Int: UInt64] = [:]

  mutating func check(_ sight: Sight<W>) -> String? {
    let mesh = sight.mesh
    let known = sight.isNew ? 0 : checked[sight.peer.index] ?? 0
    checked[sight.peer.index] = mesh.agreed
    var sequence = max(known, mesh.log.oldest - 1)
    while sequence < mesh.agreed {
      sequence += 1
      guard let frame = mesh.log[sequence] else { continue }
      let place = Place(lineage: mesh.lastNormal.lineage, sequence: sequence)
      if let known = chains[place], known != frame.hash { return "another frame \(sequence) was agreed before" }
      chains[place] = frame.hash
    }
    return nil
  }
}
