import Foundation
import SeloKit
import Testing

extension RealProcesses {
  /// Duties that end because somebody says so.
  @Suite struct DutyTests {
    @Test func aReflectorStepsDown() async throws {
      let gathering = try Gathering(peers: 3)
      try await gathering.gather()
      try await gathering.untilAgreed(50, by: gathering.peers)
      let elder = try gathering.reflector
      let before = try #require(elder.status)
      let answer = try await gathering.run("step-down", for: elder)
      #expect(answer.code == 0, "\(answer.errors)")
      #expect(answer.objects.first?["reflector"] as? String != elder.name)
      try await gathering.until("another one reflects") {
        gathering.areTogether(gathering.peers) && elder.status?.reflector != elder.name
      }
      try await gathering.untilAgreed(50, by: gathering.peers)
      let verdict = try await gathering.verdict()
      #expect(verdict.isGood, "\(verdict)\n\(gathering.account)")
      #expect(elder.status?.lineage == before.lineage && elder.status?.isReflector == false)
    }

    @Test func aReflectorStepsDownAsSoonAsSomebodyKeepsUp() async throws {
      let gathering = try Gathering(peers: 2)
      try await gathering.gather()
      let elder = try gathering.reflector
      let younger = try #require(gathering.peers.first { $0 != elder })
      var wish: Running?
      try await younger.child?.stopped {
        try await gathering.until("the elder goes on alone") {
          (elder.status?.received ?? 0) > (younger.status?.received ?? 0) + 20
        }
        wish = try gathering.begin("step-down", for: elder)
        try await gathering.until("the wish is refused") { elder.status?.rejections["mesh.unexpected"] != nil }
      }
      let asked = try #require(wish)
      try await gathering.until("it is answered") { !asked.process.isRunning }
      try await gathering.until("the younger reflects") {
        gathering.areTogether(gathering.peers) && elder.status?.reflector == younger.name
      }
      #expect(asked.process.terminationStatus == 0)
      let verdict = try await gathering.verdict()
      #expect(verdict.isGood, "\(verdict)\n\(gathering.account)")
    }

    @Test func aReflectorLeaves() async throws {
      let gathering = try Gathering(peers: 3)
      try await gathering.gather()
      try await gathering.untilAgreed(50, by: gathering.peers)
      let elder = try gathering.reflector
      #expect(try await gathering.leave(elder) == 0)
      try await gathering.until("two go on, and the third is off the roster") {
        gathering.areTogether(gathering.running)
          && gathering.running.allSatisfy { $0.status?.members.count == 2 }
      }
      try await gathering.untilAgreed(50, by: gathering.running)
      let verdict = try await gathering.verdict()
      #expect(verdict.isGood, "\(verdict)\n\(gathering.account)")
    }

    @Test func aBranchIsAdopted() async throws {
      let gathering = try Gathering(peers: 2)
      try await gathering.gather()
      try await gathering.untilAgreed(50, by: gathering.peers)
      let elder = try gathering.reflector
      let younger = try #require(gathering.peers.first { $0 != elder })
      gathering.kill(elder)
      try await gathering.until("the younger goes on as a branch") {
        gathering.areTogether([younger]) && younger.status?.isBranch == true
      }
      let before = try #require(younger.status)
      try await gathering.untilAgreed(50, by: [younger])
      #expect(younger.status?.final == before.final, "nothing is final on a branch")
      let answer = try await gathering.run("adopt", for: younger)
      #expect(answer.code == 0, "\(answer.errors)")
      #expect(answer.objects.first?["schema"] as? String == "selo.adopt/1")
      try await gathering.until("what is agreed is final again") {
        younger.status?.isBranch == false && (younger.status?.final ?? 0) > before.agreed
      }
      try gathering.start(elder)
      try await gathering.until("the elder is back") { gathering.areTogether(gathering.peers) }
      try await gathering.untilAgreed(50, by: gathering.peers)
      let verdict = try await gathering.verdict()
      #expect(verdict.isGood, "\(verdict)\n\(gathering.account)")
      #expect(elder.status?.lineage == before.lineage)
    }
  }
}
