import Foundation
import Testing

extension RealProcesses {
  /// `selo kick` and `selo tick`, with processes of their own.
  @Suite struct KickTests {
    private func statuses(_ house: House) async throws -> [[String: Any]] {
      try await house.run("status", "--json").objects
    }

    /// A session of ada, who reflects, bo and cy, all of them voters.
    private func session(in house: House, _ file: String) async throws -> [Running] {
      var peers: [Running] = []
      for (index, name) in ["ada", "bo", "cy"].enumerated() {
        let verb = index == 0 ? "start" : "join"
        peers.append(
          try house.start(
            [verb, "bar", "--passphrase-file", file, "--headless", "--name", name, "--identity", name + ".id"].map {
              $0.hasSuffix(".id") ? house.path + "/" + $0 : $0
            }))
        try await waitUntil {
          let seen = try await self.statuses(house)
          return seen.count == index + 1 && seen.allSatisfy { $0["standing"] as? String == "voter" }
        }
      }
      return peers
    }

    @Test func aMemberAndThenTheReflectorArePutOut() async throws {
      let house = try House()
      let file = try house.write("correct horse battery\n", "passphrase")
      let peers = try await session(in: house, file)
      defer { for peer in peers where peer.process.isRunning { peer.end() } }

      let itself = try await house.run("kick", "ada", "--name", "ada")
      #expect(itself.code == 64 && itself.errors.contains("leave the session instead"))

      let kicked = try await house.run("kick", "bo", "--name", "cy", "--json")
      #expect(kicked.code == 0 && kicked.objects.first?["schema"] as? String == "selo.kick/1", "\(kicked)")
      try await waitUntil { !peers[1].process.isRunning }
      #expect(peers[1].process.terminationStatus == 77)
      #expect(house.text(peers[1].errors).contains("a host put this peer out"))
      let again = try await house.run(
        "join", "bar", "--passphrase-file", file, "--headless", "--name", "bo", "--identity", house.path + "/bo.id")
      #expect(again.code == 77 && again.errors.contains("may not come back"), "\(again)")

      let reflector = try await house.run("kick", "ada")
      #expect(reflector.code == 0, "\(reflector)")
      try await waitUntil { !peers[0].process.isRunning }
      #expect(peers[0].process.terminationStatus == 77)
      try await waitUntil {
        let seen = try await self.statuses(house)
        return seen.count == 1 && seen[0]["is_reflector"] as? Bool == true
          && (seen[0]["members"] as? [Any])?.count == 1
      }
    }

    @Test func theTickPeriodChangesWhileTheSessionRuns() async throws {
      let house = try House()
      let file = try house.write("correct horse battery\n", "passphrase")
      let peers = try await session(in: house, file)
      defer { for peer in peers { peer.end() } }
      let slower = try await house.run("tick", "100ms", "--name", "bo", "--json")
      #expect(slower.objects.first?["schema"] as? String == "selo.tick/1", "\(slower)")
      try await waitUntil {
        try await self.statuses(house).allSatisfy { $0["tick_period_milliseconds"] as? Double == 100 }
      }
      let faster = try await house.run("tick", "10ms")
      #expect(faster.code == 0, "\(faster)")
      let seen = try await statuses(house)
      #expect(seen.allSatisfy { $0["reflector"] as? String == "ada" && $0["term"] as? Int == 1 }, "\(seen)")
      let wrong = try await house.run("tick", "1s")
      #expect(wrong.code == 64 && wrong.errors.contains("5 to 200 ms"))
    }
  }
}
