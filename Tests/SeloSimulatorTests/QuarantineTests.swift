import SeloPeer
import SeloSimulator
import SeloVM
import SeloWire
import Testing

/// A machine that errs, in simulations: its peer is out within a second or two of virtual time, however the network is,
/// the evidence names what went astray, and in the end all have one world.
@Suite struct QuarantineTests {
  private func run(_ seed: UInt64, peers: Int, _ faults: Faults) -> (report: Report, found: [Quarantined]) {
    let options = SimulationOptions(seed: seed, peers: peers, duration: .seconds(9), faults: faults)
    let simulation = Simulation<Abacus>(options) { number, _ in .push(Int(number % 20)) }
    simulation.err(1, during: .seconds(5) ..< .seconds(6))
    return (simulation.run(), simulation.quarantined)
  }

  @Test func aMachineThatErrsIsOutWithinASecond() throws {
    let (report, found) = run(1, peers: 3, [])
    #expect(report.violations == [], "\(report.reproductions)")
    let first = try #require(found.first)
    // While the machine errs, its peer may be out more than once.
    #expect((1...2).contains(found.count) && found.allSatisfy { $0.peer == 1 })
    // The simulation begins at one second; the glitch five seconds later, and a push comes within 50 ms.
    #expect(first.at < Instant(nanoseconds: 7_200_000_000))
    #expect(first.evidence.comparedWith != nil)
    #expect(!first.evidence.differences.isEmpty)
    #expect(first.evidence.differences.allSatisfy { $0.path.hasPrefix("Bead ") && $0.path.hasSuffix(".place") })
    #expect(report.coverage[.quarantined] == UInt64(found.count))
  }

  @Test(arguments: 3...8 as ClosedRange<UInt64>) func troubleDoesNotHideIt(seed: UInt64) {
    let (report, found) = run(seed, peers: 5, [.loss, .delay, .reordering, .duplication])
    #expect(report.violations == [], "\(report.reproductions)")
    #expect(!found.isEmpty && found.allSatisfy { $0.peer == 1 })
    #expect(found.contains { $0.evidence.differences.contains { $0.path.hasPrefix("Bead ") } })
  }

  /// The other way round: nobody errs, nobody is out.
  @Test func withoutAGlitchNobodyIsOut() {
    let options = SimulationOptions(seed: 5, peers: 3, duration: .seconds(4), faults: [])
    let simulation = Simulation<Abacus>(options) { number, _ in .push(Int(number % 20)) }
    let report = simulation.run()
    #expect(report.violations == [] && simulation.quarantined.isEmpty)
  }
}

/// Beads that move one place at a push, and two where the machine errs.
struct Abacus: World, Codable {
  static let nodes: [any Node.Type] = [Bead.self]

  var beads: [Ref<Bead>] = []

  enum Message: Replicated, Codable, Sendable { case push(Int) }

  mutating func start(_ turn: inout Turn<Abacus>) { for _ in 0..<20 { beads.append(turn.spawn(Bead())) } }

  mutating func receive(_ message: Message, _ turn: inout Turn<Abacus>) throws {
    if case .push(let number) = message, beads.indices.contains(number) { turn.send(.move, to: beads[number]) }
  }
}

struct Bead: Node, Codable {
  var place = 0

  enum Message: Replicated, Codable, Sendable { case move }

  mutating func receive(_ message: Message, _ turn: inout Turn<Bead>) throws { place += Glitch.isOn ? 2 : 1 }
}
