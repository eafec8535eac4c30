import SeloMesh
import SeloTestKit
import SeloWire
import Testing

/// One story and what is done to a session to tell it.
struct Scenario: CustomTestStringConvertible, Sendable {
  let name: String
  let story: [String]
  let play: @Sendable () -> MeshHarness

  var testDescription: String { name }
}

extension MeshHarness {
  /// A session whose transcript begins here.
  static func told(_ count: Int, policy: Policy = .available, hosts: [Int] = []) -> MeshHarness {
    var harness = session(of: count, policy: policy, hosts: hosts)
    harness.transcript = []
    return harness
  }

  /// Lets time pass without telling.
  mutating func silently(_ time: Delay) {
    let told = transcript
    transcript = nil
    run(for: time)
    transcript = (told ?? []) + ["… \(time.nanoseconds / 1_000_000) ms later"]
  }
}

extension Scenario {
  static let all = elementary + handingOver + poorPeers + merging + diverging + joining + deciding
}
