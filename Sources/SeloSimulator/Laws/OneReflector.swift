import SeloMesh
import SeloVM
import SeloWire

/// Law 4: one reflector per (lineage, term); same (lineage, term, sequence), same frame. The chain in a frame makes
/// the prefix below it the same.
struct OneReflector<W: World>: Law {
  private struct Place: Hashable {
    let reign: Reign
    let sequence: UInt64
  }

  private struct Process: Equatable {
    let index: Int
    let life: UInt64
  }

  private var frames: [Place: Bytes32] = [:]
  private var reflectors: [Reign: Process] = [:]
  /// The reign and life in which each peer was seen reflecting last: most steps tell nothing new.
  private var last: [Int: (reign: Reign, life: UInt64)] = [:]

  mutating func check(_ sight: Sight<W>) -> String? {
    if sight.mesh.isReflector {
      let process = Process(index: sight.peer.index, life: sight.peer.life)
      let reign = sight.mesh.currentReign
      let seen = last[sight.peer.index]
      guard seen?.reign != reign || seen?.life != sight.peer.life else { return checkFrames(sight) }
      last[sight.peer.index] = (reign, sight.peer.life)
      if let known = reflectors[reign], known != process { return "two reflectors in term \(reign.term.number)" }
      reflectors[reign] = process
    }
    return checkFrames(sight)
  }

  private mutating func checkFrames(_ sight: Sight<W>) -> String? {
    for frame in sight.fresh {
      let place = Place(reign: frame.frame.reign, sequence: frame.sequence)
      if let known = frames[place], known != frame.hash { return "two frames \(frame.sequence) of one term" }
      frames[place] = frame.hash
    }
    return nil
  }
}
