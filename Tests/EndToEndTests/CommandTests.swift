import Foundation
import Testing

@Suite(.serialized) struct CommandTests {
  @Test func aMistypedCommandIsGuessed() async throws {
    let ended = try await House().run("jion", "studio")
    #expect(ended.code == 64)
    #expect(ended.errors.contains("did you mean: selo join"))
    #expect(ended.errors.contains("[exit 64]"))
  }

  @Test func errorsHaveThreePartsAndAnObject() async throws {
    let ended = try await House().run("join", "studio", "--passphrase-file", "/nowhere", "--json")
    #expect(ended.code == 66)
    #expect(ended.errors.hasPrefix("selo: the passphrase file /nowhere cannot be read."))
    #expect(ended.errors.contains("  Try: "))
    #expect(ended.objects.first?["schema"] as? String == "selo.error/1")
  }

  @Test func aMissingInterfaceIsRefused() async throws {
    let house = try House()
    let file = try house.write("correct horse battery\n", "passphrase")
    let ended = try await house.run("start", "studio", "--passphrase-file", file, "--interface", "nope")
    #expect(ended.code == 78)
  }

  @Test func nobodyThereIsSaidAfterTheWait() async throws {
    let house = try House()
    let file = try house.write("correct horse battery\n", "passphrase")
    let ended = try await house.run("join", "empty-\(UUID())", "--passphrase-file", file, "--headless", "--wait", "1s")
    #expect(ended.code == 69)
    #expect(ended.errors.contains("our own came back"))
  }

  @Test func anIdentityIsMadeOnceAndShown() async throws {
    let house = try House()
    let first = try await house.run("id", "--json")
    let second = try await house.run("id", "--json")
    #expect(first.code == 0)
    #expect(first.output == second.output)
    #expect(first.objects.first?["schema"] as? String == "selo.id/1")
  }

  @Test func strangersSeeSessionsButNoNamesThatAreNotListed() async throws {
    let house = try House()
    let stranger = try House(meeting: house)
    let file = try house.write("correct horse battery\n", "passphrase")
    let ada = try house.start(["start", "hidden-garden", "--passphrase-file", file, "--headless", "--name", "ada"])
    defer { ada.end() }
    let bo = try house.start(
      ["start", "open-garden", "--listed", "--passphrase-file", file, "--headless", "--name", "bo"])
    defer { bo.end() }
    try await waitUntil { try await house.run("list", "--json").objects.count == 2 }
    try await waitUntil { try await stranger.run("list", "--json").objects.count == 2 }
    let seen = try await stranger.run("list")
    #expect(seen.output.contains("open-garden  world village  1 member"))
    #expect(seen.output.contains("(unlisted)"))
    #expect(!seen.output.contains("hidden") && !seen.output.contains("ada"))
  }

  @Test func aWrongPassphraseIsRefusedAndTheRightOneLetsIn() async throws {
    let house = try House()
    let right = try house.write("right horse battery\n", "right")
    let wrong = try house.write("wrong horse battery\n", "wrong")
    let ada = try house.start(["start", "bar", "--passphrase-file", right, "--headless", "--name", "ada"])
    defer { ada.end() }
    try await waitUntil { try await house.run("status", "--json").objects.first?["phase"] as? String == "member" }
    let eve = try await house.run("join", "bar", "--passphrase-file", wrong, "--headless", "--name", "eve")
    #expect(eve.code == 77)
    let bo = try house.start(["join", "bar", "--passphrase-file", right, "--headless", "--name", "bo"])
    defer { bo.end() }
    try await waitUntil {
      let peers = try await house.run("status", "--json").objects
      return peers.count == 2
        && peers.allSatisfy { ($0["members"] as? [Any])?.count == 2 && $0["standing"] as? String == "voter" }
    }
    let peers = try await house.run("status", "--json").objects
    let digests = Set(peers.compactMap { $0["agreed_digest"] as? String })
    #expect(peers.count == 2 && digests.count == 1, "\(peers)")
    let published = try await house.run("publish", "--name", "bo", "--json", "increment")
    #expect(published.objects.first?["schema"] as? String == "selo.publish/1")
    let world = try await house.run("inspect", "--name", "ada")
    #expect(world.output.contains("count = 1"))
  }
}

@Suite struct BenchTests {
  @Test func everyFieldOfTheWorldsFiguresIsPrinted() async throws {
    let ended = try await House().run("bench", "vm", "--workload", "aligned-1000", "--repeats", "1", "--json")
    let report = try #require(ended.objects.first)
    #expect(report["schema"] as? String == "selo.bench.vm/1")
    #expect((report["machine"] as? [String: Any])?["cores"] is Int)
    let workload = try #require((report["workloads"] as? [[String: Any]])?.first)
    #expect((workload["messages_per_second"] as? Double ?? 0) > 0)
    let fields = [
      "snapshot_encode_ms", "snapshot_decode_ms", "snapshot_bytes", "digest_ms", "digest_100_dirty_us", "fork_us",
      "first_write_us", "rollback_ms", "bytes_per_node", "lanes_speedup",
    ]
    for field in fields { #expect(workload[field] != nil, "\(field) is a number or null") }
  }

  @Test func aStretchRunsExactlyTheMessagesAskedFor() async throws {
    let ended = try await House().run("bench", "vm", "--workload", "ring-1000", "--messages", "3000")
    #expect(ended.output == "3000\n")
    let unclear = try await House().run("bench", "vm", "--messages", "3000")
    #expect(unclear.code == 64)
  }
}

extension RealProcesses {
  @Suite struct DemoTests {
    @Test func fiveKillsLoseNothing() async throws {
      let ended = try await House().run(
        "demo", "--headless", "--peers", "3", "--kill-after", "1s", "--kills", "5", "--expect-recovery", "30s", "--json"
      )
      let report = try #require(ended.objects.first)
      #expect(ended.code == 0, "\(ended.output)\n\(ended.errors)")
      #expect(report["schema"] as? String == "selo.demo/1")
      #expect((report["outages_ms"] as? [Double])?.count == 5)
      #expect(report["agreed_ticks_lost"] as? Int == 0)
      #expect(report["messages_lost"] as? Int == 0)
      #expect(report["messages_duplicated"] as? Int == 0)
      #expect(report["digests_equal"] as? Bool == true)
      #expect((report["messages_sent"] as? Int ?? 0) > 0)
      #expect((report["term"] as? Int ?? 0) >= 6)
    }

    @Test func aRecoveryThatIsTooSlowFails() async throws {
      let ended = try await House().run(
        "demo", "--headless", "--kill-after", "1s", "--kills", "1", "--expect-recovery", "0ms", "--json")
      #expect(ended.code == 1)
      #expect(ended.objects.first?["passed"] as? Bool == false)
    }
  }
}
