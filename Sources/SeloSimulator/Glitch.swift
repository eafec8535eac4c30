package import SeloPeer
package import SeloWire

/// A machine that errs for a while. A world may ask whether it runs on one only to go astray in a test: see
/// `Simulation.err(_:during:)`.
package enum Glitch {
  /// Whether the machine that runs the world just now errs.
  @TaskLocal package static var isOn = false
}

/// What a peer was told of its world's going astray.
package struct Quarantined: Sendable {
  package let peer: Int
  package let at: Instant
  package let evidence: Evidence
}

extension Simulation {
  /// The machine of this peer errs at these times, counted from the start: its quarantine is expected and told in
  /// `quarantined`, while everybody else is judged as ever.
  package func err(_ index: Int, during span: Range<Delay>) {
    peers[index].errs = (now + span.lowerBound)..<(now + span.upperBound)
  }
}
