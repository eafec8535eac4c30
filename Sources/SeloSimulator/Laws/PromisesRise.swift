import SeloMesh
import SeloWire

/// Law 6: promised ≥ last normal term, both monotone while a member id lives.
struct PromisesRise: Law {
  private struct Seen: Hashable {
    let promise: Reign
    let lastNormal: Reign
  }

  static let number: Int? = 6
  private var seen: [Int: Seen] = [:]

  mutating func check(_ sight: Sight) -> String? {
    let now = Seen(promise: sight.mesh.promise, lastNormal: sight.mesh.lastNormal)
    let known = sight.isNew ? nil : seen[sight.index]
    if known != now { seen[sight.index] = now }
    if now.promise.lineage == now.lastNormal.lineage, now.promise.term < now.lastNormal.term {
      return "promised less than normal"
    }
    guard let known else { return nil }
    if known.promise.lineage == now.promise.lineage, now.promise.term < known.promise.term {
      return "the promise falls"
    }
    if known.lastNormal.lineage == now.lastNormal.lineage, now.lastNormal.term < known.lastNormal.term {
      return "the last normal term falls"
    }
    return nil
  }
}
