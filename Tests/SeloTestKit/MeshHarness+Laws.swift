import SeloMesh
import SeloSimulator
import SeloWire

/// What the laws of PROTOCOL section 11, which the simulator brings along, have found in a session of meshes.
package struct Laws {
  package var violations: [String] = []
  /// Reigns whose reflector lies on purpose.
  var liars: [Reign] = []
  // Marks, by their hash: joiners are given them.
  var marks: [Bytes32: LogState] = [:]
  private var all = AllLaws()

  package init() {}

  mutating func violate(_ text: String, _ now: Instant) {
    violations.append("at \(Double(now.nanoseconds) / 1e6 - 1_000) ms: \(text)")
  }

  /// - Parameter story: told of what is wrong only; packets are long, and steps are many.
  mutating func check(_ sight: Sight, _ story: @autoclosure () -> String, _ now: Instant) {
    for (law, number, what) in all.check(sight) {
      violate("\(story()): \(number.map { "law \($0)" } ?? law): \(what)", now)
    }
  }
}

extension MeshHarness {
  /// A mesh begins.
  mutating func checkBeginning(of index: Int) {
    let name = peers[index].name
    laws.check(sight(of: index, after: nil), "\(name) begins", now)
  }

  mutating func checkLaws(after step: Sight.Step, of index: Int) {
    let name = peers[index].name
    laws.check(sight(of: index, after: step), "\(name) after \(step.input.text)", now)
  }

  private func sight(of index: Int, after step: Sight.Step?) -> Sight {
    let peers = peers
    // By index: closures copy every peer that they pass, and a peer is a large value.
    var reflecting = 0
    for other in peers.indices where peers[other].isMember && peers[other].mesh.isReflector { reflecting += 1 }
    return Sight(
      of: index, peers[index].mesh, after: step, at: peers[index].reading(at: now),
      living: { peers.filter(\.isMember).map(\.mesh) },
      log: { member in peers.indices.first { peers[$0].member == member }.map { peers[$0].mesh.log } },
      isContested: reflecting > 1, liars: laws.liars)
  }

  // What its world has heard

  mutating func deliver(_ frame: SignedFrame, _ presence: [PresenceChange], to index: Int) {
    let before = peers[index].applied.last?.sequence ?? peers[index].began
    if frame.sequence != before + 1 {
      laws.violate("\(peers[index].name): delivered \(frame.sequence) after \(before)", now)
    }
    peers[index].applied.append(frame)
    peers[index].presence += presence.map { (frame.sequence, $0) }
  }

  mutating func rollBack(_ index: Int, to sequence: UInt64) {
    while let last = peers[index].applied.last, last.sequence > sequence { peers[index].applied.removeLast() }
    peers[index].presence.removeAll { $0.frame > sequence }
  }
}
