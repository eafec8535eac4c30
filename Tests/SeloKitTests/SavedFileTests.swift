import Foundation
import SeloMesh
import SeloWire
import SeloWorlds
import Testing

@testable import SeloKit
@testable import SeloPeer
@testable import SeloVM

/// A session snapshot of a counter that stands at `count`.
private func snapshot(_ count: Int) throws -> [UInt8] {
  let machine = Machine<Counter>(seed: 1)
  for number in 0..<count {
    machine.external(
      encoded: Counter.Message.increment.encoded(), author: PeerID(1), authorKey: 1, authorSequence: UInt64(number + 1),
      at: .zero, sequence: 1, place: UInt32(number))
  }
  machine.advance(to: .zero)
  return SessionSnapshot(state: foundedLog(), world: machine.snapshot()).bytes
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

/// Frame 60, in which an increment was ordered.
private func frame() -> [UInt8] {
  let author = Author(identity: Identity(Bytes32([1])), incarnation: Incarnation(1))
  let notary = GlassNotary(identity: author.identity)
  let session = SessionID(Bytes16([1]))
  let envelope = Envelope(
    author: author, lineage: LineageID(session.bytes), first: 8, agreed: 1, agreedChain: .zero,
    messages: [Counter.Message.increment.encoded(), [99]])
  let term = Term(number: 1, elected: Member(id: MemberID(1), incarnation: author.incarnation), handover: 0)
  let frame = Frame(
    reign: Reign(lineage: LineageID(session.bytes), term: term),
    sequence: 60, time: .zero, agreed: 1, final: 1, previous: .zero,
    body: .messages([SignedEnvelope(envelope, session: session, notary: notary)]))
  return SignedFrame(frame, session: session, notary: notary).bytes
}

private func branch(_ count: Int = 3, session: String = "studio", cut: UInt64 = 40) throws -> SavedFile {
  let lineage = LineageID(Bytes16([1]))
  let left = Return(from: lineage, to: lineage, cut: cut, agreed: 90, abandoned: try snapshot(count))
  return SavedFile(left, of: Counter.self, in: session, by: "bo")
}

private func evidence(comparedWith other: String? = "ada") throws -> SavedFile {
  var evidence = Evidence(
    sequence: 104, own: Bytes16([1]), other: Bytes16([2]), snapshot: try snapshot(3),
    before: Evidence.Moment(sequence: 54, world: [1, 2, 3]), frames: [frame()])
  evidence.comparedWith = other
  if other != nil { evidence.differences = [Difference(node: .root, path: "Counter.count", value: "3", other: "4")] }
  return SavedFile(evidence, of: Counter.self, in: "studio", by: "bo")
}

@Suite struct SavedFileTests {
  @Test func theWorldOfABranchComesBack() throws {
    try withScratch { path in
      let saved = try SavedFiles(directory: path + "/selo/saved").save(branch(7))
      #expect(saved == path + "/selo/saved/studio@branch-40")
      #expect(try mode(saved) == 0o600)
      #expect(try mode(path + "/selo/saved") == 0o700)
      let file = try SavedFile(contentsOf: saved)
      #expect(file == (try branch(7)))
      #expect(try file.world(as: Counter.self).root.count == 7)
      #expect(code { _ = try file.world(as: Chat.self) } == .badFile)
    }
  }

  @Test func evidenceLiesBesideATextForPeople() throws {
    try withScratch { path in
      let saved = try SavedFiles(directory: path).save(evidence())
      #expect(saved == path + "/studio@evidence-104")
      let file = try SavedFile(contentsOf: saved)
      #expect(file == (try evidence()))
      #expect(file.before?.sequence == 54 && file.frames == [frame()])
      let text = String(decoding: FileManager.default.contents(atPath: saved + ".txt") ?? Data(), as: UTF8.self)
      #expect(text == file.text)
      #expect(try mode(saved + ".txt") == 0o600)
      #expect(text.contains("at tick 104\n"))
      #expect(text.contains("the world of ada:\n  Counter.count: 3, not 4\n"))
      #expect(text.contains("ticks 60 to 60, as this peer ran them; the checkpoint before was tick 54:\n"))
      #expect(text.contains(" 8  increment\n") && text.contains(" 9  undecodable bytes\n"))
      #expect(text.contains("members: bo ("))
    }
    #expect(try evidence(comparedWith: nil).text.contains("nobody answered in time"))
  }

  @Test func everyAlteredBitAndEveryCutIsRefused() throws {
    for file in [try branch(), try evidence()] {
      var bytes = file.bytes
      #expect(try SavedFile(reading: bytes) == file)
      for length in stride(from: 0, to: bytes.count, by: 7) {
        #expect(throws: SavedFileError.self) { try SavedFile(reading: Array(bytes[..<length])) }
      }
      for bit in stride(from: 0, to: 8 * bytes.count, by: 5) {
        bytes[bit / 8] ^= 1 << (bit % 8)
        #expect(throws: SavedFileError.self) { try SavedFile(reading: bytes) }
        bytes[bit / 8] ^= 1 << (bit % 8)
      }
      bytes[8] = 1
      #expect(throws: SavedFileError.unknownVersion(1)) { try SavedFile(reading: bytes) }
    }
    #expect(throws: SavedFileError.notSaved) { try SavedFile(reading: Array("selo-id\n".utf8)) }
  }

  @Test func badFilesAreNamed() throws {
    try withScratch { path in
      #expect(code { _ = try SavedFile(contentsOf: path + "/missing") } == .unreadableFile)
      #expect(code { _ = try SavedFile(contentsOf: path) } == .unreadableFile)
      #expect(FileManager.default.createFile(atPath: path + "/bad", contents: Data("nonsense".utf8)))
      #expect(code { _ = try SavedFile(contentsOf: path + "/bad") } == .badFile)
    }
  }

  @Test func namesOfSessionsAreNoPaths() throws {
    let names = try ["a/b", "..", ".hidden", "100 %", "dörf", "a\u{1}b"].map {
      SavedFiles.name(of: try branch(session: $0))
    }
    let expected = ["a%2fb", "%2e.", "%2ehidden", "100%20%25", "dörf", "a%01b"]
    #expect(names == expected.map { $0 + "@branch-40" })
  }

  @Test func twoPeersOfOneUserSaveOneTick() throws {
    try withScratch { path in
      let files = SavedFiles(directory: path)
      let paths = try [1, 2, 3].map { try files.save(branch($0)) }
      #expect(paths == [path + "/studio@branch-40", path + "/studio@branch-40.2", path + "/studio@branch-40.3"])
      let counts = try paths.map { try SavedFile(contentsOf: $0).world(as: Counter.self).root.count }
      #expect(counts == [1, 2, 3])
    }
  }

  /// Of each kind sixteen stay; the other kind and everything else is left alone.
  @Test func theOldestGoFirst() throws {
    try withScratch { path in
      let files = SavedFiles(directory: path)
      _ = try files.save(evidence())
      #expect(FileManager.default.createFile(atPath: path + "/my@branch-notes", contents: Data([1])))
      for cut in 1...20 as ClosedRange<UInt64> {
        let saved = try files.save(branch(cut: cut))
        let time = Date(timeIntervalSince1970: 1_000_000 + Double(cut))
        try FileManager.default.setAttributes([.modificationDate: time], ofItemAtPath: saved)
      }
      let names = Set(try FileManager.default.contentsOfDirectory(atPath: path))
      let left = (5...20).map { "studio@branch-\($0)" }
      #expect(names == Set(left + ["studio@evidence-104", "studio@evidence-104.txt", "my@branch-notes"]))
    }
  }

  @Test func anUnsafeDirectoryIsRefused() throws {
    try withScratch { path in
      try setMode(path, 0o755)
      #expect(code { _ = try SavedFiles(directory: path).save(branch()) } == .unsafeFile)
    }
  }
}
