import SeloMesh
import SeloVM
import SeloWire

/// Law 8: the world's digest is a function of founding and log prefix. Digests cost, so each agreed frame that is a
/// multiple of 16 is compared, and the newest at the end.
struct WorldFollowsLog<W: World>: Law {
  private var digests: [Bytes32: Digest] = [:]
  private var checked: [Int: Bytes32] = [:]

  mutating func check(_ peer: SimulatedPeer<W>, at now: Instant) -> String? {
    guard let mesh = peer.mesh, mesh.agreed % 16 == 0 else { return nil }
    return compare(peer, mesh)
  }

  mutating func compare(_ peer: SimulatedPeer<W>, _ mesh: Mesh) -> String? {
    let chain = mesh.log.floor.chain
    guard checked[peer.index] != chain, let digest = peer.digest else { return nil }
    checked[peer.index] = chain
    if let known = digests[chain], known != digest {
      return "\(peer.name) has digest \(digest) at agreed frame \(mesh.agreed), somebody before had \(known)"
    }
    digests[chain] = digest
    return nil
  }
}
