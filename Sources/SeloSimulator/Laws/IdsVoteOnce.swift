import SeloMesh
import SeloWire

/// Law 10: a member id, with its incarnation, belongs to one process life.
struct IdsVoteOnce: Law {
  private struct Name: Hashable {
    let founder: LineageID
    let member: Member
  }

  private struct Owner: Hashable {
    let index: Int
    let life: UInt64
  }

  static let number: Int? = 10
  private var owners: [Name: Owner] = [:]

  mutating func check(_ sight: Sight) -> String? {
    guard sight.isNew else { return nil }
    let name = Name(founder: sight.mesh.promise.lineage, member: sight.mesh.facts.me)
    if let owner = owners[name] { return "id \(name.member.id.value) was \(owner.index)'s in life \(owner.life)" }
    owners[name] = Owner(index: sight.index, life: sight.life)
    return nil
  }
}
