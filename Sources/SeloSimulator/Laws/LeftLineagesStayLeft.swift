import SeloMesh
import SeloWire

/// Of law 10: a lineage that was left is never entered again under the same id.
struct LeftLineagesStayLeft: Law {
  static let number: Int? = 10
  private var lineages: [Int: [LineageID]] = [:]

  mutating func check(_ sight: Sight) -> String? {
    let lineage = sight.mesh.promise.lineage
    let known = sight.isNew ? [] : lineages[sight.index] ?? []
    if known.last == lineage { return nil }
    if known.contains(lineage) { return "entered a lineage again that it had left" }
    lineages[sight.index] = known + [lineage]
    return nil
  }
}
