import Foundation
import SeloKit
import SeloMesh
import SeloPeer
import SeloVM
import SeloWire
import SeloWorlds
import Testing

/// `selo inspect --file`: what sessions saved, as people look at it.
@Suite struct InspectFileTests {
  private func saved(_ kind: SavedFile.Kind, world: String = Counter.name) throws -> [UInt8] {
    let machine = Machine<Counter>(seed: 1)
    machine.external(
      encoded: Counter.Message.increment.encoded(), author: PeerID(1), authorKey: 1, authorSequence: 1, at: .zero,
      sequence: 1, place: 0)
    machine.advance(to: .zero)
    let snapshot = SessionSnapshot(state: foundedLog(), world: machine.snapshot())
    return SavedFile(
      kind, session: "studio", peer: "bo", worldName: world, worldVersion: Counter.version, tick: 40,
      text: "all that is known\n", snapshot: snapshot.bytes
    ).bytes
  }

  private func write(_ bytes: [UInt8], in house: borrowing House, _ name: String) throws -> String {
    let file = house.path + "/" + name
    try Data(bytes).write(to: URL(fileURLWithPath: file))
    return file
  }

  @Test func aBranchIsShownInLines() async throws {
    let house = try House()
    let ended = try await house.run("inspect", "--file", try write(saved(.branch), in: house, "studio@branch-40"))
    #expect(ended.code == 0)
    #expect(ended.output.contains("count = 1\n"))
  }

  @Test func evidenceIsToldAsText() async throws {
    let house = try House()
    let file = try write(saved(.evidence), in: house, "studio@evidence-40")
    let ended = try await house.run("inspect", "--file", file)
    #expect(ended.code == 0 && ended.output == "all that is known\n\n")
    let object = try await house.run("inspect", "--file", file, "--json").objects.first
    #expect(object?["schema"] as? String == "selo.saved/1")
    #expect(object?["kind"] as? String == "evidence" && object?["tick"] as? Int == 40)
  }

  /// Text needs no world; lines do.
  @Test func worldsOfOtherProgramsAreToldAsFarAsPossible() async throws {
    let house = try House()
    let evidence = try write(saved(.evidence, world: "orchard"), in: house, "evidence")
    #expect(try await house.run("inspect", "--file", evidence).output == "all that is known\n\n")
    let branch = try await house.run(
      "inspect", "--file", try write(saved(.branch, world: "orchard"), in: house, "branch"))
    #expect(branch.code == 65)
    #expect(branch.errors.contains("It is of orchard, and the command has: balls"))
  }

  @Test func badFilesHaveTheirExitCodes() async throws {
    let house = try House()
    var bytes = try saved(.branch)
    bytes[bytes.count / 2] ^= 1
    let altered = try await house.run("inspect", "--file", try write(bytes, in: house, "altered"))
    #expect(altered.code == 65)
    #expect(altered.errors.contains("It is cut short or altered.") && altered.errors.contains("  Try: "))
    let other = try await house.run("inspect", "--file", try write(Array("nonsense".utf8), in: house, "other"))
    #expect(other.code == 65)
    #expect(try await house.run("inspect", "--file", "/nowhere").code == 66)
  }
}

/// What the log of a session amounts to that one peer has founded.
private func foundedLog() -> LogState {
  let author = Author(identity: Identity(Bytes32([1])), incarnation: Incarnation(1))
  let member = Member(id: MemberID(1), incarnation: author.incarnation)
  let ident = IdentBytes(author: author, staticKey: .zero, signature: Signature([]))
  let entry = RosterEntry(id: member.id, ident: ident, standing: .voter, role: .host, name: "bo", addresses: [])
  let facts = Mesh.Facts(
    session: SessionID(Bytes16([1])), me: member, author: author, policy: .available)
  var effects: [MeshEffect] = []
  let notary = GlassNotary(identity: author.identity)
  return Mesh(founding: facts, with: entry, tick: .milliseconds(20), at: .zero, notary: notary, into: &effects).log.head
}
