import SeloMesh
import SeloVM
import SeloWire

/// Laws 9 and 12: the newest frame of a log is of the reign that is followed, so no packet of a lower term or another
/// lineage has changed it, and nothing staged is visible before its term is.
struct OnlyTheFollowedTermWrites<W: World>: Law {
  mutating func check(_ sight: Sight<W>) -> String? {
    guard let newest = sight.fresh.last else { return nil }
    if newest.frame.reign == sight.mesh.lastNormal { return nil }
    return "frame \(newest.sequence) of term \(newest.frame.reign.term.number), normal in another"
  }
}
