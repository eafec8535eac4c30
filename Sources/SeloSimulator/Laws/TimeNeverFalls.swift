import SeloMesh
import SeloWire

/// Law 2: virtual time never decreases along a log.
struct TimeNeverFalls: Law {
  static let number: Int? = 2

  mutating func check(_ sight: Sight) -> String? {
    var before = sight.before
    for frame in sight.fresh {
      if let before, frame.frame.time < before.frame.time { return "time falls at frame \(frame.sequence)" }
      before = frame
    }
    return nil
  }
}
