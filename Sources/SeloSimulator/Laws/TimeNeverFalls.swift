import SeloMesh
import SeloVM
import SeloWire

/// Law 2: virtual time never decreases along a log.
struct TimeNeverFalls<W: World>: Law {
  mutating func check(_ sight: Sight<W>) -> String? {
    var before = sight.before
    for frame in sight.fresh {
      if let before, frame.frame.time < before.frame.time { return "time falls at frame \(frame.sequence)" }
      before = frame
    }
    return nil
  }
}
