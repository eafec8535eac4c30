import SeloMesh
import SeloWire

/// Law 14: outbox and log together hold everything that was submitted: what the log lacks, the outbox has.
struct NothingIsLost: Law {
  static let number: Int? = 14
  private var taken: [Int: UInt64] = [:]

  mutating func check(_ sight: Sight) -> String? {
    let mesh = sight.mesh
    let outbox = mesh.outbox
    if !sight.isNew, let known = taken[sight.index], outbox.last < known { return "the outbox forgot its count" }
    if taken[sight.index] != outbox.last { taken[sight.index] = outbox.last }
    let logged = min(mesh.log.head.authors.last(of: mesh.facts.author), outbox.last)
    if logged == outbox.last { return nil }
    let held = UInt64(outbox.unordered(logged: logged).count)
    return held == outbox.last - logged ? nil : "\(outbox.last) taken, \(logged) in the log, \(held) held"
  }
}
