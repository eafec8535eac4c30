import SeloMesh
import SeloPeer
import SeloVM
import SeloWire
import SeloWorlds
import Testing

@testable import SeloSimulator

/// One member lies, as often as every thirty milliseconds; the laws hold for all the others, and they heal.
@Suite struct ByzantineTests {
  private func run(_ text: String) -> Report {
    guard let options = SimulationOptions(text) else { return Report() }
    return Simulation<Counter>(options) { number, author in Counter.workload(number, author: author) }.run()
  }

  @Test func honestPeersKeepTheLaws() {
    var report = Report.none
    for seed in 1...6 { report.add(run("--seed \(seed) --peers 4 --for 6000ms --faults byzantine")) }
    #expect(report.violations == [], "\(report.reproductions)")
    // Every lie is told, and what can be refused is refused.
    for lie in Lie.allCases { #expect(report.faults["lie_\(lie.rawValue)", default: 0] > 0, "\(lie)") }
    for refused in ["badSignature", "badPacket", "mesh.badPromise", "mesh.unprovenTerm", "mesh.tooOften"] {
      #expect(report.rejections[refused, default: 0] > 0, "\(refused)")
    }
    #expect(report.coverage[.equivocation, default: 0] > 0)
  }

  /// As long as a liar only talks, nobody's term changes, and the session does not stop.
  @Test func aTalkerStopsNobody() {
    let seed = (UInt64(1)...40).first { Simulation<Counter>.liar(talking($0), .byzantine) == 2 }
    let report = Simulation<Counter>(talking(seed ?? 1)) { Counter.workload($0, author: $1) }.run()
    #expect(report.violations == [], "\(report.reproductions)")
    #expect(report.failovers == 0)
    #expect(report.maxOutageMilliseconds < 500)
  }

  // Liars in weather: each seed once failed, and what it taught stands above it.

  private func inWeather(_ seed: UInt64) -> Report {
    run("--seed \(seed) --peers 5 --for 6000ms --faults byzantine,loss,delay,crash,restart,pause")
  }

  /// Who holds a reflector's second frame as agreed cannot take up the others' log, and must not try for ever.
  @Test func whoAgreedWithTheLiarReturns() { #expect(inWeather(1).violations == []) }

  /// Two honest peers whose numbers a liar drove apart must hear each other's suspicions all the same.
  @Test func numbersComeTogether() { #expect(inWeather(52).violations == []) }

  /// A term that a quorum began is counted on from, however high its number; a peer trapped here.
  @Test func highTermsAreCountedOnFrom() { #expect(inWeather(35).violations == []) }

  /// What a liar signs of a reign that it reflects is no forgery but a second frame: to show it blames no honest peer.
  @Test func aReflectorForgesNothing() { #expect(inWeather(59).violations == []) }

  /// While all of them looked for a reflector, one said to each that it was removed: they left the session to the liar.
  @Test func oneWordPutsNobodyOut() { #expect(inWeather(3).violations == []) }

  private func talking(_ seed: UInt64) -> SimulationOptions {
    SimulationOptions(seed: seed, peers: 3, duration: .seconds(8), faults: .byzantine)
  }

  /// The laws of lying have teeth: evidence against one who signed nothing twice breaks one.
  @Test func nobodyIsBlamedWhoDidNotLie() {
    let simulation = Simulation<Counter>(SimulationOptions(seed: 1, peers: 2, duration: .seconds(2), faults: [])) {
      Counter.workload($0, author: $1)
    }
    #expect(simulation.run().violations == [])
    guard let mesh = simulation.peers[0].mesh, let frame = mesh.log[mesh.agreed] else {
      Issue.record("no session")
      return
    }
    simulation.notice(.equivocation(sequence: frame.sequence, frame.bytes, frame.bytes), of: simulation.peers[1])
    #expect(simulation.report.violations.map(\.law) == ["OnlyLiarsAreBlamed"])
  }

  @Test func aSwarmHasNoLiars() {
    #expect(!(UInt64(0)..<200).contains { Faults.all.drawn(by: $0).contains(.byzantine) })
    #expect(Faults("byzantine,loss") == [.byzantine, .loss])
    #expect(Faults([.byzantine]).text == "byzantine")
  }
}
