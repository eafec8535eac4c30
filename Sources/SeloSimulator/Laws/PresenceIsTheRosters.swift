import SeloMesh
import SeloWire

/// Law 16: who joined and left before a frame is the same for every world that hears it.
struct PresenceIsTheRosters: Law {
  static let number: Int? = 16
  private var heard: [Bytes32: [PresenceChange]] = [:]

  mutating func check(_ sight: Sight) -> String? {
    for case .deliver(let frame, let presence) in sight.step?.effects ?? [] {
      if let known = heard[frame.hash] {
        if known != presence { return "presence differs at frame \(frame.sequence)" }
      } else {
        heard[frame.hash] = presence
      }
    }
    return nil
  }

  /// What it remembers of a frame was the same for all so far, and the fourth law remembers the frames.
  func hash(into hasher: inout Hasher) {}
}
