import SeloMesh
import SeloWire

/// What a mesh says of itself after every step, also where assertions are not compiled; and that a reflector takes its
/// own frames.
struct MeshInvariants: Law {
  static let number: Int? = nil
  /// What an honest reflector's own frames are never refused for.
  private static let ofFrames: [Rejection] = [
    .brokenChain, .badTime, .fallingAgreement, .badReign, .badAuthorSequence, .notAuthor, .badRoster,
  ]

  mutating func check(_ sight: Sight) -> String? {
    for case .rejected(let rejection, let sender) in sight.step?.effects ?? []
    where sender == sight.mesh.facts.me && Self.ofFrames.contains(rejection) {
      return "own frame refused: \(rejection)"
    }
    return sight.mesh.brokenInvariant
  }
}
