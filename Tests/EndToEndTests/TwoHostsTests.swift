import Foundation
import Testing

/// Two machines on one network, found by multicast of either family. Needs root to make network namespaces.
extension RealProcesses {
  @Suite(.enabled(if: Host.obstacle == nil, "SKIPPED: \(Host.obstacle ?? "")"))
  struct TwoHostsTests {
    @Test(arguments: Network.Family.allCases) func meetByMulticast(family: Network.Family) async throws {
      let network = try Network(hosts: 2, family)
      let (first, second) = (network.hosts[0], network.hosts[1])
      // The hosts share no run directory: they have only the network.
      let here = try House()
      let there = try House(meeting: here)
      let passphrase = try here.write("right horse battery\n", "passphrase")
      let ada = try here.start(
        ["start", "studio", "--passphrase-file", passphrase, "--headless", "--name", "ada"], on: first)
      defer { ada.end() }
      try await waitUntil {
        try await here.run("status", "--json", on: first).objects.first?["phase"] as? String == "member"
      }
      let bo = try there.start(
        ["join", "studio", "--passphrase-file", passphrase, "--headless", "--name", "bo", "--wait", "60s"],
        on: second)
      defer { bo.end() }
      try await waitUntil {
        let peer = try await there.run("status", "--json", on: second).objects.first
        return (peer?["members"] as? [Any])?.count == 2 && peer?["standing"] as? String == "voter"
      }
      let published = try await there.run("publish", "--json", "increment", on: second)
      #expect(published.code == 0, "\(published.errors)")
      let world = try await here.run("inspect", on: first)
      #expect(world.output.contains("count = 1"), "\(world.output) \(world.errors)")
      let status = try await here.run("status", "--json", on: first).objects.first
      let addresses = status?["addresses"] as? [String] ?? []
      #expect(addresses.contains { $0.hasPrefix(family == .v4 ? "10.77.0.1:" : "[fd77::1]:") }, "\(addresses)")
    }
  }
}

/// Asks again and again, for a minute: no test depends on time being kept.
func waitUntil(_ condition: () async throws -> Bool) async throws {
  for _ in 0..<600 {
    if try await condition() { return }
    try await Task.sleep(for: .milliseconds(100))
  }
  Issue.record("it did not come to pass in a minute")
}
