import Foundation
import SeloKit
import SeloWorlds
import Testing

/// Peers of this process, on loopback, with identities and a run directory of their own.
private func options(_ directory: String, _ name: String, _ purpose: SessionOptions.Purpose) -> SessionOptions {
  var options = SessionOptions()
  options.purpose = purpose
  options.name = name
  options.interface = "lo"
  options.stateDirectory = directory + "/" + name
  options.runDirectory = directory + "/run"
  options.discoveryPort = 47_700
  return options
}

private func withDirectory<Outcome>(_ body: (String) async throws -> Outcome) async throws -> Outcome {
  let path = "/tmp/selo-test-\(UInt32.random(in: 0 ... .max))"
  try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
  defer { try? FileManager.default.removeItem(atPath: path) }
  return try await body(path)
}

/// A limit that only a session that hangs can meet.
@Suite(.serialized, .timeLimit(.minutes(10))) struct SessionTests {
  @Test func aFounderPublishesAndSeesItsWorldChange() async throws {
    try await withDirectory { directory in
      let secret = try SessionSecret.passphrase("correct horse battery staple")
      try await withSession("studio", world: Counter.self, secret: secret, options(directory, "ada", .found)) {
        session in
        let receipt = try await session.perform(.increment)
        #expect(receipt.sequence == 1)
        try session.publish(.increment)
        for await state in session.states where state.root.count == 2 { break }
        let status = try await session.status
        #expect(status.isReflector && status.reflector == "ada" && status.phase == "member")
      }
    }
  }

  @Test func aSecondPeerJoinsAndBothSeeOneWorld() async throws {
    try await withDirectory { directory in
      let secret = try SessionSecret.passphrase("correct horse battery staple")
      try await withSession("studio", world: Counter.self, secret: secret, options(directory, "ada", .found)) { ada in
        _ = try await ada.perform(.increment)
        try await withSession("studio", world: Counter.self, secret: secret, options(directory, "bo", .join)) { bo in
          for await state in bo.states where state.root.count == 1 { break }
          _ = try await bo.perform(.increment)
          for await state in ada.states where state.root.count == 2 { break }
          #expect(try await ada.status.members.map(\.name) == ["ada", "bo"])
        }
      }
    }
  }

  @Test func aHostChangesTheTickAndPutsAnotherOut() async throws {
    try await withDirectory { directory in
      let secret = try SessionSecret.passphrase("correct horse battery staple")
      try await withSession("studio", world: Counter.self, secret: secret, options(directory, "ada", .found)) { ada in
        let bo = try await Session<Counter>.open("studio", secret: secret, options(directory, "bo", .join))
        while try await ada.status.members.contains(where: { $0.standing == "learner" }) { await Task.yield() }
        try await bo.setTickPeriod(.milliseconds(60))
        #expect(try await bo.status.tickPeriodMilliseconds == 60)
        await #expect(throws: SessionError.self) { try await bo.setTickPeriod(.milliseconds(1)) }
        await #expect(throws: SessionError.self) { try await bo.kick("nobody") }
        await #expect(throws: SessionError.self) { try await bo.kick("bo") }
        try await ada.kick(bo.status.members[1].fingerprint)
        let end = await bo.ended()
        #expect(end?.code == .denied && end?.what.contains("put this peer out") == true)
        #expect(try await ada.status.members.map(\.name) == ["ada"])
        await bo.leave()
        let error = await #expect(throws: SessionError.self) {
          try await Session<Counter>.open("studio", secret: secret, options(directory, "bo", .join))
        }
        #expect(error?.code == .denied && error?.why.contains("may not come back") == true)
      }
    }
  }
}
