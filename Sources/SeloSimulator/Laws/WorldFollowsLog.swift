import SeloMesh
import SeloVM
import SeloWire

/// Law 8: the world's digest is a function of founding and log prefix. With it law 16: who joined and left is part of
/// the prefix, so a world that heard something else has another digest.
///
/// A machine that errs computes something else by itself; until it is out its world says nothing about the log.
///
/// Digests cost, so each agreed frame that is a multiple of 16 is compared.
struct WorldFollowsLog: Law {
  static let number: Int? = 8
  private var digests: [Bytes32: Digest] = [:]
  private var checked: [Int: Bytes32] = [:]

  mutating func check(_ sight: Sight) -> String? {
    guard sight.mesh.agreed % 16 == 0 else { return nil }
    let chain = sight.mesh.log.floor.chain
    guard checked[sight.index] != chain, let digest = sight.digest() else { return nil }
    checked[sight.index] = chain
    if let known = digests[chain], known != digest {
      return "digest \(digest) at agreed frame \(sight.mesh.agreed), somebody before had \(known)"
    }
    digests[chain] = digest
    return nil
  }
}
