import SeloMesh
import SeloVM
import SeloWire

/// Law 1: agreed prefixes of one lineage are equal.
struct AgreedPrefixes<W: World>: Law {
  private var chains: [LineageID: [UInt64: Bytes32]] = [:]
  private var checked: [Int: UInt64] = [:]

  mutating func check(_ peer: SimulatedPeer<W>, at now: Instant) -> String? {
    guard let mesh = peer.mesh, let reign = mesh.log.floor.reign else { return nil }
    let agreed = mesh.agreed
    let from = checked[peer.index] == agreed ? agreed : max(checked[peer.index] ?? 0, mesh.log.oldest)
    checked[peer.index] = agreed
    for sequence in min(from, agreed)...agreed {
      guard let frame = mesh.log[sequence] else { continue }
      let lineage = frame.frame.reign.lineage
      if let known = chains[lineage]?[sequence], known != frame.hash {
        return "\(peer.name) agreed on another frame \(sequence) of lineage \(reign.lineage) than somebody before"
      }
      chains[lineage, default: [:]][sequence] = frame.hash
    }
    return nil
  }
}
