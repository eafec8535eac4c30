import SeloMesh
import SeloWire

/// Law 13: at most one lineage of a founding has no branch and a quorum. The lineage of the founding is the only one
/// without a branch, so nobody may have it twice: two reflectors of it, in different reigns, each followed by a quorum
/// of the rosters in force in its own log. And nobody else names a lineage of that founding its trunk.
struct OneTrunk: Law {
  static let number: Int? = 13
  private var agreed: [Int: UInt64] = [:]

  mutating func check(_ sight: Sight) -> String? {
    let mesh = sight.mesh
    guard sight.isContested, mesh.isReflector, mesh.isTrunk, agreed[sight.index] != mesh.agreed else { return nil }
    agreed[sight.index] = mesh.agreed
    let living = sight.living()
    let others = living.filter {
      $0.isReflector && $0.isTrunk && $0.facts.session == mesh.facts.session && $0.promise != mesh.promise
    }
    guard !others.isEmpty, isFollowed(mesh, living) else { return nil }
    guard let other = others.first(where: { isFollowed($0, living) }) else { return nil }
    return "terms \(mesh.promise.term.number) and \(other.promise.term.number) of the trunk each have a quorum"
  }

  private func isFollowed(_ reflector: Mesh, _ living: [Mesh]) -> Bool {
    let followers = living.filter { $0.isNormal && $0.promise == reflector.promise }.map(\.facts.me)
    let rosters = reflector.log.head.rostersInForce(agreed: reflector.agreed)
    return Agreement.isQuorum(rosters) { followers.contains($0) }
  }
}
