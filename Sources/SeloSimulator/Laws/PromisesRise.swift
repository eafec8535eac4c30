import SeloMesh
import SeloVM
import SeloWire

/// Law 6: promised ≥ last normal term, both monotone while a member id lives; and of law 10 that a lineage which was
/// left is never entered again under the same id.
struct PromisesRise<W: World>: Law {
  private struct Seen {
    var promise: Reign
    var lastNormal: Reign
    var lineages: [LineageID]
  }

  private var seen: [Int: Seen] = [:]

  mutating func check(_ sight: Sight<W>) -> String? {
    let promise = sight.mesh.promise
    let lastNormal = sight.mesh.lastNormal
    if promise.lineage == lastNormal.lineage, promise.term < lastNormal.term { return "promised less than normal" }
    guard !sight.isNew, var known = seen[sight.peer.index] else {
      seen[sight.peer.index] = Seen(promise: promise, lastNormal: lastNormal, lineages: [promise.lineage])
      return nil
    }
    if known.promise.lineage == promise.lineage, promise.term < known.promise.term { return "the promise falls" }
    if known.lastNormal.lineage == lastNormal.lineage, lastNormal.term < known.lastNormal.term {
      return "the last normal term falls"
    }
    if known.promise.lineage != promise.lineage {
      if known.lineages.contains(promise.lineage) { return "law 10: entered a lineage again that it had left" }
      known.lineages.append(promise.lineage)
    }
    known.promise = promise
    known.lastNormal = lastNormal
    seen[sight.peer.index] = known
    return nil
  }
}
