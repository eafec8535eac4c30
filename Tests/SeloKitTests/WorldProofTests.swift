import SeloKit
import SeloVM
import SeloWorlds
import Testing

/// A world whose golden log was recorded elsewhere, by another program.
private struct Astray: World, Codable {
  var count = 0

  enum Message: Replicated, Codable, Sendable { case step }

  mutating func receive(_ message: Message, _ turn: inout Turn<Astray>) throws { count += 1 }
  static var goldenLog: [UInt8]? { Counter.goldenLog }
}

/// A peer whose world computes otherwise than its golden log says takes part in nothing.
@Suite struct WorldProofTests {
  @Test func aWorldThatFailsItsGoldenLogOpensNoSession() async throws {
    let secret = try SessionSecret.passphrase("correct horse battery staple")
    await #expect {
      try await withSession("proof", world: Astray.self, secret: secret) { _ in }
    } throws: { error in
      let error = error as? SessionError
      return error?.code == .selfTest && error?.exitCode == 70 && error?.what.contains("astray") == true
    }
  }
}
