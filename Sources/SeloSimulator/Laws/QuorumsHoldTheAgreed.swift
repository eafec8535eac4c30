import SeloMesh
import SeloWire

/// The heart of law 7: what a reflector calls agreed is held by quorums of the rosters in force, counted in the logs of
/// all processes, those of the dead as they were; and under `available` all voters hold what it calls final.
struct QuorumsHoldTheAgreed: Law {
  private struct Reflected: Hashable {
    let agreed: UInt64
    let wasReflector: Bool
  }

  static let number: Int? = 7
  private var reflected: [Int: Reflected] = [:]

  mutating func check(_ sight: Sight) -> String? {
    let mesh = sight.mesh
    let now = Reflected(agreed: mesh.agreed, wasReflector: mesh.isReflector)
    let known = sight.isNew ? nil : reflected[sight.index]
    if known != now { reflected[sight.index] = now }
    guard mesh.isReflector, !sight.liars.contains(mesh.currentReign), let known else { return nil }
    if let step = sight.step { return checkAgreed(sight, step) ?? checkFinal(sight, step) }
    guard known.wasReflector, mesh.agreed > known.agreed else { return nil }
    // A frame that was stamped after the agreement may have changed the roster already: it does not count yet.
    let rosters = mesh.log.head.rosters.filter { $0.sequence <= mesh.agreed }.suffix(1).map(\.roster)
    return isHeld(mesh.agreed, by: rosters, sight) ? nil : "no quorum holds frame \(mesh.agreed)"
  }

  /// Every frame that is agreed for the first time, by the rosters that its reflector judged by: those before this
  /// step.
  private func checkAgreed(_ sight: Sight, _ step: Sight.Step) -> String? {
    let (mesh, earlier) = (sight.mesh, step.earlier)
    let state = earlier.isReflector && earlier.currentReign == mesh.currentReign ? earlier.log.head : mesh.log.head
    var sequence = max(earlier.agreed, 1)
    while sequence < mesh.agreed {
      sequence += 1
      if !isHeld(sequence, by: state.rostersInForce(agreed: sequence - 1), sight) {
        return "no quorum holds frame \(sequence)"
      }
    }
    return nil
  }

  private func checkFinal(_ sight: Sight, _ step: Sight.Step) -> String? {
    let (mesh, earlier) = (sight.mesh, step.earlier)
    guard mesh.facts.policy == .available, earlier.isReflector, mesh.final > earlier.final else { return nil }
    // Who came to vote or was dropped in this very step counts neither way.
    let voters = mesh.log.head.rostersInForce(agreed: mesh.agreed).flatMap(\.voters)
    let before = earlier.log.head.rostersInForce(agreed: earlier.agreed).flatMap(\.voters)
    let idle = before.first { voters.contains($0) && !holds($0, mesh.final, sight) }
    return idle.map { "member \($0.id.value) does not hold frame \(mesh.final), which is called final" }
  }

  private func isHeld(_ sequence: UInt64, by rosters: [Roster], _ sight: Sight) -> Bool {
    Agreement.isQuorum(rosters) { holds($0, sequence, sight) }
  }

  /// Whose log is nowhere any more left the session under this id; what it held is not known.
  private func holds(_ voter: Member, _ sequence: UInt64, _ sight: Sight) -> Bool {
    guard let chain = sight.mesh.log.chain(at: sequence), let log = sight.log(voter) else { return true }
    return log.chain(at: sequence) == chain || log.oldest > sequence
  }
}
