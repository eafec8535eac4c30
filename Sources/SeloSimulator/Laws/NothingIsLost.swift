import SeloMesh
import SeloVM
import SeloWire

/// Law 14: outbox and log together hold everything that was submitted: what the log lacks, the outbox has.
struct NothingIsLost<W: World>: Law {
  private var taken: [Int: UInt64] = [:]

  mutating func check(_ sight: Sight<W>) -> String? {
    let mesh = sight.mesh
    let outbox = mesh.outbox
    if !sight.isNew, let known = taken[sight.peer.index], outbox.last < known { return "the outbox forgot its count" }
    taken[sight.peer.index] = outbox.last
    let logged = min(mesh.log.head.authors.last(of: mesh.facts.author), outbox.last)
    if logged == outbox.last { return nil }
    let held = UInt64(outbox.unordered(logged: logged).count)
    // An envelope goes whole or not at all, so more may be held than is missing, never less.
    return held < outbox.last - logged ? "\(outbox.last) taken, \(logged) in the log, \(held) held" : nil
  }
}
