import SeloMesh
import SeloVM
import SeloWire

/// Law 10: a member id, with its incarnation, belongs to one process life.
struct IdsVoteOnce<W: World>: Law {
  private struct Name: Hashable {
    let founder: LineageID
    let member: Member
  }

  private var owners: [Name: (index: Int, life: UInt64)] = [:]

  mutating func check(_ sight: Sight<W>) -> String? {
    guard sight.isNew else { return nil }
    let name = Name(founder: sight.mesh.promise.lineage, member: sight.mesh.facts.me)
    if let owner = owners[name] { return "id \(name.member.id.value) was \(owner.index)'s in life \(owner.life)" }
    owners[name] = (sight.peer.index, sight.peer.life)
    return nil
  }
}
