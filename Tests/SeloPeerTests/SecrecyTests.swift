import SeloCrypto
import SeloPeer
import SeloVM
import SeloWire
import Testing

/// A world whose messages are words, so that a capture can be searched for them.
struct Whisper: World, Codable {
  var heard: [String] = []

  struct Message: Replicated, Codable, Sendable {
    let words: String
  }

  mutating func receive(_ message: Message, _ turn: inout Turn<Whisper>) throws { heard.append(message.words) }
}

/// What a passive outsider sees of a session: everything that ever left a socket, with the real cryptography.
@Suite struct SecrecyTests {
  private let passphrase = "amber teal rose pine"

  private func password(_ text: String, for name: String) throws -> Secret {
    try Passphrase(Array(text.utf8)).stretched(for: name)
  }

  @Test func aCaptureHoldsNoPlaintext() throws {
    let session = "winter-garden"
    let village = Neighbourhood<Whisper>(sessionName: session, password: try password(passphrase, for: session))
    let ada = village.settle(.found, name: "ada-lovelace")
    #expect(village.run(until: .seconds(2)) { ada.peer.status.phase == .member })
    let bo = village.settle(.join, name: "bo-diddley")
    #expect(village.run(until: .seconds(10)) { village.areMembers && bo.peer.status.phase == .member })
    village.step(bo, .publish(Whisper.Message(words: "the-eagle-has-landed").encoded()))
    #expect(village.run(until: .seconds(2)) { ada.peer.agreedWorld?.root.heard == ["the-eagle-has-landed"] })
    #expect(village.capture.count > 20)
    for secret in [session, passphrase, "ada-lovelace", "bo-diddley", "the-eagle-has-landed", "landed", "lovelace"] {
      let found = village.capture.count { contains($0.bytes, Array(secret.utf8)) }
      #expect(found == 0, "\(found) datagrams hold \"\(secret)\"")
    }
  }

  /// The search itself can fail: a listed session shows its name.
  @Test func theSearchFindsWhatIsThere() {
    #expect(contains(Array("a winter-garden b".utf8), Array("winter-garden".utf8)))
    #expect(!contains(Array("winter".utf8), Array("winter-garden".utf8)))
  }

  @Test func aWrongPassphraseIsNotAdmittedAndHarmsNobody() throws {
    let village = Neighbourhood<Whisper>(sessionName: "bar", password: try password(passphrase, for: "bar"))
    let ada = village.settle(.found, name: "ada")
    #expect(village.run(until: .seconds(2)) { ada.peer.status.phase == .member })
    let eve = village.settle(.join, name: "eve", password: try password("wrong wrong wrong", for: "bar"))
    let ended = village.run(until: .seconds(30)) { eve.events.contains(.ended(.notAdmitted)) }
    #expect(ended)
    #expect(ada.peer.status.members.count == 1)
    #expect(ada.peer.status.phase == .member)
    #expect(ada.rejections.contains { $0.description == "admission.door.wrongPassphrase" })
  }

  private func contains(_ bytes: [UInt8], _ part: [UInt8]) -> Bool {
    guard bytes.count >= part.count else { return false }
    return (0...(bytes.count - part.count)).contains { start in
      bytes[start..<(start + part.count)].elementsEqual(part)
    }
  }
}
