import SeloMesh
import SeloWire

/// Law 4: one reflector per (lineage, term); same (lineage, term, sequence), same frame. The chain in a frame makes
/// the prefix below it the same.
struct OneReflector: Law {
  private struct Place: Hashable {
    let reign: Reign
    let sequence: UInt64
  }

  private struct Process: Hashable {
    let index: Int
    let life: UInt64
  }

  /// The reign and life in which a peer was seen reflecting last: most steps tell nothing new.
  private struct Sighting: Hashable {
    let reign: Reign
    let life: UInt64
  }

  static let number: Int? = 4
  private var frames = Ledger<Place, Bytes32>()
  private var reflectors = Ledger<Reign, Process>()
  private var last: [Int: Sighting] = [:]

  mutating func check(_ sight: Sight) -> String? {
    if sight.mesh.isReflector {
      let sighting = Sighting(reign: sight.mesh.currentReign, life: sight.life)
      if last[sight.index] != sighting {
        last[sight.index] = sighting
        let process = Process(index: sight.index, life: sight.life)
        if let known = reflectors.note(process, at: sighting.reign), known != process {
          return "two reflectors in term \(sighting.reign.term.number)"
        }
      }
    }
    for frame in sight.fresh where !sight.liars.contains(frame.frame.reign) {
      let place = Place(reign: frame.frame.reign, sequence: frame.sequence)
      if let known = frames.note(frame.hash, at: place), known != frame.hash {
        return "two frames \(frame.sequence) of one term"
      }
    }
    return nil
  }
}
