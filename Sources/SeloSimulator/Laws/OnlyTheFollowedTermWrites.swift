import SeloMesh
import SeloWire

/// Law 9: no packet of a lower term or another lineage changes a log. The newest frame of a log is of the reign that is
/// followed; and no frame of a packet that names a lower one came to stand in it.
struct OnlyTheFollowedTermWrites: Law {
  static let number: Int? = 9

  mutating func check(_ sight: Sight) -> String? {
    if let step = sight.step, case .frames(let reign, let frames, _) = step.input, isLow(reign, step.earlier),
      sight.fresh.contains(where: { fresh in frames.contains { $0.value.hash == fresh.hash } })
    {
      return "a lower term changed the log"
    }
    guard let newest = sight.fresh.last, newest.frame.reign != sight.mesh.lastNormal else { return nil }
    return "frame \(newest.sequence) of term \(newest.frame.reign.term.number), normal in another"
  }

  /// What was due anyway may happen in the same step, and a reflector's own frames are no answer to a packet.
  private func isLow(_ reign: Reign, _ earlier: Mesh) -> Bool {
    !earlier.isReflector && (reign.lineage != earlier.promise.lineage || reign.term < earlier.promise.term)
  }
}
